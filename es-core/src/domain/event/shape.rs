//! Shapes: the stored fields of payloads.

/// The fields of a payload, as its declaration lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// The stored fields.
    pub fields: &'static [Field],
}

/// A stored value: a field of a payload, or an attribute of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The type, and the form in which it is stored.
    pub ty: &'static str,
    /// Other keys under which the field is read.
    pub was: &'static [&'static str],
    /// A text without the field can be read.
    pub has_default: bool,
}

/// The shape that an event had in an earlier version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Former {
    /// The version.
    pub version: u32,
    /// The shape that its upcast reads; `None` if the upcast reads any JSON object.
    pub shape: Option<&'static Shape>,
}

impl Former {
    pub(crate) const fn new(version: u32, shape: Option<&'static Shape>) -> Self {
        Self { version, shape }
    }
}

impl Shape {
    /// Creates a shape of these fields.
    #[must_use]
    pub const fn new(fields: &'static [Field]) -> Self {
        Self { fields }
    }
}

impl Field {
    /// Creates a field that every text must have.
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str) -> Self {
        Self {
            name,
            ty,
            was: &[],
            has_default: false,
        }
    }

    /// Sets the other keys under which the field is read.
    #[must_use]
    pub const fn was(mut self, was: &'static [&'static str]) -> Self {
        self.was = was;
        self
    }

    /// Allows texts without the field, which then has a default.
    #[must_use]
    pub const fn with_default(mut self) -> Self {
        self.has_default = true;
        self
    }
}
