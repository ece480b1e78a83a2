//! The steps of an upcast chain.

use es_json as json;
use es_json::{Value, ValueDeserializer};
use serde::de::Error as _;

use super::upcast::{OldShape, Upcast};
use crate::domain::event::{DecodeError, Event, Former, Old};

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
        read: |old| old.payload(),
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
    pub fn after<B: IntoNext<T>>(
        self,
        old: &mut Old<'_, '_>,
        before: Option<B>,
    ) -> Result<Option<P>, DecodeError> {
        let from = self.former.version;
        let payload = match before {
            Some(before) => before.into_next()?,
            None if old.version() == from => (self.read)(old)?,
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
pub fn end<P: IntoNext<E>, E: Event>(last: Option<P>) -> Result<E, DecodeError> {
    Ok(last.ok_or_else(DecodeError::no_such_version)?.into_next()?)
}

/// Stands before the first step; there is none.
pub enum Beginning {}

/// Where the result of one upcast goes.
#[diagnostic::on_unimplemented(
    message = "the upcasts do not fit together: a `{Next}` is needed here, and the one before gives a `{Self}`",
    label = "takes a `{Next}`, and gets a `{Self}`",
    note = "the first upcast takes what was stored as version 1, each other what the one before gives, and the last gives the event"
)]
pub trait IntoNext<Next> {
    /// The same, as the next step takes it.
    fn into_next(self) -> Result<Next, json::Error>;
}

#[diagnostic::do_not_recommend]
impl<E: Event> IntoNext<E> for E {
    fn into_next(self) -> Result<E, json::Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoNext<Value> for Value {
    fn into_next(self) -> Result<Value, json::Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Event> IntoNext<E> for Value {
    fn into_next(self) -> Result<E, json::Error> {
        E::deserialize(ValueDeserializer(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoNext<T> for Beginning {
    fn into_next(self) -> Result<T, json::Error> {
        match self {}
    }
}
