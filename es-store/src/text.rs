//! Texts that are cheap to clone, and the buffers that they share.

use std::fmt;
use std::ops::Deref;

use bytes::BytesMut;
use bytestring::ByteString;

/// The text of an item, an event or a notification. It is immutable and cheap to clone.
///
/// Texts that are read together share buffers of at most 16 KiB; see [`TextBuffer`].
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Text(ByteString);

impl Text {
    /// Returns the text as a string slice.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text {
    #[inline]
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    #[inline]
    fn from(text: String) -> Self {
        // The boxed string drops unused capacity.
        Self(text.into_boxed_str().into())
    }
}

impl PartialEq<str> for Text {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Copies texts into shared buffers, one after another.
///
/// Neighbouring texts share one allocation, because threads that free memory of other threads wait
/// for each other in the allocator. A text keeps its whole buffer alive: copy a text that is kept
/// for long with `Text::from`.
///
/// ```
/// # use es_store::TextBuffer;
/// let mut texts = TextBuffer::default();
/// let copies = ["{}", "[1]"].map(|text| texts.copy(text));
/// assert_eq!(copies, ["{}", "[1]"]);
/// ```
#[derive(Debug, Default)]
pub struct TextBuffer {
    open: BytesMut,
    /// Size of the current buffer in bytes, before texts were split off.
    size: usize,
}

impl TextBuffer {
    /// Size of the first buffer. It fits an aggregate with a few events.
    const FIRST_SIZE: usize = 1_024;
    /// Maximum size of a buffer. A text longer than an eighth of it gets its own allocation.
    const MAX_SIZE: usize = 16 * 1_024;

    /// Copies a text into the current buffer.
    #[must_use]
    #[inline]
    pub fn copy(&mut self, text: &str) -> Text {
        if text.len() > Self::MAX_SIZE / 8 {
            return text.into();
        }
        if self.open.capacity() < text.len() {
            self.size = (2 * self.size).clamp(Self::FIRST_SIZE.max(text.len()), Self::MAX_SIZE);
            self.open = BytesMut::with_capacity(self.size);
        }
        self.open.extend_from_slice(text.as_bytes());
        match ByteString::try_from(self.open.split().freeze()) {
            Ok(shared) => Text(shared),
            // Unreachable: the bytes are those of `text`. Without `unsafe` only a check can show
            // that.
            Err(_) => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the buffers of texts: two neighbours share a buffer if they are adjacent in memory.
    fn buffers(texts: &[Text]) -> usize {
        let apart = |pair: &&[Text]| pair[0].as_bytes().as_ptr_range().end != pair[1].as_ptr();
        1 + texts.windows(2).filter(apart).count()
    }

    #[test]
    fn texts_equal_their_sources() {
        let mut texts = TextBuffer::default();
        let expected: Vec<_> = (0..5_000).map(|len| "é".repeat(len % 1_500)).collect();
        let read: Vec<_> = expected.iter().map(|text| texts.copy(text)).collect();
        assert!(
            read.iter()
                .map(Text::as_str)
                .eq(expected.iter().map(String::as_str))
        );
    }

    #[test]
    fn neighbours_share_buffers_that_grow_to_a_bound() {
        let mut texts = TextBuffer::default();
        let read: Vec<_> = (0..1_000).map(|_| texts.copy(&"x".repeat(256))).collect();
        // The first four buffers have 1, 2, 4 and 8 KiB; the other 940 texts fill buffers of 16
        // KiB.
        assert_eq!(buffers(&read), 4 + 15);
    }

    #[test]
    fn a_long_text_keeps_nothing_but_itself() {
        let mut texts = TextBuffer::default();
        let long = "x".repeat(TextBuffer::MAX_SIZE / 8 + 1);
        let (before, alone, behind) = (texts.copy("a"), texts.copy(&long), texts.copy("b"));
        assert_eq!(
            (alone.as_str(), buffers(&[before, behind])),
            (long.as_str(), 1)
        );
    }
}
