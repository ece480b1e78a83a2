//! The domain model beyond the names at the root: kinds of entities, snapshots, standalone events, untyped aggregates.

pub use es_core::domain::{
    AnyAggregate, AnyEvent, EntityKind, Field, Former, HashChained, Logged, Payload, Recorded,
    Replay, SaveMode, Shape, Snapshot, Snapshotted, Standalone, StandaloneEvent, Stored,
    StoredEventType, StoredType, Timestamped, Untyped, UntypedEvent, UntypedReplay, Verification,
    Verifier, Versioned, integrity,
};
