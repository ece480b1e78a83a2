//! The trait of standalone events.

use es_store::Timestamp;
use uuid::Uuid;

use super::standalone_event::StandaloneEvent;
use crate::domain::event::{EntityKind, Event, Version};
use crate::domain::integrity::Salt;
use crate::error::Result;

/// An event that stands alone: it happened to no entity, and no state is folded from it, such as an entry in a log. Its
/// name is its whole topic. `#[event(standalone(…))]` writes this implementation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event that stands alone",
    label = "not marked as standing alone",
    note = "write `#[event(standalone(timestamped))]` above `struct {Self}`, or trigger it on an aggregate"
)]
pub trait Standalone: Event {
    /// What its events keep. One with hashes is sealed by itself: it follows no other.
    const KIND: EntityKind;

    /// Makes it happen now in a sequence, as its first where events are numbered. [`StandaloneEvent::new`] says more.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) where the payload cannot be stored, and those of
    /// [`Salt::from_env`].
    fn trigger(self, sequence_id: Uuid) -> Result<StandaloneEvent<Self>> {
        let (version, salt) = (Version::FIRST, Salt::from_env()?);
        StandaloneEvent::new(sequence_id, version, Timestamp::now(), self, &salt)
    }
}
