use es_store::{BoxError, RecordId};

use super::damage::Damage;

/// What went wrong with a notification log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// A text that names no section.
    #[error("`{asked}` names no section: ask for `current`, or for two numbers such as `1,20`")]
    InvalidSectionId {
        /// The text, or its beginning.
        asked: String,
    },
    /// A size that sections cannot have.
    #[error("a section holds 1 to 1,000 notifications, not {size}")]
    InvalidSectionSize {
        /// The size.
        size: u64,
    },
    /// The sections of a log over a big array lie within its arrays.
    #[error("a section size of {section_size} does not divide the array size of {array_size}")]
    UnfitSectionSize {
        /// The size of the sections.
        section_size: u64,
        /// The size of the arrays.
        array_size: u64,
    },
    /// What a remote log answered is no section.
    #[error("the answer is no section of a notification log: {reason}")]
    MalformedSection {
        /// What is wrong with it.
        reason: String,
    },
    /// A notification that cannot be made an event again: it is damaged, or the key is wrong.
    #[error("notification {id} cannot be read: {damage}")]
    Damaged {
        /// Which one.
        id: RecordId,
        /// What is wrong with it.
        #[source]
        damage: Damage,
    },
    /// A remote log refuses the request, or answers in a way that trying again does not mend.
    #[error("the remote log refused: {reason}")]
    Refused {
        /// What it said, and what to do.
        reason: String,
    },
    /// Any other failure of a log of the user's own.
    #[error("the notification log failed")]
    Other(#[source] BoxError),
}

/// The most of a wrong text that a message repeats.
const QUOTED: usize = 40;

impl NotificationError {
    pub(crate) fn invalid_section_id(asked: &str) -> Self {
        Self::InvalidSectionId {
            asked: asked.chars().take(QUOTED).collect(),
        }
    }

    pub fn malformed(reason: impl Into<String>) -> Self {
        Self::MalformedSection {
            reason: reason.into(),
        }
    }
}
