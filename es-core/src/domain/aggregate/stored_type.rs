//! The stored names and shapes of aggregate types.

use super::aggregate::Aggregate;
use super::event_kind::EventKind;
use crate::domain::event::{Field, Former, Shape};

/// An aggregate type's stored names and shapes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredType {
    /// The name of the Rust type.
    pub type_name: &'static str,
    /// Its topic.
    pub topic: &'static str,
    /// What the names of the library's three events follow.
    pub base: &'static str,
    /// The topics that it had before.
    pub was: &'static [&'static str],
    /// The values that its first event holds, where they are known.
    pub created: Option<&'static Shape>,
    /// Its attributes, by their stored names.
    pub attributes: &'static [Field],
    /// The events that it lists.
    pub events: Vec<StoredEventType>,
}

/// An event type's stored names and shapes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredEventType {
    /// What follows the aggregate's topic and a dot; with a `#` in it, the whole topic.
    pub name: &'static str,
    /// Names that it had before.
    pub was: &'static [&'static str],
    /// The version of its shape.
    pub version: u32,
    /// Whether it can no longer be triggered.
    pub is_retired: bool,
    /// Its shape, where it is known.
    pub shape: Option<&'static Shape>,
    /// Its shapes before.
    pub former: &'static [Former],
}

impl StoredType {
    /// Of one type.
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
