//! A set of items as an aggregate.

use std::collections::BTreeSet;

use es_core::__private::{
    AggregateParts, AggregateState, AnyPayload, EventKind, Ops, Status, create, library_ops,
    new_id, ops, unchanged,
};
use es_core::domain::{
    Aggregate, Discarded, EntityKind, Event, EventOf, HashChained, Mutate, Payload, Timestamped,
    Versioned,
};
use es_core::error::{Error, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An aggregate that is a set of items, such as the members of a group.
///
/// The format is that of the collections of Python's `eventsourcing`.
///
/// ```
/// use es_core::domain::Aggregate;
/// use es_structures::Collection;
///
/// let mut members = Collection::create()?;
/// assert!(members.add("Ann".to_owned())?);
/// assert!(members.add("Bob".to_owned())?);
/// assert!(members.remove(&"Ann".to_owned())?);
/// assert!(!members.remove(&"Cid".to_owned())?, "an absent item triggers no event");
/// assert!(members.items().iter().eq(["Bob"]));
/// assert_eq!(members.pending_events().len(), 4);
/// # Ok::<(), es_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Collection<T: Payload + Ord> {
    items: BTreeSet<T>,
    state: AggregateState<Self>,
}

impl<T: Payload + Ord> Collection<T> {
    /// Creates an empty collection with a new id. Its first event is pending until it is saved.
    pub fn create() -> Result<Self> {
        Self::create_with(new_id())
    }

    /// Creates an empty collection with the given id. Its first event is pending until it is saved.
    pub fn create_with(id: Uuid) -> Result<Self> {
        create(id, CollectionCreated)
    }

    /// Returns the items, in their order.
    pub fn items(&self) -> &BTreeSet<T> {
        &self.items
    }

    /// Triggers [`ItemAdded`]; returns whether the item is new. Nothing is triggered if it is in the collection already.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`] if the collection is discarded; [`Error::InvalidEvent`] if the item cannot be serialised.
    pub fn add(&mut self, item: T) -> Result<bool> {
        self.check_not_discarded()?;
        let is_new = !self.items.contains(&item);
        if is_new {
            self.trigger(ItemAdded { item })?;
        }
        Ok(is_new)
    }

    /// Triggers [`ItemRemoved`]; returns whether the item was in the collection. Nothing is triggered if it was not.
    ///
    /// # Errors
    ///
    /// [`Error::Discarded`] if the collection is discarded; [`Error::InvalidEvent`] if the item cannot be serialised.
    pub fn remove(&mut self, item: &T) -> Result<bool> {
        self.check_not_discarded()?;
        let found = self.items.get(item).cloned();
        let was_there = found.is_some();
        if let Some(item) = found {
            self.trigger(ItemRemoved { item })?;
        }
        Ok(was_there)
    }

    fn check_not_discarded(&self) -> Result<()> {
        if self.is_discarded() {
            return Err(Error::Discarded { id: self.id() });
        }
        Ok(())
    }
}

/// The first event of a [`Collection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CollectionCreated;

/// An item was added to a [`Collection`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAdded<T> {
    /// The item.
    pub item: T,
}

/// An item was removed from a [`Collection`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRemoved<T> {
    /// The item.
    pub item: T,
}

/// The events of a [`Collection`].
#[derive(Debug, Clone, PartialEq)]
pub enum CollectionEvent<T> {
    /// The collection was created.
    Created(CollectionCreated),
    /// An item was added.
    ItemAdded(ItemAdded<T>),
    /// An item was removed.
    ItemRemoved(ItemRemoved<T>),
    /// The collection was discarded.
    Discarded(Discarded),
}

impl<T: Payload> Event for ItemAdded<T> {
    const NAME: &'static str = "ItemAdded";
}

impl<T: Payload> Event for ItemRemoved<T> {
    const NAME: &'static str = "ItemRemoved";
}

// Other programs may have stored events without effect, which add a present item or remove an absent one.
impl<T: Payload + Ord> Mutate<Collection<T>> for ItemAdded<T> {
    fn mutate(&self, collection: &mut Collection<T>) {
        collection.items.insert(self.item.clone());
    }
}

impl<T: Payload + Ord> Mutate<Collection<T>> for ItemRemoved<T> {
    fn mutate(&self, collection: &mut Collection<T>) {
        collection.items.remove(&self.item);
    }
}

impl<T: Payload + Ord> EventOf<Collection<T>> for ItemAdded<T> {
    type Status = Status<Self, false>;
    const OPS: Ops<Collection<T>, Self> = ops(CollectionEvent::ItemAdded);
}

impl<T: Payload + Ord> EventOf<Collection<T>> for ItemRemoved<T> {
    type Status = Status<Self, false>;
    const OPS: Ops<Collection<T>, Self> = ops(CollectionEvent::ItemRemoved);
}

impl<T: Payload + Ord> Aggregate for Collection<T> {
    const TOPIC: &'static str = "eventsourcing.domain.model.collection#Collection";
    const KIND: EntityKind = EntityKind::AGGREGATE;
}

impl<T: Payload + Ord> AggregateParts for Collection<T> {
    type Event = CollectionEvent<T>;
    type Created = CollectionCreated;
    const WAS: &'static [&'static str] = &[];
    const BASE: &'static str = Self::TOPIC;
    const CREATED_OPS: Ops<Self, CollectionCreated> = library_ops(
        "eventsourcing.domain.model.collection#Collection.Created",
        "Created",
        CollectionEvent::Created,
        unchanged,
    );
    const DISCARDED_OPS: Ops<Self, Discarded> = library_ops(
        "eventsourcing.domain.model.collection#Collection.Discarded",
        "Discarded",
        CollectionEvent::Discarded,
        unchanged,
    );
    const EVENTS: &'static [EventKind<Self>] = &[
        EventKind::created(),
        EventKind::discarded(),
        EventKind::new::<ItemAdded<T>>(),
        EventKind::new::<ItemRemoved<T>>(),
    ];

    fn __new(_: CollectionCreated, state: AggregateState<Self>) -> Self {
        Self {
            items: BTreeSet::new(),
            state,
        }
    }

    fn __state(&self) -> &AggregateState<Self> {
        &self.state
    }

    fn __state_mut(&mut self) -> &mut AggregateState<Self> {
        &mut self.state
    }

    fn __mutate(&mut self, event: &CollectionEvent<T>) {
        match event {
            CollectionEvent::Created(_) | CollectionEvent::Discarded(_) => {}
            CollectionEvent::ItemAdded(event) => event.mutate(self),
            CollectionEvent::ItemRemoved(event) => event.mutate(self),
        }
    }

    fn __payload(event: &CollectionEvent<T>) -> &AnyPayload {
        match event {
            CollectionEvent::Created(event) => event,
            CollectionEvent::ItemAdded(event) => event,
            CollectionEvent::ItemRemoved(event) => event,
            CollectionEvent::Discarded(event) => event,
        }
    }
}

impl<T: Payload + Ord> Versioned for Collection<T> {}
impl<T: Payload + Ord> Timestamped for Collection<T> {}
impl<T: Payload + Ord> HashChained for Collection<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_changes_nothing_triggers_no_event() {
        let mut collection = Collection::create().expect("an event");
        assert_eq!(collection.add(1).ok(), Some(true));
        assert_eq!(collection.add(1).ok(), Some(false));
        assert_eq!(collection.remove(&2).ok(), Some(false));
        assert_eq!(collection.version().get(), 1);
        assert_eq!(collection.items(), &BTreeSet::from([1]));
    }

    #[test]
    fn nothing_happens_to_a_discarded_one() {
        let mut collection = Collection::create().expect("an event");
        collection.add(1).expect("an event");
        collection.discard().expect("an event");
        for refused in [collection.add(1), collection.add(2), collection.remove(&3)] {
            assert!(matches!(refused, Err(Error::Discarded { .. })));
        }
    }
}
