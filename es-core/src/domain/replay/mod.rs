//! Replay: from stored text back to aggregates.

#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod replay;
mod replaying;
mod route;
mod untyped;

pub use self::replay::Replay;
pub(crate) use self::replay::knows;
pub(crate) use self::replaying::Replaying;
pub use self::route::{Claim, NotOf, Probe, Reader, Route, Source, TopicOwnership};
pub use self::untyped::{Untyped, UntypedEvent, UntypedReplay};
