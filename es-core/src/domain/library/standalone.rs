//! The trait of standalone events.

use es_store::Timestamp;
use uuid::Uuid;

use super::standalone_event::StandaloneEvent;
use crate::domain::event::{EntityKind, Event, Version};
use crate::domain::integrity::Salt;
use crate::error::Result;

/// An event of no entity, such as an entry in a log. No state is folded from it. Its name is its
/// whole topic. `#[event(standalone(…))]` implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a standalone event",
    label = "not marked as `standalone`",
    note = "write `#[event(standalone(timestamped))]` above `struct {Self}`, or trigger it on an aggregate"
)]
pub trait Standalone: Event {
    /// The header fields of its events. Hashes are not chained: an event has no previous hash.
    const KIND: EntityKind;

    /// Triggers the event in a sequence, with the current time. If its type has versions, the
    /// version is 0; [`StandaloneEvent::new`] sets another one.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`](crate::error::Error::InvalidEvent) if the payload cannot be stored;
    /// those of [`Salt::from_env`].
    fn trigger(self, sequence_id: Uuid) -> Result<StandaloneEvent<Self>> {
        let (version, salt) = (Version::FIRST, Salt::from_env()?);
        StandaloneEvent::new(sequence_id, version, Timestamp::now(), self, &salt)
    }
}
