//! The topics of this program's aggregates, registered while it is linked.

use uuid::Uuid;

use super::any_aggregate::AnyAggregate;
use super::replay::Replay;
use super::replay_target::ReplayTarget;
use crate::domain::aggregate::{Aggregate, StoredType};
use crate::domain::integrity::Salt;
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
    pub const fn new<A: Aggregate>() -> Self {
        Self {
            topic: A::TOPIC,
            was: A::WAS,
            type_name: std::any::type_name::<A>,
            replay: |id, salt| Box::new(Replay::<A>::new(id, salt)),
            stored_type: StoredType::new::<A>,
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
pub(crate) trait AnyReplay: ReplayTarget {
    fn finish(self: Box<Self>) -> Result<AnyAggregate>;
}

impl<A: Aggregate> AnyReplay for Replay<A> {
    fn finish(self: Box<Self>) -> Result<AnyAggregate> {
        Ok(AnyAggregate::new(Self::finish(*self)?))
    }
}

impl StoredType {
    /// Of all types that are linked into this program.
    #[must_use]
    pub fn registered() -> Vec<Self> {
        Registered::all().map(Registered::stored_type).collect()
    }
}
