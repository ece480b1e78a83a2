//! The check of events that are triggered already, also of types that opt out of it.

use super::aggregate::Aggregate;
use super::domain_event::DomainEvent;
use super::event_kind::EventKind;
use crate::domain::event::{DecodeError, RawHeader};
use crate::domain::round_trip::Comparison;
use crate::error::{Error, Result};

/// Checks that replay will read the same payloads from the texts of these events.
///
/// # Errors
///
/// [`Error::InvalidEvent`] for the first event that is not read back as the same payload.
pub fn check_read_back<A: Aggregate>(events: &[DomainEvent<A>]) -> Result<()> {
    let comparison = Comparison::<A::Event>::new();
    let mut buffer = String::new();
    for event in events {
        let Some(kind) = EventKind::<A>::find(event.topic().as_str()) else {
            continue;
        };
        let mut header = RawHeader::default();
        (kind.decode)(event.text(), &mut header)
            .map_err(DecodeError::unreadable)
            .and_then(|read| comparison.check(event.payload(), &read, event.text(), &mut buffer))
            .map_err(|source| Error::InvalidEvent {
                topic: event.topic().clone(),
                source,
            })?;
    }
    Ok(())
}
