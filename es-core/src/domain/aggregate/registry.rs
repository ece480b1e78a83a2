//! The topics of this program's aggregates, registered while it is linked.

use std::any::Any;
use std::fmt;

use uuid::Uuid;

use super::aggregate::Aggregate;
use crate::domain::event::Version;
use crate::domain::evolution::StoredType;
use crate::domain::integrity::{EventHash, Salt};
use crate::domain::replay::{Replay, Replaying};
use crate::error::{Error, Result};

/// An aggregate type of this program, found by its topic. `#[aggregate]` submits one.
pub struct Registered {
    topic: &'static str,
    was: &'static [&'static str],
    type_name: fn() -> &'static str,
    replay: fn(Uuid, Salt) -> Box<dyn AnyReplay>,
    stored_type: fn() -> StoredType,
}

es_store::inventory::collect!(Registered);

impl Registered {
    /// The registration of `A`.
    #[must_use]
    pub const fn of<A: Aggregate>() -> Self {
        Self {
            topic: A::TOPIC,
            was: A::WAS,
            type_name: std::any::type_name::<A>,
            replay: |id, salt| Box::new(Replay::<A>::new(id, salt)),
            stored_type: StoredType::of::<A>,
        }
    }

    /// The type registered under `topic`, now or in an earlier version of the program.
    ///
    /// # Errors
    ///
    /// [`Error::AmbiguousTopic`] where there are two.
    pub(crate) fn find(topic: &str) -> Result<Option<&'static Self>> {
        let is_called = |entry: &&Self| entry.topic == topic || entry.was.contains(&topic);
        let mut found = es_store::inventory::iter::<Self>().filter(is_called);
        let Some(first) = found.next() else {
            return Ok(None);
        };
        match found.next() {
            None => Ok(Some(first)),
            Some(second) => Err(Error::AmbiguousTopic {
                topic: es_store::Topic::stored(topic),
                first: (first.type_name)(),
                second: (second.type_name)(),
            }),
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        es_store::inventory::iter::<Self>()
    }

    pub(crate) fn stored_type(&self) -> StoredType {
        (self.stored_type)()
    }

    pub(crate) fn replay(&self, id: Uuid, salt: Salt) -> Box<dyn AnyReplay> {
        (self.replay)(id, salt)
    }
}

/// A replay with its type erased.
pub(crate) trait AnyReplay: Replaying {
    fn finish(self: Box<Self>) -> Result<AnyAggregate>;
}

impl<A: Aggregate> AnyReplay for Replay<A> {
    fn finish(self: Box<Self>) -> Result<AnyAggregate> {
        Ok(AnyAggregate::of(Self::finish(*self)?))
    }
}

/// An aggregate whose type was found by its stored topic.
pub struct AnyAggregate(Box<dyn Loaded>);

/// An aggregate with its type erased.
trait Loaded: Any + Send + Sync {
    fn topic(&self) -> &'static str;
    fn id(&self) -> Uuid;
    fn version(&self) -> Version;
    fn head(&self) -> Option<EventHash>;
}

impl<A: Aggregate> Loaded for A {
    fn topic(&self) -> &'static str {
        A::TOPIC
    }

    fn id(&self) -> Uuid {
        self.__root().id
    }

    fn version(&self) -> Version {
        self.__root().version
    }

    fn head(&self) -> Option<EventHash> {
        A::KIND.hashes.then(|| self.__root().head)
    }
}

impl AnyAggregate {
    fn of<A: Aggregate>(aggregate: A) -> Self {
        Self(Box::new(aggregate))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id()
    }

    /// The topic of its type.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.0.topic()
    }

    /// The version of its last event; the number of events after the first, where they are not numbered.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version()
    }

    /// The hash of its last event, where they are chained.
    #[must_use]
    pub fn head(&self) -> Option<EventHash> {
        self.0.head()
    }

    /// The aggregate, if it is an `A`.
    #[must_use]
    pub fn downcast_ref<A: Aggregate>(&self) -> Option<&A> {
        let aggregate: &dyn Any = &*self.0;
        aggregate.downcast_ref()
    }

    /// The aggregate, if it is an `A`; else this comes back.
    ///
    /// # Errors
    ///
    /// `self`, where it is of another type.
    pub fn downcast<A: Aggregate>(self) -> Result<A, Self> {
        if self.downcast_ref::<A>().is_none() {
            return Err(self);
        }
        let aggregate: Box<dyn Any> = self.0;
        match aggregate.downcast::<A>() {
            Ok(aggregate) => Ok(*aggregate),
            Err(_) => unreachable!("its type was just looked at"),
        }
    }
}

impl fmt::Debug for AnyAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyAggregate")
            .field("topic", &self.topic())
            .field("id", &self.id())
            .field("version", &self.version().get())
            .finish_non_exhaustive()
    }
}
