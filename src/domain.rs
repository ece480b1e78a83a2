//! The domain model beyond the names at the root: kinds of entities, snapshots, standalone events, untyped aggregates.

pub use es_core::domain::{
    AnyAggregate, AnyEvent, EntityKind, Field, Former, HashChained, Kept, Logged, Lone, LoneEvent,
    Payload, Replay, Saving, Shape, Snapshot, Snapshotted, Stored, StoredEventType, StoredType,
    Timestamped, Untyped, UntypedEvent, UntypedReplay, Versioned, Walk, Walked, integrity,
};
