use std::fmt;

use uuid::Uuid;

use super::stored::Checked;
use super::{Aggregate, DomainEvent, EventHash, Salt, Version};
use crate::time::Timestamp;

/// What the library keeps of an aggregate: the one field that `#[aggregate]` adds.
pub struct Root<A: Aggregate> {
    pub(crate) id: Uuid,
    pub(crate) version: Version,
    pub(crate) head: EventHash,
    pub(crate) created_on: Timestamp,
    pub(crate) last_modified: Timestamp,
    /// What its events are sealed with; it travels with the aggregate.
    pub(crate) salt: Salt,
    pub(crate) discarded: bool,
    pub(crate) pending: Vec<DomainEvent<A>>,
}

impl<A: Aggregate> Root<A> {
    /// Of an aggregate that its first event just made.
    pub(crate) fn created(id: Uuid, first: Checked, salt: Salt) -> Self {
        Self {
            id,
            version: first.version,
            head: first.hash,
            created_on: first.timestamp,
            last_modified: first.timestamp,
            salt,
            discarded: false,
            pending: Vec::new(),
        }
    }

    /// Moves on to the next event, before it is applied.
    pub(crate) fn advance(&mut self, next: Checked) {
        self.version = next.version;
        self.head = next.hash;
        self.last_modified = next.timestamp;
    }
}

impl<A: Aggregate> Clone for Root<A> {
    fn clone(&self) -> Self {
        Self {
            salt: self.salt.clone(),
            pending: self.pending.clone(),
            ..*self
        }
    }
}

/// Equal where the history is: pending or stored makes no difference.
impl<A: Aggregate> PartialEq for Root<A> {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.version, self.head, self.discarded)
            == (other.id, other.version, other.head, other.discarded)
    }
}

impl<A: Aggregate> Eq for Root<A> {}

impl<A: Aggregate> fmt::Debug for Root<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Root")
            .field("id", &self.id)
            .field("version", &self.version.get())
            .field("head", &self.head)
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}
