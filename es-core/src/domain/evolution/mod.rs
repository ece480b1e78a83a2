//! Evolution of events: decoding of earlier versions, and upcasts.

mod step;
mod upcast;
mod versions;

pub use self::step::{beginning, end, step};
pub(crate) use self::versions::{event, unversioned};
