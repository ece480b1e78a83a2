//! The library's standalone event for log messages.

use serde::{Deserialize, Serialize};

use super::standalone::Standalone;
use crate::domain::event::{EntityKind, Event};

/// A log message: a standalone event of the library, with its time.
///
/// ```
/// use es_core::domain::{Logged, Standalone};
///
/// let log = uuid::Uuid::from_u128(1);
/// let logged = Logged::new("the lights went out").trigger(log)?;
/// assert_eq!(logged.header().topic, "eventsourcing.domain.model.events#Logged");
/// # Ok::<(), es_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// The message.
    pub message: String,
}

impl Logged {
    /// Creates the payload from a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl Event for Logged {
    const NAME: &'static str = "eventsourcing.domain.model.events#Logged";
}

impl Standalone for Logged {
    const KIND: EntityKind = EntityKind::STANDALONE.timestamped();
}
