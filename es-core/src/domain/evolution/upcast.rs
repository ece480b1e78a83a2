//! The traits of the argument and the result of an upcast.

use std::fmt::Display;

use es_json::Value;
use serde::de::DeserializeOwned;

use crate::domain::event::{Event, Shape};

/// A type that an upcast can take: the shape of an earlier version.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the shape of an event",
    label = "this upcast does not take an event",
    note = "write `#[event]` above the struct with the fields of the old version, or take a `json::Value`"
)]
pub trait OldShape: DeserializeOwned {
    /// The fields, if they are known.
    const SHAPE: Option<&'static Shape>;
}

impl<E: Event> OldShape for E {
    const SHAPE: Option<&'static Shape> = E::SHAPE;
}

impl OldShape for Value {
    const SHAPE: Option<&'static Shape> = None;
}

/// A type that an upcast can return: the shape of the next version, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the shape of an event",
    label = "this upcast does not return an event",
    note = "return the shape of the next version, or a `Result` of it; the last upcast returns the event itself"
)]
pub trait Upcast {
    /// The shape of the next version.
    type Payload;

    /// Returns the payload, or the message of the user's error.
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
