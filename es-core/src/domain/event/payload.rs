//! Payloads: the contents of events.

use std::any::Any;
use std::fmt;

/// A type that can be stored as the content of an event: it has `Serialize`, `DeserializeOwned`,
/// `Clone`, `Debug`, `PartialEq`, `Send`, `Sync` and `'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in an event",
    label = "not storable",
    note = "it needs `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`"
)]
pub trait Payload:
    serde::Serialize
    + serde::de::DeserializeOwned
    + Clone
    + fmt::Debug
    + PartialEq
    + Send
    + Sync
    + 'static
{
}

#[diagnostic::do_not_recommend]
impl<T> Payload for T where
    T: serde::Serialize
        + serde::de::DeserializeOwned
        + Clone
        + fmt::Debug
        + PartialEq
        + Send
        + Sync
        + 'static
{
}

/// A payload with its type erased.
pub type AnyPayload = dyn Any + Send + Sync;
