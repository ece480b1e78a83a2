//! The topics of this program's aggregates, registered while it is linked.

use std::any::Any;

use uuid::Uuid;

use super::{Aggregate, EventHash, Replay, Salt, Stored, Version};
use crate::error::{Error, Result};

/// An aggregate type of this program, found by its topic. `#[aggregate]` submits one.
pub struct Registered {
    topic: &'static str,
    was: &'static [&'static str],
    type_name: fn() -> &'static str,
    replay: fn(Uuid, Salt) -> Box<dyn AnyReplay>,
}

inventory::collect!(Registered);

impl Registered {
    /// The registration of `A`.
    #[must_use]
    pub const fn of<A: Aggregate>() -> Self {
        Self {
            topic: A::TOPIC,
            was: A::WAS,
            type_name: std::any::type_name::<A>,
            replay: |id, salt| Box::new(Replay::<A>::new(id, salt)),
        }
    }

    /// The type registered under `topic`, now or in an earlier version of the program.
    ///
    /// # Errors
    ///
    /// [`Error::AmbiguousTopic`] where there are two.
    pub(crate) fn find(topic: &str) -> Result<Option<&'static Self>> {
        let is_called = |entry: &&Self| entry.topic == topic || entry.was.contains(&topic);
        let mut found = inventory::iter::<Self>().filter(is_called);
        let Some(first) = found.next() else {
            return Ok(None);
        };
        match found.next() {
            None => Ok(Some(first)),
            Some(second) => Err(Error::AmbiguousTopic {
                topic: crate::topic::Topic::stored(topic),
                first: (first.type_name)(),
                second: (second.type_name)(),
            }),
        }
    }

    pub(crate) fn replay(&self, id: Uuid, salt: Salt) -> Box<dyn AnyReplay> {
        (self.replay)(id, salt)
    }
}

/// A replay with its type erased.
pub(crate) trait AnyReplay: Send {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<AnyAggregate>;
}

impl<A: Aggregate> AnyReplay for Replay<A> {
    fn apply(&mut self, stored: Stored<'_>) -> Result<()> {
        Self::apply(self, stored)
    }

    fn finish(self: Box<Self>) -> Result<AnyAggregate> {
        Ok(AnyAggregate::of(Self::finish(*self)?))
    }
}

/// An aggregate whose type was found by its stored topic.
#[derive(Debug)]
pub struct AnyAggregate {
    id: Uuid,
    topic: &'static str,
    version: Version,
    head: Option<EventHash>,
    aggregate: Box<dyn Any + Send + Sync>,
}

impl AnyAggregate {
    fn of<A: Aggregate>(aggregate: A) -> Self {
        let root = aggregate.__root();
        let (id, version) = (root.id, root.version);
        let head = A::KIND.hashes.then(|| root.head);
        Self {
            id,
            topic: A::TOPIC,
            version,
            head,
            aggregate: Box::new(aggregate),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The topic of its type.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.topic
    }

    /// The version of its last event; the number of events after the first, where they are not numbered.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The hash of its last event, where they are chained.
    #[must_use]
    pub fn head(&self) -> Option<EventHash> {
        self.head
    }

    /// The aggregate, if it is an `A`.
    #[must_use]
    pub fn downcast_ref<A: Aggregate>(&self) -> Option<&A> {
        self.aggregate.downcast_ref()
    }

    /// The aggregate, if it is an `A`; else this comes back.
    ///
    /// # Errors
    ///
    /// `self`, where it is of another type.
    pub fn downcast<A: Aggregate>(self) -> Result<A, Self> {
        let Self {
            id,
            topic,
            version,
            head,
            aggregate,
        } = self;
        let back = |aggregate| Self {
            id,
            topic,
            version,
            head,
            aggregate,
        };
        aggregate
            .downcast()
            .map(|aggregate| *aggregate)
            .map_err(back)
    }
}
