//! Events that an earlier version of the program stored, read as those of today.

use std::fmt::Display;

use es_json as json;
use es_json::{Value, ValueDeserializer};
use serde::de::{DeserializeOwned, Error as _};

use super::shape::{Former, Shape};
use crate::domain::event::{EVENT_VERSION_KEY, Event, Header, Payload, TOPIC_KEY, decode};
use crate::domain::integrity::{self, EventHash};

/// Why a stored text is not read.
#[derive(Debug)]
pub enum DecodeError {
    /// It is not of the type.
    Json(json::Error),
    /// It is of a version that the program does not know yet.
    Newer {
        /// The version.
        stored: u32,
        /// The last one that the program knows.
        known: u32,
    },
    /// It is of a type that the program does not know.
    UnknownTopic,
}

impl From<json::Error> for DecodeError {
    fn from(error: json::Error) -> Self {
        Self::Json(error)
    }
}

/// Reads a payload that has had one version only.
pub(crate) fn unversioned<'de, E: Payload>(
    text: &'de str,
    header: &mut Header<'de>,
) -> Result<E, DecodeError> {
    let read = decode::payload(text, header);
    match stored_version(text, header, &read) {
        1 => Ok(read?),
        stored => Err(DecodeError::Newer { stored, known: 1 }),
    }
}

/// Reads an event of any version that the program knows; one of the current version in one pass, as if there were no
/// others.
pub(crate) fn event<'de, E: Event>(
    text: &'de str,
    header: &mut Header<'de>,
) -> Result<E, DecodeError> {
    if E::VERSION == 1 {
        return unversioned(text, header);
    }
    let expected = usual_version(text);
    let read = of_version::<E>(expected, text, header);
    // A text that this library did not write may have its version elsewhere.
    match stored_version(text, header, &read) {
        stored if stored == expected => read,
        stored => of_version(stored, text, header),
    }
}

fn of_version<'de, E: Event>(
    version: u32,
    text: &'de str,
    header: &mut Header<'de>,
) -> Result<E, DecodeError> {
    if version > E::VERSION {
        return Err(DecodeError::Newer {
            stored: version,
            known: E::VERSION,
        });
    }
    if version == E::VERSION {
        return Ok(decode::payload(text, header)?);
    }
    E::__upcast(&mut Old {
        version,
        text,
        header,
    })
}

/// The version that a text says, after it was read.
fn stored_version<'de, T, E>(text: &'de str, header: &Header<'de>, read: &Result<T, E>) -> u32 {
    match read {
        Ok(_) => header.event_version,
        // The reader may have stopped before it.
        Err(_) => Header::of(text).map_or(header.event_version, |header| header.event_version),
    }
    .unwrap_or(1)
}

/// The version that stands where this library writes it, found without a scan; 1 where none does.
fn usual_version(text: &str) -> u32 {
    let after_topic = || {
        let rest = text.get(integrity::HASH_FIRST.len() + EventHash::LEN..)?;
        let rest = rest.strip_prefix("\",\"")?.strip_prefix(TOPIC_KEY)?;
        let rest = rest.strip_prefix("\":\"")?;
        rest.split_once("\",").map(|(_, rest)| rest)
    };
    let version = || {
        let rest = after_topic().or_else(|| text.strip_prefix('{'))?;
        let rest = rest.strip_prefix('"')?.strip_prefix(EVENT_VERSION_KEY)?;
        let rest = rest.strip_prefix("\":")?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok()
    };
    version().unwrap_or(1)
}

/// A stored event of an earlier version, on its way through the chain of upcasts.
pub struct Old<'h, 'de> {
    version: u32,
    text: &'de str,
    header: &'h mut Header<'de>,
}

/// One upcast: from the shape of a version to that of the next. All that needs bounds is in it, so that a type that lacks
/// them is one error.
pub struct Step<T, R, P> {
    former: Former,
    read: fn(&mut Old<'_, '_>) -> Result<T, json::Error>,
    with: fn(T) -> R,
    finish: fn(R) -> Result<P, String>,
}

/// The upcast from a version, by a function.
pub const fn step<T: OldShape, R: Upcast>(from: u32, with: fn(T) -> R) -> Step<T, R, R::Payload> {
    Step {
        former: Former::new(from, T::SHAPE),
        read: |old| decode::payload(old.text, old.header),
        with,
        finish: R::finish,
    }
}

impl<T, R, P> Step<T, R, P> {
    /// The shape that it starts with.
    pub const fn former(&self) -> Former {
        self.former
    }

    /// Goes on with what the steps before gave, or begins where the event is of this step's version; does nothing where
    /// the event is of a later one.
    pub fn after<B: Becomes<T>>(
        self,
        old: &mut Old<'_, '_>,
        before: Option<B>,
    ) -> Result<Option<P>, DecodeError> {
        let from = self.former.version;
        let payload = match before {
            Some(before) => before.turn()?,
            None if old.version == from => (self.read)(old)?,
            None => return Ok(None),
        };
        let failed = |error| {
            json::Error::custom(format_args!(
                "the upcast from version {from} failed: {error}"
            ))
        };
        Ok(Some((self.finish)((self.with)(payload)).map_err(failed)?))
    }
}

/// What stands before the first step.
pub const fn beginning() -> Option<Beginning> {
    None
}

/// What the last step gave, as the event.
pub fn end<P: Becomes<E>, E: Event>(last: Option<P>) -> Result<E, DecodeError> {
    let unknown = || json::Error::custom("there is no such version");
    Ok(last.ok_or_else(unknown)?.turn()?)
}

/// Stands before the first step; there is none.
pub enum Beginning {}

/// What an upcast takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no shape of an event",
    label = "this upcast takes no event",
    note = "write `#[event]` above the struct with the fields of the old version, or take a `json::Value`"
)]
pub trait OldShape: DeserializeOwned {
    /// Its fields, where they are known.
    const SHAPE: Option<&'static Shape>;
}

impl<E: Event> OldShape for E {
    const SHAPE: Option<&'static Shape> = E::SHAPE;
}

impl OldShape for Value {
    const SHAPE: Option<&'static Shape> = None;
}

/// What an upcast gives: the shape of the next version, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no shape of an event",
    label = "this upcast gives no event",
    note = "give the shape of the next version, which is the event itself for the last, or a `Result` of it"
)]
pub trait Upcast {
    /// The shape.
    type Payload;

    /// The payload, or why there is none.
    fn finish(self) -> Result<Self::Payload, String>;
}

#[diagnostic::do_not_recommend]
impl<E: Event> Upcast for E {
    type Payload = E;

    fn finish(self) -> Result<E, String> {
        Ok(self)
    }
}

impl Upcast for Value {
    type Payload = Self;

    fn finish(self) -> Result<Self, String> {
        Ok(self)
    }
}

impl<T: OldShape, X: Display> Upcast for Result<T, X> {
    type Payload = T;

    fn finish(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

/// Where the result of one upcast goes.
#[diagnostic::on_unimplemented(
    message = "the upcasts do not fit together: a `{Next}` is needed here, and the one before gives a `{Self}`",
    label = "takes a `{Next}`, and gets a `{Self}`",
    note = "the first upcast takes what was stored as version 1, each other what the one before gives, and the last gives the event"
)]
pub trait Becomes<Next> {
    /// The same, as the next step takes it.
    fn turn(self) -> Result<Next, json::Error>;
}

#[diagnostic::do_not_recommend]
impl<E: Event> Becomes<E> for E {
    fn turn(self) -> Result<E, json::Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl Becomes<Value> for Value {
    fn turn(self) -> Result<Value, json::Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Event> Becomes<E> for Value {
    fn turn(self) -> Result<E, json::Error> {
        E::deserialize(ValueDeserializer(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T> Becomes<T> for Beginning {
    fn turn(self) -> Result<T, json::Error> {
        match self {}
    }
}
