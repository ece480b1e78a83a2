//! The registry of this program's aggregate types, which is filled at link time.

use std::collections::HashMap;
use std::sync::OnceLock;

use es_store::Topic;
use uuid::Uuid;

use super::any_aggregate::AnyAggregate;
use super::replay::Replay;
use super::replay_target::ReplayTarget;
use crate::domain::aggregate::{Aggregate, StoredType};
use crate::domain::integrity::Salt;
use crate::error::{Error, Result};

/// An aggregate type of this program, which is found by its topic. `#[aggregate]` submits it.
pub struct Registered {
    topic: &'static str,
    was: &'static [&'static str],
    type_name: fn() -> &'static str,
    replay: fn(Uuid, Salt) -> Box<dyn AnyReplay>,
    stored_type: fn() -> StoredType,
}

es_store::inventory::collect!(Registered);

impl Registered {
    /// Creates the registration of `A`.
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

    /// Returns the type that is registered under `topic`, which may be an earlier topic of it.
    ///
    /// # Errors
    ///
    /// [`Error::AmbiguousTopic`] if there are several.
    pub(crate) fn find(topic: &str) -> Result<Option<&'static Self>> {
        let has_topic = |entry: &&Self| entry.topic == topic || entry.was.contains(&topic);
        let mut found = es_store::inventory::iter::<Self>().filter(has_topic);
        let Some(first) = found.next() else {
            return Ok(None);
        };
        match found.next() {
            None => Ok(Some(first)),
            Some(second) => Err(Error::AmbiguousTopic {
                topic: Topic::stored(topic),
                first: (first.type_name)(),
                second: (second.type_name)(),
            }),
        }
    }

    /// Checks that no two types have one topic: each would be read as the other.
    ///
    /// # Errors
    ///
    /// [`Error::AmbiguousTopic`].
    pub(crate) fn check_unique() -> Result<()> {
        // The registry does not change while the program runs.
        static SHARED: OnceLock<Option<(&'static str, [&'static str; 2])>> = OnceLock::new();
        match SHARED.get_or_init(Self::find_shared) {
            None => Ok(()),
            Some((topic, [first, second])) => Err(Error::AmbiguousTopic {
                topic: Topic::stored(topic),
                first,
                second,
            }),
        }
    }

    fn find_shared() -> Option<(&'static str, [&'static str; 2])> {
        let mut owners = HashMap::new();
        for entry in Self::all() {
            let name = (entry.type_name)();
            // The examples in documentation are programs of their own, which rustdoc links together.
            if name.starts_with("doctest_bundle_") {
                continue;
            }
            for &topic in std::iter::once(&entry.topic).chain(entry.was) {
                if let Some(other) = owners.insert(topic, name)
                    && other != name
                {
                    return Some((topic, [other, name]));
                }
            }
        }
        None
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
    /// Returns the stored names and shapes of all types that are linked into this program.
    #[must_use]
    pub fn registered() -> Vec<Self> {
        Registered::all().map(Registered::stored_type).collect()
    }
}

/// Checks that no two types of this program have one topic.
///
/// # Errors
///
/// [`Error::AmbiguousTopic`].
pub fn check_topics() -> Result<()> {
    Registered::check_unique()
}
