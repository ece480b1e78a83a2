//! Texts that are shared by whoever uses them.

use std::fmt;
use std::ops::Deref;

use bytes::BytesMut;
use bytestring::ByteString;

/// The text of an item, an event or a notification: immutable, and cheap to clone.
///
/// Texts that are read together share buffers, of 16 KiB at most: see [`Texts`].
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Text(ByteString);

impl Text {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        // What it has room for is not kept.
        Self(text.into_boxed_str().into())
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
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

/// Copies of texts, made one after another: neighbours lie in one buffer, for threads that free what others allocated wait
/// for each other. A text that is kept keeps its buffer; one that is to be kept for long is better copied alone, by
/// `Text::from`.
///
/// ```
/// # use es_store::Texts;
/// let mut texts = Texts::default();
/// let copies = ["{}", "[1]"].map(|text| texts.copied(text));
/// assert_eq!(copies, ["{}", "[1]"]);
/// ```
#[derive(Debug, Default)]
pub struct Texts {
    open: BytesMut,
    /// How long the buffer was, in bytes.
    size: usize,
}

impl Texts {
    /// The first buffer: enough for an aggregate of a few events.
    const FIRST: usize = 1_024;
    /// The longest one. What is longer than an eighth of it lies by itself.
    const LONGEST: usize = 16 * 1_024;

    /// A copy of a text, behind those before.
    #[must_use]
    pub fn copied(&mut self, text: &str) -> Text {
        if text.len() > Self::LONGEST / 8 {
            return text.into();
        }
        if self.open.capacity() < text.len() {
            self.size = (2 * self.size).clamp(Self::FIRST.max(text.len()), Self::LONGEST);
            self.open = BytesMut::with_capacity(self.size);
        }
        self.open.extend_from_slice(text.as_bytes());
        match ByteString::try_from(self.open.split().freeze()) {
            Ok(shared) => Text(shared),
            // Never: it is the text. Without `unsafe` this can only be looked at.
            Err(_) => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many buffers the texts lie in, which follow each other where they share one.
    fn buffers(texts: &[Text]) -> usize {
        let apart = |pair: &&[Text]| pair[0].as_bytes().as_ptr_range().end != pair[1].as_ptr();
        1 + texts.windows(2).filter(apart).count()
    }

    #[test]
    fn texts_are_what_was_read() {
        let mut texts = Texts::default();
        let expected: Vec<_> = (0..5_000).map(|len| "é".repeat(len % 1_500)).collect();
        let read: Vec<_> = expected.iter().map(|text| texts.copied(text)).collect();
        assert!(
            read.iter()
                .map(Text::as_str)
                .eq(expected.iter().map(String::as_str))
        );
    }

    #[test]
    fn neighbours_share_buffers_that_grow_to_a_bound() {
        let mut texts = Texts::default();
        let read: Vec<_> = (0..1_000).map(|_| texts.copied(&"x".repeat(256))).collect();
        // Of 1, 2, 4 and 8 KiB, and of 16 KiB for the other 940.
        assert_eq!(buffers(&read), 4 + 15);
    }

    #[test]
    fn a_long_text_keeps_nothing_but_itself() {
        let mut texts = Texts::default();
        let long = "x".repeat(Texts::LONGEST / 8 + 1);
        let (before, alone, behind) = (texts.copied("a"), texts.copied(&long), texts.copied("b"));
        assert_eq!(
            (alone.as_str(), buffers(&[before, behind])),
            (long.as_str(), 1)
        );
    }
}
