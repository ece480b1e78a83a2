//! The steps of an upcast chain.

use es_json as json;
use es_json::{Value, ValueDeserializer};
use serde::de::Error as _;

use super::upcast::{OldShape, Upcast};
use crate::domain::event::{DecodeError, Event, Former, Old};

/// An upcast from the shape of one version to that of the next. All code with bounds is in
/// [`step`], so that a missing implementation gives one error.
pub struct Step<T, R, P> {
    former: Former,
    read: fn(&mut Old<'_, '_>) -> Result<T, json::Error>,
    upcast: fn(T) -> R,
    finish: fn(R) -> Result<P, String>,
}

/// Creates the upcast from a version, with the user's function.
pub const fn step<T: OldShape, R: Upcast>(from: u32, upcast: fn(T) -> R) -> Step<T, R, R::Payload> {
    Step {
        former: Former::new(from, T::SHAPE),
        read: |old| old.payload(),
        upcast,
        finish: R::finish,
    }
}

impl<T, R, P> Step<T, R, P> {
    /// Returns the shape that the upcast starts from.
    pub const fn former(&self) -> Former {
        self.former
    }

    /// Upcasts the result of the steps before. If there is none, reads and upcasts the event if it
    /// has this step's version, or else returns `None`.
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
        Ok(Some((self.finish)((self.upcast)(payload)).map_err(failed)?))
    }
}

/// Returns the result of the steps before the first one, which is `None`.
pub const fn beginning() -> Option<Beginning> {
    None
}

/// Converts the result of the last step to the event.
pub fn end<P: IntoNext<E>, E: Event>(last: Option<P>) -> Result<E, DecodeError> {
    Ok(last.ok_or_else(DecodeError::no_upcast)?.into_next()?)
}

/// The result type of the steps before the first one. It has no values.
pub enum Beginning {}

/// A result of an upcast that the next upcast can take, or that is the event.
#[diagnostic::on_unimplemented(
    message = "the upcasts do not match: a `{Next}` is needed here, but the upcast before it returns a `{Self}`",
    label = "expected a `{Next}`, found a `{Self}`",
    note = "the first upcast takes the shape of version 1, each other one the result of the upcast before it, and the last one returns the event"
)]
pub trait IntoNext<Next> {
    /// Converts the result to the argument of the next step.
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
