//! Aggregates with their types erased.

use std::any::Any;
use std::fmt;

use uuid::Uuid;

use crate::domain::aggregate::Aggregate;
use crate::domain::event::Version;
use crate::domain::integrity::EventHash;

/// An aggregate whose type was found by its stored topic.
pub struct AnyAggregate(Box<dyn ErasedAggregate>);

/// An aggregate with its type erased.
trait ErasedAggregate: Any + Send + Sync {
    fn topic(&self) -> &'static str;
    fn id(&self) -> Uuid;
    fn version(&self) -> Version;
    fn head(&self) -> Option<EventHash>;
}

impl<A: Aggregate> ErasedAggregate for A {
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
    pub(super) fn new<A: Aggregate>(aggregate: A) -> Self {
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
