//! The events that an event store stores.

use es_store::{Position, SequencedItem, Text, Topic};
use uuid::Uuid;

use super::custom_event::CustomEvent;
use crate::domain::{Aggregate, DomainEvent, EventHeader, Standalone, StandaloneEvent};
use crate::error::{Error, Result};

/// A value that [`EventStore::append`](super::event_store::EventStore::append) stores: an event of an
/// aggregate, a standalone event, a [`CustomEvent`], or a [`SequencedItem`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored as an event",
    label = "not an event with a position in a sequence",
    note = "append the `pending_events()` of the aggregate that triggered it, call `trigger` on it if it is a standalone \
            event, or implement `CustomEvent` for it"
)]
pub trait Storable {
    #[doc(hidden)]
    fn __parts(&self) -> Result<EventParts<'_>>;
}

/// The parts of an event from which [`Mapper::to_item`](super::mapper::Mapper::to_item) makes an item.
#[doc(hidden)]
pub enum EventParts<'e> {
    /// An event of the library. The mapper takes the position from the header or the text.
    WithHeader {
        /// The header.
        header: &'e EventHeader,
        /// The canonical text.
        text: &'e Text,
    },
    /// An event that states its own position.
    WithPosition {
        /// The sequence.
        sequence_id: Uuid,
        /// The position.
        position: Position,
        /// The topic.
        topic: Topic,
        /// The canonical text.
        text: Text,
    },
    /// An item, which is stored unchanged.
    Item(&'e SequencedItem),
}

impl<A: Aggregate> Storable for DomainEvent<A> {
    fn __parts(&self) -> Result<EventParts<'_>> {
        Ok(EventParts::WithHeader {
            header: &self.header,
            text: &self.text,
        })
    }
}

impl<E: Standalone> Storable for StandaloneEvent<E> {
    fn __parts(&self) -> Result<EventParts<'_>> {
        Ok(EventParts::WithHeader {
            header: self.header(),
            text: self.shared_text(),
        })
    }
}

impl<E: CustomEvent> Storable for E {
    fn __parts(&self) -> Result<EventParts<'_>> {
        let topic = self.topic();
        let text = readable_text(self, &topic).map_err(|source| Error::InvalidEvent {
            topic: topic.clone(),
            source,
        })?;
        Ok(EventParts::WithPosition {
            sequence_id: self.sequence_id(),
            position: self.position(),
            topic,
            text: text.into(),
        })
    }
}

/// Returns the text of an event, which its type must be able to read. A custom event has no
/// `PartialEq` by which the event that is read could be compared.
fn readable_text<E: CustomEvent>(event: &E, topic: &Topic) -> Result<String, es_json::Error> {
    let text = event.to_text()?;
    match E::from_text(topic, &text) {
        Ok(_) => Ok(text),
        Err(error) => Err(error.unreadable()),
    }
}

/// Stores an item that is mapped already, such as one that is copied from another event store. Its
/// hash is not verified.
impl Storable for SequencedItem {
    fn __parts(&self) -> Result<EventParts<'_>> {
        Ok(EventParts::Item(self))
    }
}
