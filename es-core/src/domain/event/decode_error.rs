//! The reasons for an event that cannot be decoded.

use es_json as json;
use serde::de::Error as _;

/// Why a stored text is not read.
#[derive(Debug)]
pub enum DecodeError {
    /// It is not of the type.
    Json(json::Error),
    /// It is of a version that the program does not know yet.
    Newer {
        /// The version.
        stored: u32,
        /// The last one that the program knows.
        known: u32,
    },
    /// It is of a type that the program does not know.
    UnknownTopic,
}

impl From<json::Error> for DecodeError {
    fn from(error: json::Error) -> Self {
        Self::Json(error)
    }
}

impl DecodeError {
    /// The error of an event with an upcast chain that does not have its version.
    pub(crate) fn no_such_version() -> Self {
        Self::Json(json::Error::custom("there is no such version"))
    }
}
