//! Errors of notification logs.

use es_store::{BoxError, RecordId};

use super::damage::Damage;

/// An error of a notification log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// The text is not the id of a section.
    #[error("`{text}` is not the id of a section: use `current`, or two numbers such as `1,20`")]
    InvalidSectionId {
        /// The text, cut to 40 characters.
        text: String,
    },
    /// The size is outside the range of section sizes.
    #[error("a section size of {size} is not supported: use 1 to 1,000 notifications")]
    InvalidSectionSize {
        /// The size.
        size: u64,
    },
    /// The size of sections does not divide the size of the arrays of a big array. Each section
    /// lies within one array.
    #[error(
        "a section size of {section_size} does not divide the array size of {array_size}: use a \
         divisor of the array size"
    )]
    SectionSizeMismatch {
        /// The size of the sections.
        section_size: u64,
        /// The size of the arrays.
        array_size: u64,
    },
    /// The answer of a remote log is not a section.
    #[error("the answer is not a section of a notification log: {reason}")]
    MalformedSection {
        /// The problem with the answer.
        reason: String,
    },
    /// A notification cannot be turned back into an event: it is damaged, or the key is wrong.
    #[error("notification {record_id} cannot be read: {damage}")]
    Damaged {
        /// The number of the notification.
        record_id: RecordId,
        /// The damage.
        #[source]
        damage: Damage,
    },
    /// A remote log refused the request, and a retry will not help.
    #[error("the remote log refused the request: {reason}")]
    Refused {
        /// The answer of the remote log, and the remedy.
        reason: String,
    },
    /// The identity of a remote log cannot be verified by TLS, and a retry will not help.
    #[error("the remote log is not trusted: {reason}")]
    Untrusted {
        /// The fault, and what to do.
        reason: String,
    },
    /// Any other error of a notification log that the user implements.
    #[error("the notification log failed")]
    Other(#[source] BoxError),
}

/// The maximum number of characters of an invalid text that a message repeats.
const MAX_QUOTED: usize = 40;

impl NotificationError {
    pub(crate) fn invalid_section_id(text: &str) -> Self {
        Self::InvalidSectionId {
            text: text.chars().take(MAX_QUOTED).collect(),
        }
    }

    /// Creates a [`NotificationError::MalformedSection`].
    pub fn malformed(reason: impl Into<String>) -> Self {
        Self::MalformedSection {
            reason: reason.into(),
        }
    }
}
