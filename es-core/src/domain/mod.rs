//! The domain model: aggregates, events, replay and snapshots. It is synchronous and needs no
//! database.

pub(crate) mod aggregate;
pub(crate) mod event;
pub(crate) mod evolution;
pub mod integrity;
pub(crate) mod library;
pub mod predicates;
pub(crate) mod replay;
pub(crate) mod round_trip;
pub(crate) mod snapshot;

pub use self::aggregate::{
    Aggregate, DomainEvent, EventOf, HashChained, Snapshotted, StoredEventType, StoredType,
    Timestamped, Versioned,
};
pub use self::event::{
    AnyEvent, Discarded, EntityKind, Event, EventHeader, Field, Former, Metadata, Mutate, Payload,
    Recorded, SaveMode, Shape, Stored, Version,
};
pub use self::integrity::event_hash::EventHash;
pub use self::integrity::salt::Salt;
pub use self::library::{Logged, Standalone, StandaloneEvent};
pub use self::replay::{
    AnyAggregate, Replay, Untyped, UntypedEvent, UntypedReplay, Verification, Verifier,
};
pub use self::snapshot::Snapshot;

pub(crate) use self::aggregate::reseal;
pub(crate) use self::replay::{Registered, ReplayTarget, has_snapshots, knows_topic};

/// Items that expansions of the macros call.
pub(crate) mod expansion {
    pub use super::aggregate::{
        AggregateParts, AggregateState, EventKind, Ops, StateDifference, StateOps, Status,
        Triggerable, check_read_back, compare, create, initial, library_ops, never, new_id, ops,
        present, sendable, snapshottable, storable, topic_fault, trigger, unchanged,
    };
    pub use super::event::{AnyPayload, DecodeError, Field, Former, Old, Shape};
    pub use super::evolution::{beginning, end, step};
    pub use super::replay::{NotOf, Probe, Registered, Route, Source};
}
