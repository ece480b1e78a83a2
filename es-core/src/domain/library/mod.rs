//! Events that the library brings, and events of no aggregate.

mod logged;
mod standalone;

pub use self::logged::Logged;
pub use self::standalone::{Lone, LoneEvent};
