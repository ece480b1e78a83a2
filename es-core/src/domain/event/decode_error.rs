//! The error of an event that cannot be decoded.

use es_json as json;
use serde::de::Error as _;

/// The reason why a stored text cannot be decoded.
#[derive(Debug)]
pub enum DecodeError {
    /// The text does not fit the type.
    Json(json::Error),
    /// The version of the event is not known to this program yet.
    Newer {
        /// The version of the event.
        stored: u32,
        /// The last version that this program knows.
        known: u32,
    },
    /// The type of the event is not known to this program.
    UnknownTopic,
}

impl From<json::Error> for DecodeError {
    fn from(error: json::Error) -> Self {
        Self::Json(error)
    }
}

impl DecodeError {
    /// Returns the error of an event with a version that no upcast takes.
    pub(crate) fn no_upcast() -> Self {
        Self::Json(Self::version_error())
    }

    fn version_error() -> json::Error {
        json::Error::custom("there is no upcast for its version")
    }

    /// Converts the error to that of an event whose text was just written.
    pub(crate) fn unreadable(self) -> json::Error {
        match self {
            Self::Json(error) => error.unreadable(),
            Self::Newer { .. } | Self::UnknownTopic => Self::version_error().unreadable(),
        }
    }
}
