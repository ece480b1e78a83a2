use std::sync::Arc;

use crate::domain::{Aggregate, DomainEvent};
use crate::error::Result;
use crate::infrastructure::{Appended, EventStore, SequencedItem};
use crate::topic::Topic;

/// The policy that stores what aggregates publish: of all of them, or of some types only.
#[derive(Clone)]
pub struct PersistencePolicy {
    store: EventStore,
    /// The topics of the aggregates whose events are stored; all, where there is no list.
    only: Option<Arc<[Topic]>>,
}

impl PersistencePolicy {
    /// Stores the events of all aggregates.
    #[must_use]
    pub fn new(store: EventStore) -> Self {
        Self { store, only: None }
    }

    /// Stores only the events of `A`, and of the types named so before. Those of others are published, and not stored.
    #[must_use]
    pub fn only<A: Aggregate>(mut self) -> Self {
        let named = self.only.iter().flat_map(|topics| topics.iter());
        self.only = Some(named.cloned().chain([Topic::new(A::TOPIC)]).collect());
        self
    }

    pub(super) fn restricted_to(mut self, topics: &[Topic]) -> Self {
        self.only = (!topics.is_empty()).then(|| topics.into());
        self
    }

    /// Whether the events of `A` are stored.
    #[must_use]
    pub fn accepts<A: Aggregate>(&self) -> bool {
        self.only
            .as_ref()
            .is_none_or(|topics| topics.iter().any(|topic| topic == A::TOPIC))
    }

    /// The items that events are stored as, if they are of an accepted type; none otherwise.
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

    /// Stores events, all or none, if they are of an accepted type; writes nothing otherwise.
    ///
    /// # Errors
    ///
    /// Those of [`EventStore::append`].
    pub async fn store<A: Aggregate>(&self, events: &[DomainEvent<A>]) -> Result<Appended> {
        if self.accepts::<A>() {
            self.store.append(events).await
        } else {
            Ok(Appended::default())
        }
    }
}
