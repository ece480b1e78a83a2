//! Standalone events, and the events that the library brings.

mod logged;
mod standalone;
mod standalone_event;

pub use self::logged::Logged;
pub use self::standalone::Standalone;
pub use self::standalone_event::StandaloneEvent;
