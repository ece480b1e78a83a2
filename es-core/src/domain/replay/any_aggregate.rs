//! Aggregates with their types erased.

use std::any::Any;
use std::fmt;

use uuid::Uuid;

use crate::domain::aggregate::Aggregate;
use crate::domain::event::Version;
use crate::domain::integrity::EventHash;

/// An aggregate of the type that its stored topic names.
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
        self.__state().id
    }

    fn version(&self) -> Version {
        self.__state().version
    }

    fn head(&self) -> Option<EventHash> {
        A::KIND.hashes.then(|| self.__state().head)
    }
}

impl AnyAggregate {
    pub(super) fn new<A: Aggregate>(aggregate: A) -> Self {
        Self(Box::new(aggregate))
    }

    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0.id()
    }

    /// Returns the topic of the type.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.0.topic()
    }

    /// Returns the version of the last event. If the type has no versions, returns the number of
    /// events after the first.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version()
    }

    /// Returns the hash of the last event; `None` if the type has no hashes.
    #[must_use]
    pub fn head(&self) -> Option<EventHash> {
        self.0.head()
    }

    /// Returns the aggregate if it is an `A`.
    #[must_use]
    pub fn downcast_ref<A: Aggregate>(&self) -> Option<&A> {
        let aggregate: &dyn Any = &*self.0;
        aggregate.downcast_ref()
    }

    /// Converts to the aggregate if it is an `A`.
    ///
    /// # Errors
    ///
    /// `self` if the aggregate has another type.
    pub fn downcast<A: Aggregate>(self) -> Result<A, Self> {
        if self.downcast_ref::<A>().is_none() {
            return Err(self);
        }
        let aggregate: Box<dyn Any> = self.0;
        match aggregate.downcast::<A>() {
            Ok(aggregate) => Ok(*aggregate),
            Err(_) => unreachable!("the type was just checked"),
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
