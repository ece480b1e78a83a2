//! Shapes: the stored fields of payloads.

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
