//! The domain model, the infrastructure traits and the application of `es`.

pub mod application;
pub mod cipher;
pub mod domain;
mod environment;
pub mod error;
pub mod infrastructure;
pub mod json;
mod keys;
pub mod notification_log;
mod panics;
pub mod position;
pub mod projection;
mod retry;
pub mod store;
pub mod text;
pub mod time;
mod time_uuid;
pub mod topic;

pub use application::{Application, ApplicationBuilder, Bus, Handler, Staged, Subscription};
pub use cipher::{decode_random_bytes, encode_random_bytes};
pub use domain::predicates;
pub use domain::{
    Aggregate, AnyAggregate, AnyEvent, Discarded, DomainEvent, Event, EventHash, EventHeader,
    EventOf, HashChained, Logged, Lone, LoneEvent, Metadata, Mutate, Salt, Snapshot, Snapshotted,
    Timestamped, Untyped, UntypedEvent, Version, Versioned,
};
pub use error::{BoxError, Damage, Error, IntegrityError, RecordError, Result};
pub use infrastructure::{EventStore, RecordId, Repository};
pub use inventory;
pub use position::Position;
pub use retry::{Retry, retry};
pub use text::Text;
pub use time::Timestamp;
pub use time_uuid::TimeUuid;
pub use topic::Topic;
pub use uuid::Uuid;

/// What expansions of the macros call; no promise is made of it.
#[doc(hidden)]
pub mod __private {
    pub use crate::application::{Handled, Handler, Happens, happens, subscribed, subscribes};
    pub use crate::domain::expansion::*;
    pub use crate::domain::{
        Aggregate, Discarded, EntityKind, Event, EventHeader, EventOf, HashChained, Lone, Mutate,
        Registered, Root, Snapshotted, Timestamped, Versioned,
    };
    pub use crate::error::Result;
    // What the macros refuse is compared with these, by their tests.
    pub use crate::json::marks;
    pub use crate::keys::LIBRARY_KEYS;
    pub use crate::projection::expansion::*;
    pub use crate::topic::Topic;
    pub use inventory;
    pub use serde;
    pub use uuid::Uuid;
}
