//! The policy of which events an application stores.

use std::sync::Arc;

use es_store::{SequencedItem, Topic};

use crate::domain::{Aggregate, DomainEvent, Standalone};
use crate::error::Result;
use crate::event_store::EventStore;

/// The policy of which events an application stores: those of all aggregates, or of some types.
#[derive(Clone)]
pub(super) struct PersistencePolicy {
    store: EventStore,
    /// The topics of the aggregates and standalone events that are stored; `None` for all.
    only: Option<Arc<[Topic]>>,
}

impl PersistencePolicy {
    /// Creates a policy that stores the events of all aggregates.
    pub(super) fn new(store: EventStore) -> Self {
        Self { store, only: None }
    }

    pub(super) fn restricted_to(mut self, topics: &[Topic]) -> Self {
        self.only = (!topics.is_empty()).then(|| topics.into());
        self
    }

    /// Returns whether the events of `A` are stored.
    pub(super) fn accepts<A: Aggregate>(&self) -> bool {
        self.accepts_topic(A::TOPIC)
    }

    /// Returns whether standalone events of type `E` are stored.
    pub(super) fn accepts_standalone<E: Standalone>(&self) -> bool {
        self.accepts_topic(E::NAME)
    }

    fn accepts_topic(&self, topic: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|accepted| accepted == topic))
    }

    /// Maps events to items; returns none if the events of `A` are not stored.
    pub(super) fn items<A: Aggregate>(
        &self,
        events: &[DomainEvent<A>],
    ) -> Result<Vec<SequencedItem>> {
        if !self.accepts::<A>() {
            return Ok(Vec::new());
        }
        let mapper = self.store.mapper();
        events.iter().map(|event| mapper.to_item(event)).collect()
    }
}
