//! The library's part of the state of an aggregate.

use std::fmt;
use std::hash::{Hash, Hasher};

use es_store::Timestamp;
use uuid::Uuid;

use super::aggregate::Aggregate;
use super::aggregate_parts::AggregateParts;
use super::applying::Activity;
use super::domain_event::DomainEvent;
use crate::domain::event::{EventFields, Version};
use crate::domain::integrity::{EventHash, Salt};
use crate::error::{Error, Result};

/// A placeholder in entities without times. Only [`Timestamped`](super::guarantees::Timestamped)
/// types expose their times.
const UNKNOWN_TIME: Timestamp = Timestamp::from_micros(0);

/// The library's part of the state of an aggregate: the field that `#[aggregate]` adds.
pub struct AggregateState<A: AggregateParts> {
    pub(crate) id: Uuid,
    pub(crate) version: Version,
    pub(crate) head: EventHash,
    pub(crate) created_on: Timestamp,
    pub(crate) last_modified: Timestamp,
    /// The salt of the hashes of its events.
    pub(crate) salt: Salt,
    pub(crate) discarded: bool,
    pub(crate) activity: Activity,
    pub(crate) pending: Vec<DomainEvent<A>>,
}

impl<A: Aggregate> AggregateState<A> {
    /// Creates the state of an aggregate after its first event.
    pub(crate) fn created(id: Uuid, first: EventFields, salt: Salt) -> Self {
        Self {
            id,
            version: first.version.unwrap_or(Version::FIRST),
            head: first.hash.unwrap_or(EventHash::PLACEHOLDER),
            created_on: first.timestamp.unwrap_or(UNKNOWN_TIME),
            last_modified: first.timestamp.unwrap_or(UNKNOWN_TIME),
            salt,
            discarded: false,
            activity: Activity::Ready,
            pending: Vec::new(),
        }
    }

    /// Checks that the state matches the events.
    ///
    /// # Errors
    ///
    /// [`Error::Broken`] if a `mutate` panicked.
    pub(crate) fn check_whole(&self) -> Result<()> {
        match self.activity {
            Activity::Broken => Err(Error::Broken { id: self.id }),
            Activity::Ready | Activity::Applying => Ok(()),
        }
    }

    /// Takes the header fields of the next event, before the event is applied.
    pub(crate) fn advance(&mut self, next: EventFields) {
        self.version = next.version.unwrap_or_else(|| self.version.next());
        self.head = next.hash.unwrap_or(self.head);
        self.last_modified = next.timestamp.unwrap_or(self.last_modified);
    }
}

impl<A: Aggregate> Clone for AggregateState<A> {
    fn clone(&self) -> Self {
        Self {
            salt: self.salt.clone(),
            pending: self.pending.clone(),
            ..*self
        }
    }
}

/// Compares the history. Whether its events are pending or stored makes no difference.
impl<A: Aggregate> PartialEq for AggregateState<A> {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.version, self.head, self.discarded)
            == (other.id, other.version, other.head, other.discarded)
    }
}

impl<A: Aggregate> Eq for AggregateState<A> {}

impl<A: Aggregate> Hash for AggregateState<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.head.hash(state);
    }
}

impl<A: Aggregate> fmt::Debug for AggregateState<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateState")
            .field("id", &self.id)
            .field("version", &self.version.get())
            .field("head", &self.head)
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}
