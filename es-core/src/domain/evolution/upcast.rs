//! The parameter and the result of an upcast.

use std::fmt::Display;

use es_json::Value;
use serde::de::DeserializeOwned;

use crate::domain::event::{Event, Shape};

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
