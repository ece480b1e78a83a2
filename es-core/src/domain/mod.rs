//! Events and the entities that they happen to: pure, synchronous, without a database.

mod aggregate;
mod applying;
mod checks;
mod collection;
mod decode;
mod event;
mod hash;
mod header;
pub mod integrity;
mod kind;
mod logged;
mod lone;
mod metadata;
mod ops;
pub mod predicates;
mod registry;
mod replay;
mod replaying;
mod reseal;
mod resume;
mod root;
mod route;
mod salt;
mod seal;
mod shape;
mod snapshot;
mod state;
mod status;
mod stored;
mod time_bucket;
mod time_bucketed_log;
mod trigger;
mod untyped;
mod upcast;
mod version;
mod walk;

pub use aggregate::Aggregate;
pub use collection::{Collection, CollectionCreated, CollectionEvent, ItemAdded, ItemRemoved};
pub use event::{AnyEvent, Discarded, DomainEvent, Event, EventHeader, EventOf, Mutate, Payload};
pub use hash::EventHash;
pub(crate) use header::Header;
pub use kind::{EntityKind, HashChained, Kept, Saving, Timestamped, Versioned};
pub use logged::Logged;
pub use lone::{Lone, LoneEvent};
pub use metadata::Metadata;
pub use registry::AnyAggregate;
#[doc(hidden)]
pub use registry::Registered;
pub use replay::Replay;
pub(crate) use replay::knows;
pub(crate) use replaying::Replaying;
pub(crate) use reseal::reseal;
pub(crate) use resume::has_snapshots;
#[doc(hidden)]
pub use root::Root;
pub(crate) use route::{Claim, Reader, Route, Source, Tells};
pub use salt::Salt;
pub use shape::{Field, Former, Shape, StoredEventType, StoredType};
pub use snapshot::Snapshot;
pub use state::Snapshotted;
pub use status::Triggerable;
pub use stored::Stored;
pub use time_bucket::{BucketSize, TimeBucket};
pub use time_bucketed_log::{
    MessageLogged, TimeBucketedLog, TimeBucketedLogEvent, TimeBucketedLogStarted,
};
pub use untyped::{Untyped, UntypedEvent, UntypedReplay};
pub use version::Version;
pub use walk::{Walk, Walked};

pub(crate) use checks::are_equal;
pub(crate) use ops::{EventKind, Ops};

/// What expansions of the macros call.
pub(crate) mod expansion {
    pub use super::checks::{initial, never, sendable, snapshottable, storable, topic_fault};
    pub use super::ops::{AnyPayload, EventKind, Ops, library_ops, ops, unchanged};
    pub use super::route::{NotOf, Probe, Route, Source};
    pub use super::shape::{Field, Former, Shape};
    pub use super::state::{StateOps, present};
    pub use super::status::Status;
    pub use super::trigger::{create, happen, new_id};
    pub use super::upcast::{DecodeError, Old, beginning, end, step};
}
