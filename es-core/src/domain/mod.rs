//! Events and the entities that they happen to: pure, synchronous, without a database.

pub(crate) mod aggregate;
pub(crate) mod event;
pub(crate) mod evolution;
pub mod integrity;
pub(crate) mod library;
pub mod predicates;
pub(crate) mod replay;
pub(crate) mod snapshot;

pub use self::aggregate::{Aggregate, AnyAggregate};
pub use self::event::{
    AnyEvent, Discarded, DomainEvent, EntityKind, Event, EventHeader, EventOf, HashChained, Kept,
    Metadata, Mutate, Payload, Saving, Stored, Timestamped, Version, Versioned,
};
pub use self::evolution::{Field, Former, Shape, StoredEventType, StoredType};
pub use self::integrity::{EventHash, Salt, Walk, Walked};
pub use self::library::{Logged, Lone, LoneEvent};
pub use self::replay::{Replay, Untyped, UntypedEvent, UntypedReplay};
pub use self::snapshot::{Snapshot, Snapshotted};

/// Items that expansions of the macros call.
pub(crate) mod expansion {
    pub use super::aggregate::{
        Registered, Root, Status, Triggerable, create, happen, initial, never, new_id, sendable,
        snapshottable, storable, topic_fault,
    };
    pub use super::event::{AnyPayload, EventKind, Ops, library_ops, ops, unchanged};
    pub use super::evolution::{DecodeError, Field, Former, Old, Shape, beginning, end, step};
    pub use super::replay::{NotOf, Probe, Route, Source};
    pub use super::snapshot::{StateOps, present};
}
