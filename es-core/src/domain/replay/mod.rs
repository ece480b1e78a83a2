//! Replay of stored events into aggregates, and verification of sequences.

mod any_aggregate;
mod decode;
mod registry;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod replay;
mod replay_target;
mod resume;
mod route;
mod source;
mod untyped;
mod untyped_replay;
mod verifier;

pub use self::any_aggregate::AnyAggregate;
pub(crate) use self::decode::knows_topic;
pub use self::registry::{Registered, check_topics};
pub use self::replay::Replay;
pub(crate) use self::replay_target::ReplayTarget;
pub(crate) use self::resume::has_snapshots;
pub use self::route::{NotOf, Probe, Route};
pub use self::source::{Reader, Source, SourceMatch, TopicOwnership};
pub use self::untyped::{Untyped, UntypedEvent};
pub use self::untyped_replay::UntypedReplay;
pub use self::verifier::{Verification, Verifier};
