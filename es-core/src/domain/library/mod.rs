//! Standalone events, with the one that the library provides.

mod logged;
mod standalone;
mod standalone_event;

pub use self::logged::Logged;
pub use self::standalone::Standalone;
pub use self::standalone_event::StandaloneEvent;
