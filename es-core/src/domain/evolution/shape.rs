//! What is stored of the types of a program: their names, and the shapes of their payloads as they are written.

use crate::domain::aggregate::{Aggregate, Registered};
use crate::domain::event::EventKind;

/// The fields of a payload, as they stand in its declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// The fields that are stored.
    pub fields: &'static [Field],
}

/// A stored value: a field of a payload, or an attribute of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// Its type, and in which form it is stored.
    pub ty: &'static str,
    /// Other keys under which it is found.
    pub was: &'static [&'static str],
    /// Whether a text without it can be read.
    pub has_default: bool,
}

/// The shape that an event had in an earlier version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Former {
    /// The version.
    pub version: u32,
    /// What its upcast reads; none where that is any JSON object.
    pub shape: Option<&'static Shape>,
}

impl Former {
    pub(crate) const fn new(version: u32, shape: Option<&'static Shape>) -> Self {
        Self { version, shape }
    }
}

impl Shape {
    /// Of these fields.
    #[must_use]
    pub const fn new(fields: &'static [Field]) -> Self {
        Self { fields }
    }
}

impl Field {
    /// A field that every text has.
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self {
            name,
            ty,
            was: &[],
            has_default: false,
        }
    }

    /// The same, also found under other keys.
    #[must_use]
    pub const fn was(mut self, was: &'static [&'static str]) -> Self {
        self.was = was;
        self
    }

    /// The same, with a value where the text has none.
    #[must_use]
    pub const fn with_default(mut self) -> Self {
        self.has_default = true;
        self
    }
}

/// What is declared of an event besides its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared {
    pub(crate) version: u32,
    pub(crate) is_retired: bool,
    pub(crate) shape: Option<&'static Shape>,
    pub(crate) former: &'static [Former],
}

impl Declared {
    /// Of the library's own events.
    pub(crate) const LIBRARY: Self = Self {
        version: 1,
        is_retired: false,
        shape: None,
        former: &[],
    };
}

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
    /// Topics that it had before.
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
    pub fn of<A: Aggregate>() -> Self {
        let kinds = A::EVENTS.iter().filter(|kind| !kind.is_of_library());
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

    /// Of all types that are linked into this program.
    #[must_use]
    pub fn registered() -> Vec<Self> {
        Registered::all().map(Registered::stored_type).collect()
    }
}
