//! What the macros' expansions are made of: one table of function pointers an event type.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use es_json as json;
use es_store::MAX_TOPIC_BYTES;

use super::event::{Event, EventOf, Mutate, Payload};
use super::header::Header;
use super::keys::write_event;
use crate::domain::aggregate::Aggregate;
use crate::domain::evolution::{Declared, DecodeError, StoredEventType, upcast};

/// What the library does with events of type `E` of aggregates of type `A`.
///
/// Its functions are made where the bounds of `E` are known, by [`ops`]; everything else uses them without bounds, so
/// that a missing piece is one error, at the type in the list.
pub struct Ops<A: Aggregate, E> {
    pub topic: &'static str,
    pub(crate) names: Names,
    pub(crate) declared: Declared,
    pub(crate) wrap: fn(E) -> A::Event,
    pub(crate) mutate: fn(&E, &mut A),
    pub(crate) encode: Encode<E>,
    pub(crate) decode: Decode<E>,
    clone: fn(&E) -> E,
    debug: fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result,
    eq: fn(&E, &E) -> bool,
}

pub(crate) type Encode<E> = fn(&mut String, &[(&str, &str)], &E) -> Result<(), json::Error>;
pub(crate) type Decode<E> = for<'de> fn(&'de str, &mut Header<'de>) -> Result<E, DecodeError>;

/// The names under which events of one type are stored, in every version of the program.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    name: &'static str,
    was: &'static [&'static str],
    /// Whether the name follows the aggregate's base instead of its topic, as those of the library's events do.
    of_library: bool,
}

impl<A: Aggregate, E: Payload> Ops<A, E> {
    const fn new(
        topic: &'static str,
        names: Names,
        wrap: fn(E) -> A::Event,
        mutate: fn(&E, &mut A),
    ) -> Self {
        Self {
            topic,
            names,
            declared: Declared::LIBRARY,
            wrap,
            mutate,
            encode: write_event::<E>,
            decode: upcast::unversioned::<E>,
            clone: E::clone,
            debug: <E as fmt::Debug>::fmt,
            eq: E::eq,
        }
    }
}

impl<A: Aggregate, E> Ops<A, E> {
    /// Whether its events happen no more.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.declared.is_retired
    }

    /// Clones a payload.
    pub fn clone(&self, payload: &E) -> E {
        (self.clone)(payload)
    }

    /// Formats a payload.
    pub fn debug(&self, payload: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.debug)(payload, f)
    }

    /// Compares two payloads.
    pub fn eq(&self, one: &E, other: &E) -> bool {
        (self.eq)(one, other)
    }

    /// Applies a payload.
    pub fn mutate(&self, payload: &E, aggregate: &mut A) {
        (self.mutate)(payload, aggregate);
    }
}

/// The operations of a listed event. The only place with bounds on it.
pub const fn ops<A: Aggregate, E: Event + Mutate<A>>(wrap: fn(E) -> A::Event) -> Ops<A, E> {
    let names = Names {
        name: E::NAME,
        was: E::WAS,
        of_library: false,
    };
    Ops {
        decode: upcast::event::<E>,
        declared: Declared {
            version: E::VERSION,
            is_retired: E::RETIRED,
            shape: E::SHAPE,
            former: E::FORMER,
        },
        ..Ops::new(
            ListedTopic::<A, E>::TOPIC,
            names,
            wrap,
            <E as Mutate<A>>::mutate,
        )
    }
}

/// The operations of one of the three events that every aggregate has.
pub const fn library_ops<A: Aggregate, E: Payload>(
    topic: &'static str,
    name: &'static str,
    wrap: fn(E) -> A::Event,
    mutate: fn(&E, &mut A),
) -> Ops<A, E> {
    Ops::new(
        topic,
        Names {
            name,
            was: &[],
            of_library: true,
        },
        wrap,
        mutate,
    )
}

/// Events that change nothing by themselves: `Created` makes the aggregate, `Discarded` ends it.
pub fn unchanged<A, E>(_: &E, _: &mut A) {}

struct ListedTopic<A, E>(PhantomData<(A, E)>);

impl<A: Aggregate, E: Event> ListedTopic<A, E> {
    const JOINED: &'static Joined = &Joined::new(A::TOPIC, E::NAME);
    const TOPIC: &'static str = if contains_hash(E::NAME) {
        E::NAME
    } else {
        Self::JOINED.as_str()
    };
}

/// Two parts with a dot between them, joined while the program is compiled.
struct Joined {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Joined {
    const MOST: usize = 2 * MAX_TOPIC_BYTES + 1;

    const fn new(first: &str, second: &str) -> Self {
        let mut this = Self {
            bytes: [0; Self::MOST],
            len: 0,
        };
        this.push(first);
        this.push(".");
        this.push(second);
        this
    }

    const fn push(&mut self, part: &str) {
        let mut at = 0;
        while at < part.len() {
            self.bytes[self.len] = part.as_bytes()[at];
            self.len += 1;
            at += 1;
        }
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(topic) => topic,
            Err(_) => panic!("a topic is ASCII"),
        }
    }
}

const fn contains_hash(name: &str) -> bool {
    let mut at = 0;
    while at < name.len() {
        if name.as_bytes()[at] == b'#' {
            return true;
        }
        at += 1;
    }
    false
}

/// One event type of an aggregate, with the type erased: a row of its table of events.
pub struct EventKind<A: Aggregate> {
    pub topic: &'static str,
    names: Names,
    declared: Declared,
    pub(crate) role: Role,
    pub(crate) decode: Decode<A::Event>,
}

/// What an event does besides changing state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Creates,
    Changes,
    Discards,
}

impl<A: Aggregate> EventKind<A> {
    /// The row of the event that creates the aggregate.
    pub const fn created() -> Self {
        Self::new(&A::CREATED_OPS, Role::Creates, |text, header| {
            Ok((A::CREATED_OPS.wrap)((A::CREATED_OPS.decode)(
                text, header,
            )?))
        })
    }

    /// The row of the event that ends it.
    pub const fn discarded() -> Self {
        Self::new(&A::DISCARDED_OPS, Role::Discards, |text, header| {
            Ok((A::DISCARDED_OPS.wrap)((A::DISCARDED_OPS.decode)(
                text, header,
            )?))
        })
    }

    /// The row of any other event.
    pub const fn of<E: EventOf<A>>() -> Self {
        Self::new(&E::OPS, Role::Changes, |text, header| {
            Ok((E::OPS.wrap)((E::OPS.decode)(text, header)?))
        })
    }

    const fn new<E>(ops: &Ops<A, E>, role: Role, decode: Decode<A::Event>) -> Self {
        Self {
            topic: ops.topic,
            names: ops.names,
            declared: ops.declared,
            role,
            decode,
        }
    }

    /// The row whose events are stored under `topic`, now or in an earlier version of the program.
    pub(crate) fn find(topic: &str) -> Option<&'static Self> {
        let by_topic = || A::EVENTS.iter().find(|kind| kind.topic == topic);
        by_topic().or_else(|| A::EVENTS.iter().find(|kind| kind.was_stored_as(topic)))
    }

    pub(crate) fn is_of_library(&self) -> bool {
        self.names.of_library
    }

    /// Whether it is the event that says that an attribute was changed.
    pub const fn is_change_of_attribute(&self) -> bool {
        self.names.of_library && matches!(self.role, Role::Changes)
    }

    /// Its stored names and shapes.
    pub(crate) fn stored_type(&self) -> StoredEventType {
        StoredEventType {
            name: self.names.name,
            was: self.names.was,
            version: self.declared.version,
            is_retired: self.declared.is_retired,
            shape: self.declared.shape,
            former: self.declared.former,
        }
    }

    fn was_stored_as(&self, topic: &str) -> bool {
        let names = || self.names.was.iter().chain([&self.names.name]);
        let base = self.names.of_library.then_some(A::BASE);
        let mut prefixes = A::WAS.iter().copied().chain([A::TOPIC]).chain(base);
        names().any(|name| *name == topic && contains_hash(name))
            || prefixes.any(|prefix| {
                let name = topic
                    .strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix('.'));
                name.is_some_and(|name| names().any(|known| *known == name))
            })
    }
}

/// A payload with its type erased.
pub type AnyPayload = dyn Any + Send + Sync;
