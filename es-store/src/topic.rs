//! Topics: the stored names of events and aggregates.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Maximum length of a topic in bytes.
pub const MAX_TOPIC_BYTES: usize = 255;

/// The stored name of an event type or an aggregate type, such as `World.SomethingHappened` or
/// `worlds#World.SomethingHappened`.
///
/// A topic is 1 to 255 ASCII characters without white space and contains at most one `#`. It is
/// independent of module paths, so moving code does not orphan stored data.
///
/// A topic is a static string or a shared one, so cloning it is cheap.
#[derive(Clone)]
pub struct Topic(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Topic {
    /// Creates a topic from a string in the program.
    ///
    /// # Panics
    ///
    /// If `topic` breaks the rules above; in a constant this is a compile error.
    #[must_use]
    pub const fn new(topic: &'static str) -> Self {
        assert!(
            is_valid(topic.as_bytes()),
            "a topic is 1 to 255 ASCII characters without white space, with at most one `#`"
        );
        Self::checked(topic)
    }

    /// Validates a topic at run time.
    ///
    /// # Errors
    ///
    /// [`InvalidTopic`] if `topic` breaks the rules above.
    pub fn parse(topic: &str) -> Result<Self, InvalidTopic> {
        if is_valid(topic.as_bytes()) {
            Ok(Self::stored(topic))
        } else {
            Err(InvalidTopic::new(topic))
        }
    }

    /// Creates a topic from stored text without validation. An invalid topic fails when it is
    /// resolved, not when it is read.
    #[must_use]
    pub fn stored(topic: &str) -> Self {
        Self(Repr::Shared(Arc::from(topic)))
    }

    /// Creates a topic from stored text that is shared already, without validation.
    #[must_use]
    pub fn shared(topic: Arc<str>) -> Self {
        Self(Repr::Shared(topic))
    }

    /// Creates a topic that was validated at compile time.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub const fn checked(topic: &'static str) -> Self {
        Self(Repr::Static(topic))
    }

    /// Returns the `'static` topic if it equals this one, so that clones do not contend on a reference count.
    #[doc(hidden)]
    #[must_use]
    #[inline]
    pub fn or_static(&self, known: &'static str) -> Self {
        if *self == *known {
            Self::checked(known)
        } else {
            self.clone()
        }
    }

    /// Returns the topic as a string slice.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Repr::Static(topic) => topic,
            Repr::Shared(topic) => topic,
        }
    }
}

/// A cache of topics for the rows of one read: equal topics share one string.
///
/// ```
/// # use es_store::TopicCache;
/// let mut topics = TopicCache::default();
/// let (one, other) = (topics.stored("World.Created"), topics.stored("World.Created"));
/// assert_eq!(one.as_str().as_ptr(), other.as_str().as_ptr());
/// ```
#[derive(Debug, Default)]
pub struct TopicCache(Vec<Topic>);

impl TopicCache {
    /// Capacity of the cache. It covers the topics of most logs, and a linear search in it is
    /// cheaper than an allocation.
    const CAPACITY: usize = 8;

    /// Returns the topic for stored text, without validation, like [`Topic::stored`].
    #[must_use]
    #[inline]
    pub fn stored(&mut self, topic: &str) -> Topic {
        if let Some(known) = self.0.iter().find(|known| **known == *topic) {
            return known.clone();
        }
        let topic = Topic::stored(topic);
        if self.0.len() < Self::CAPACITY {
            self.0.push(topic.clone());
        }
        topic
    }
}

pub(crate) const fn is_valid(topic: &[u8]) -> bool {
    let mut at = 0;
    let mut hashes = 0;
    while at < topic.len() {
        if !topic[at].is_ascii_graphic() {
            return false;
        }
        if topic[at] == b'#' {
            hashes += 1;
        }
        at += 1;
    }
    !topic.is_empty() && topic.len() <= MAX_TOPIC_BYTES && hashes <= 1
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Topic {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Topic {}

impl PartialEq<str> for Topic {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Topic {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Hash for Topic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Topic {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Topic {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// The text is not a valid topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{topic}` is not a valid topic: a topic is 1 to 255 ASCII characters without white space, with at most one `#`"
)]
pub struct InvalidTopic {
    topic: String,
}

impl InvalidTopic {
    fn new(topic: &str) -> Self {
        Self {
            topic: topic.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_short_ascii_without_space_and_with_one_hash_at_most() {
        for good in ["World", "worlds#World.Created", &"x".repeat(255)] {
            assert!(Topic::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a#b#c", "wörld", "tab\t", &"x".repeat(256)] {
            assert!(Topic::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn topics_are_equal_by_text() {
        assert_eq!(Topic::new("World"), Topic::stored("World"));
    }
}
