//! Sources: the handled events of one aggregate type.

use es_store::Topic;

use super::decode::decode_with;
use super::route::Route;
use crate::domain::aggregate::{Aggregate, EventKind, StoredType};
use crate::domain::event::{Decode, DecodeError, EntityKind, EventHeader};
use crate::domain::integrity::Salt;
use crate::error::Result;

/// The handled events of one aggregate type.
pub struct Source<E: 'static> {
    kind: EntityKind,
    /// The topic of the aggregate type.
    pub topic: &'static str,
    was: &'static [&'static str],
    /// Returns the current topic of an event that is stored under a topic; `None` if it is not an
    /// event of the aggregate.
    current_topic: fn(&str) -> Option<&'static str>,
    is_shared: fn(&str) -> bool,
    routes: &'static [Option<Route<E>>],
}

/// The match of a source and a topic of an event that may belong to its aggregate.
pub struct SourceMatch<E> {
    /// The reader of the events; `None` if they are not handled.
    pub reader: Option<Reader<E>>,
    /// The aggregates that may have events under the topic.
    pub ownership: TopicOwnership,
}

/// The aggregates that may have events under a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicOwnership {
    /// The aggregate of the source alone.
    Exclusive,
    /// Possibly other aggregates too.
    Shared,
}

impl<E> Source<E> {
    /// Creates the source of an aggregate, with the routes of the handled payloads.
    #[must_use]
    pub const fn new<A: Aggregate>(routes: &'static [Option<Route<E>>]) -> Self {
        Self {
            kind: A::KIND,
            topic: A::TOPIC,
            was: A::WAS,
            current_topic: |topic| EventKind::<A>::find(topic).map(|kind| kind.topic),
            is_shared: is_shared::<A>,
            routes,
        }
    }

    /// Returns whether this is the topic or an earlier topic of the aggregate type.
    pub fn is_called(&self, topic: &str) -> bool {
        self.topic == topic || self.was.contains(&topic)
    }

    /// Matches the topic of a stored event; `None` if such events cannot belong to the aggregate.
    pub fn match_topic(&self, topic: &str) -> Option<SourceMatch<E>> {
        let Some(current) = (self.current_topic)(topic) else {
            return self.match_unknown_topic(topic);
        };
        let mut routes = self.routes.iter().flatten();
        let route = routes.find(|route| route.topic == current);
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

    /// Matches the topic of an event that this program does not know, if it begins as the topics of
    /// the aggregate do: a later version of the program may handle the event.
    fn match_unknown_topic(&self, topic: &str) -> Option<SourceMatch<E>> {
        let mut names = self.was.iter().chain([&self.topic]);
        let has_prefix = names.any(|name| {
            let rest = topic.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        });
        has_prefix.then_some(SourceMatch {
            reader: Some(Reader {
                kind: self.kind,
                decode: |_, _| Err(DecodeError::UnknownTopic),
            }),
            // The part after the dot may be the name of another aggregate.
            ownership: TopicOwnership::Shared,
        })
    }
}

/// Returns whether events of other aggregates may be stored under a topic of `A`: because the
/// aggregates share its base, or list an event whose name is this whole topic.
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
        // A base that is not the topic is meant to be shared, even by aggregates of other programs.
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
    /// Reads an event and checks it, except that it follows the event before it.
    pub fn read(self, topic: &Topic, text: &str, salt: &Salt) -> Result<(EventHeader, E)> {
        decode_with(self.kind, self.decode, topic, text, salt)
    }
}
