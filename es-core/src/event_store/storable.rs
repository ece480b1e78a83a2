use es_store::SequencedItem;

use super::custom_event::OwnEvent;
use super::mapper::Mapper;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::{DomainEvent, EventHeader};
use crate::domain::library::{Lone, LoneEvent};
use crate::error::Result;

/// An event that [`EventStore::append`](super::event_store::EventStore::append) takes: one of an aggregate, one that stands alone, or an
/// [`OwnEvent`] of a model of one's own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event that a store keeps",
    label = "not an event with its place in a sequence",
    note = "append the `pending_events()` of an aggregate that triggered it, make it `happen` where it stands alone, or \
            implement `OwnEvent` for it"
)]
pub trait Storable {
    #[doc(hidden)]
    fn __to_item(&self, mapper: &Mapper) -> Result<SequencedItem>;

    /// What it says of itself, and its canonical text; none of an event that the library did not make.
    #[doc(hidden)]
    fn __made(&self) -> Option<(&EventHeader, &str)> {
        None
    }
}

impl<A: Aggregate> Storable for DomainEvent<A> {
    fn __to_item(&self, mapper: &Mapper) -> Result<SequencedItem> {
        mapper.made_item(&self.header, &self.text)
    }

    fn __made(&self) -> Option<(&EventHeader, &str)> {
        Some((&self.header, &self.text))
    }
}

impl<E: Lone> Storable for LoneEvent<E> {
    fn __to_item(&self, mapper: &Mapper) -> Result<SequencedItem> {
        mapper.made_item(self.header(), self.shared_text())
    }

    fn __made(&self) -> Option<(&EventHeader, &str)> {
        Some((self.header(), self.text()))
    }
}

impl<E: OwnEvent> Storable for E {
    fn __to_item(&self, mapper: &Mapper) -> Result<SequencedItem> {
        mapper.own_item(self)
    }
}
