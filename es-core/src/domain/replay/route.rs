//! From the topic of a stored event to the one who handles it, found while the program is compiled: what
//! `#[projection]` is made of.

use std::marker::PhantomData;

use es_store::Topic;

use super::replay::unplaced;
use crate::domain::aggregate::Aggregate;
use crate::domain::event::{Decode, Discarded, EntityKind, EventHeader, EventKind, EventOf, Ops};
use crate::domain::evolution::{DecodeError, StoredType};
use crate::domain::integrity::Salt;
use crate::error::Result;

/// How events that are stored under one topic become an `E`: whatever handlers take.
pub struct Route<E> {
    pub topic: &'static str,
    decode: Decode<E>,
}

impl<E> Clone for Route<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Route<E> {}

impl<E> Route<E> {
    const fn new<A: Aggregate, P>(ops: &Ops<A, P>, decode: Decode<E>) -> Self {
        Self {
            topic: ops.topic,
            decode,
        }
    }
}

/// Asks, while the program is compiled, whether a payload `P` is one of events of `A`, and how it becomes an `E`. Its
/// constants stand in impls that hold only where it is; elsewhere those of [`NotOf`] are found.
pub struct Probe<A, P, E>(PhantomData<(A, P, E)>);

impl<A: Aggregate, P: EventOf<A>, E: From<P>> Probe<A, P, E> {
    /// Of an event that the aggregate lists, and of a change of an attribute.
    pub const LISTED: Option<Route<E>> = Some(Route::new(&P::OPS, |text, header| {
        Ok(E::from((P::OPS.decode)(text, header)?))
    }));
}

impl<A: Aggregate<Created = P>, P, E: From<P>> Probe<A, P, E> {
    /// Of the event that creates the aggregate.
    pub const CREATED: Option<Route<E>> = Some(Route::new(&A::CREATED_OPS, |text, header| {
        Ok(E::from((A::CREATED_OPS.decode)(text, header)?))
    }));
}

impl<A: Aggregate, E: From<Discarded>> Probe<A, Discarded, E> {
    /// Of the event that ends the aggregate.
    pub const DISCARDED: Option<Route<E>> = Some(Route::new(&A::DISCARDED_OPS, |text, header| {
        Ok(E::from((A::DISCARDED_OPS.decode)(text, header)?))
    }));
}

/// The answers for payloads that are none of the aggregate's.
pub trait NotOf<E>: Sized {
    /// No listed event.
    const LISTED: Option<Route<E>> = None;
    /// Not the event that creates.
    const CREATED: Option<Route<E>> = None;
    /// Not the event that ends.
    const DISCARDED: Option<Route<E>> = None;
}

impl<A, P, E> NotOf<E> for Probe<A, P, E> {}

/// The events of one aggregate that are handled.
pub struct Source<E: 'static> {
    kind: EntityKind,
    pub topic: &'static str,
    was: &'static [&'static str],
    /// The topic of today of what is stored under a topic, if it is an event of the aggregate.
    topic_today: fn(&str) -> Option<&'static str>,
    is_shared: fn(&str) -> bool,
    routes: &'static [Option<Route<E>>],
}

/// What a source says of a topic that may be of its aggregate.
pub struct Claim<E> {
    /// How its events are read; none where they are passed over.
    pub reader: Option<Reader<E>>,
    /// The ownership of the topic.
    pub ownership: TopicOwnership,
}

/// The ownership of a topic among aggregates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicOwnership {
    /// Only this aggregate stores events under the topic.
    Exclusive,
    /// Other aggregates may store events under the topic too.
    Shared,
}

impl<E> Source<E> {
    /// Of an aggregate, with the answers for each payload that is handled.
    #[must_use]
    pub const fn new<A: Aggregate>(routes: &'static [Option<Route<E>>]) -> Self {
        Self {
            kind: A::KIND,
            topic: A::TOPIC,
            was: A::WAS,
            topic_today: |topic| EventKind::<A>::find(topic).map(|kind| kind.topic),
            is_shared: is_shared::<A>,
            routes,
        }
    }

    /// Whether the aggregate has this topic, or had it.
    pub fn is_called(&self, topic: &str) -> bool {
        self.topic == topic || self.was.contains(&topic)
    }

    /// What is known of events that are stored under a topic, if they may be the aggregate's.
    pub fn claim(&self, topic: &str) -> Option<Claim<E>> {
        let Some(today) = (self.topic_today)(topic) else {
            return self.claim_of_unknown(topic);
        };
        let mut routes = self.routes.iter().flatten();
        let route = routes.find(|route| route.topic == today);
        Some(Claim {
            reader: route.map(|route| Reader {
                kind: self.kind,
                decode: route.decode,
            }),
            ownership: if (self.is_shared)(topic) {
                TopicOwnership::Shared
            } else {
                TopicOwnership::Exclusive
            },
        })
    }

    /// An event that is called as those of the aggregate are, and that the program does not know: a later one may handle it.
    fn claim_of_unknown(&self, topic: &str) -> Option<Claim<E>> {
        let mut names = self.was.iter().chain([&self.topic]);
        let is_ours = names.any(|name| {
            let rest = topic.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        });
        is_ours.then_some(Claim {
            reader: Some(Reader {
                kind: self.kind,
                decode: |_, _| Err(DecodeError::UnknownTopic),
            }),
            // What follows the dot may be the name of another aggregate.
            ownership: TopicOwnership::Shared,
        })
    }
}

/// Whether other aggregates may have events under a topic of `A`: where they share its base, or list an event that is stored
/// under its whole name.
fn is_shared<A: Aggregate>(topic: &str) -> bool {
    let Some(kind) = EventKind::<A>::find(topic) else {
        return false;
    };
    let others = || {
        let registered = StoredType::registered().into_iter();
        registered.filter(|other| other.topic != A::TOPIC)
    };
    if kind.is_of_library() {
        let rest = topic.strip_prefix(A::BASE);
        let follows_base = rest.is_some_and(|rest| rest.starts_with('.'));
        // A base that is not the topic is there to be shared, also by aggregates of other programs.
        follows_base && (A::BASE != A::TOPIC || others().any(|other| other.base == A::BASE))
    } else {
        others().any(|other| {
            let mut names = other.events.iter();
            names.any(|event| event.name == topic || event.was.contains(&topic))
        })
    }
}

/// Reads events that are stored under one topic.
pub struct Reader<E> {
    kind: EntityKind,
    decode: Decode<E>,
}

impl<E> Clone for Reader<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Reader<E> {}

impl<E> Reader<E> {
    /// The event, checked but for what it follows.
    pub fn read(self, topic: &Topic, text: &str, salt: &Salt) -> Result<(EventHeader, E)> {
        unplaced(self.kind, self.decode, topic, text, salt)
    }
}
