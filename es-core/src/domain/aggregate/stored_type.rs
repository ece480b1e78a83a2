//! The stored names and shapes of aggregate types.

use super::aggregate::Aggregate;
use super::event_kind::EventKind;
use crate::domain::event::{Field, Former, Shape};

/// The stored names and shapes of an aggregate type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredType {
    /// The name of the Rust type.
    pub type_name: &'static str,
    /// The topic.
    pub topic: &'static str,
    /// The prefix of the topics of the library's three events.
    pub base: &'static str,
    /// Earlier topics.
    pub was: &'static [&'static str],
    /// The shape of the first event, if it is known.
    pub created: Option<&'static Shape>,
    /// The attributes, by their stored names.
    pub attributes: &'static [Field],
    /// The listed events.
    pub events: Vec<StoredEventType>,
}

/// The stored names and shapes of an event type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredEventType {
    /// The part of the topic after the aggregate's topic and a dot. If it contains a `#`, it is the
    /// whole topic.
    pub name: &'static str,
    /// Earlier names.
    pub was: &'static [&'static str],
    /// The version of the shape.
    pub version: u32,
    /// The event can no longer be triggered.
    pub is_retired: bool,
    /// The shape, if it is known.
    pub shape: Option<&'static Shape>,
    /// The shapes of earlier versions.
    pub former: &'static [Former],
}

impl StoredType {
    /// Returns the stored names and shapes of `A`.
    #[must_use]
    pub fn new<A: Aggregate>() -> Self {
        let kinds = A::EVENTS.iter().filter(|kind| !kind.is_library_event());
        Self {
            type_name: std::any::type_name::<A>(),
            topic: A::TOPIC,
            base: A::BASE,
            was: A::WAS,
            created: A::CREATED_SHAPE,
            attributes: A::ATTRIBUTES,
            events: kinds.map(EventKind::stored_type).collect(),
        }
    }
}
