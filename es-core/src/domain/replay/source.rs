//! Sources: the handled events of one aggregate type.

use es_store::Topic;

use super::decode::decode_with;
use super::route::Route;
use crate::domain::aggregate::{Aggregate, EventKind, StoredType};
use crate::domain::event::{Decode, DecodeError, EntityKind, EventHeader};
use crate::domain::integrity::Salt;
use crate::error::Result;

/// The events of one aggregate that are handled.
pub struct Source<E: 'static> {
    kind: EntityKind,
    /// The topic of the aggregate.
    pub topic: &'static str,
    was: &'static [&'static str],
    /// The topic of today of what is stored under a topic, if it is an event of the aggregate.
    topic_today: fn(&str) -> Option<&'static str>,
    is_shared: fn(&str) -> bool,
    routes: &'static [Option<Route<E>>],
}

/// What a source says of a topic that may be of its aggregate.
pub struct SourceMatch<E> {
    /// How its events are read; none where they are passed over.
    pub reader: Option<Reader<E>>,
    /// Whether the topic is enough.
    pub ownership: TopicOwnership,
}

/// Whether a topic tells whose event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicOwnership {
    /// It does.
    Exclusive,
    /// Events of other aggregates may be stored under it as well.
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
    pub fn match_topic(&self, topic: &str) -> Option<SourceMatch<E>> {
        let Some(today) = (self.topic_today)(topic) else {
            return self.match_unknown_topic(topic);
        };
        let mut routes = self.routes.iter().flatten();
        let route = routes.find(|route| route.topic == today);
        Some(SourceMatch {
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
    fn match_unknown_topic(&self, topic: &str) -> Option<SourceMatch<E>> {
        let mut names = self.was.iter().chain([&self.topic]);
        let is_ours = names.any(|name| {
            let rest = topic.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        });
        is_ours.then_some(SourceMatch {
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
    if kind.is_library_event() {
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
        decode_with(self.kind, self.decode, topic, text, salt)
    }
}
