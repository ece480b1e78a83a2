//! Events that change over time: the shapes of stored types, and upcasting.

mod shape;
pub(crate) mod upcast;

pub(crate) use self::shape::Declared;
pub use self::shape::{Field, Former, Shape, StoredEventType, StoredType};
pub use self::upcast::{DecodeError, Old, beginning, end, step};
