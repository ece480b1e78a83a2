//! The error type of this crate.

use std::fmt::Display;

use serde::{de, ser};

use super::MAX_DEPTH;

/// An error in a value or a text. Messages name keys and offsets but never values, which may be
/// secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two entries of one object have the same key.
    #[error("the key `{key}` occurs twice in one object: rename one of the two")]
    DuplicateKey {
        /// The key.
        key: String,
    },
    /// A payload has a key that the library itself writes into every event.
    #[error("`{key}` is a key of the library: rename the field, or write #[serde(rename = \"…\")]")]
    ReservedKey {
        /// The key.
        key: String,
    },
    /// The payload of an event is not an object with named entries.
    #[error("an event's payload must be a struct with named fields, not {found}")]
    NotAnObject {
        /// The actual kind of value.
        found: &'static str,
    },
    /// Arrays and objects are nested deeper than [`Value::parse`](crate::Value::parse) reads.
    #[error("arrays and objects are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// A map key cannot be converted to a string.
    #[error("a key must be a string, an integer or a boolean, not {found}{}", location(.path))]
    Key {
        /// The actual kind of value.
        found: &'static str,
        /// The path of the map, as in [`Error::Data`].
        path: String,
    },
    /// A key of a payload makes its object a value of a special type for readers of the format.
    #[error(
        "the key `{key}`{} marks a value of a special type: choose another key, or store the value \
         as that type with `json::Tagged`",
        location(.path)
    )]
    SpecialKey {
        /// The key.
        key: String,
        /// The path of the object, as in [`Error::Data`].
        path: String,
    },
    /// The text that was written for a value cannot be read back.
    #[error(
        "its text could not be read back: {problem}{}; change the type, or its serde attributes, \
         so that every value can be read",
        location(.path)
    )]
    Unreadable {
        /// The error of the reader.
        problem: String,
        /// The path of the value, as in [`Error::Data`].
        path: String,
    },
    /// The text that was written for a value is read back as another value.
    #[error(
        "its text would be read back as another value{}; change the type, or its serde attributes, \
         so that the value returns unchanged",
        location(.path)
    )]
    Changed {
        /// The path of the first difference, as in [`Error::Data`].
        path: String,
    },
    /// The text is not JSON as Python's `json.loads` reads it.
    #[error("{problem} at byte {offset}")]
    Syntax {
        /// The expected or unexpected element.
        problem: &'static str,
        /// The offset in bytes from the start of the text.
        offset: usize,
    },
    /// The text is JSON but does not match the type to read.
    #[error("{problem}{}", location(.path))]
    Data {
        /// The expected or unexpected element.
        problem: String,
        /// The keys and indexes that lead to the value, such as `lines[2].price`; empty at the top
        /// level.
        path: String,
    },
    /// An implementation of `Serialize` rejected its value.
    #[error("{problem}")]
    Value {
        /// The message of the implementation.
        problem: String,
    },
}

/// Prepends a key or an index to a path.
pub fn prepend_step(path: &mut String, step: &str) {
    if !path.is_empty() && !path.starts_with('[') {
        path.insert(0, '.');
    }
    path.insert_str(0, step);
}

fn location(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    }
}

impl Error {
    pub(super) fn data(problem: impl Display) -> Self {
        Self::Data {
            problem: problem.to_string(),
            path: String::new(),
        }
    }

    /// Prepends a key or an index to the path of the error, if it has one.
    #[doc(hidden)]
    #[must_use]
    pub fn inside(mut self, step: &str) -> Self {
        if let Self::Data { path, .. }
        | Self::Key { path, .. }
        | Self::SpecialKey { path, .. }
        | Self::Unreadable { path, .. }
        | Self::Changed { path } = &mut self
        {
            prepend_step(path, step);
        }
        self
    }

    /// Converts the error of reading a text to that of the value for which the text was written.
    #[doc(hidden)]
    #[must_use]
    pub fn unreadable(self) -> Self {
        match self {
            Self::Data { problem, path } => Self::Unreadable { problem, path },
            other => Self::Unreadable {
                problem: other.to_string(),
                path: String::new(),
            },
        }
    }
}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::Value {
            problem: message.to_string(),
        }
    }
}

impl de::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self::data(message)
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::data(format_args!(
            "expected {expected}, found {}",
            kind(&unexpected)
        ))
    }

    // The default message quotes the value.
    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::data(format_args!("expected {expected}, found another value"))
    }

    // The default message quotes the variant, which is a value.
    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::data(format_args!("expected one of the variants {expected:?}"))
    }
}

fn kind(unexpected: &de::Unexpected<'_>) -> &'static str {
    use de::Unexpected as U;
    match unexpected {
        U::Bool(_) => "a boolean",
        U::Unsigned(_) | U::Signed(_) => "an integer",
        U::Float(_) => "a float",
        U::Char(_) | U::Str(_) => "a string",
        U::Bytes(_) => "bytes",
        U::Unit => "null",
        U::Option | U::NewtypeStruct => "a wrapped value",
        U::Seq => "an array",
        U::Map => "an object",
        U::Enum | U::UnitVariant | U::NewtypeVariant | U::TupleVariant | U::StructVariant => {
            "an enum"
        }
        U::Other(_) => "something else",
    }
}
