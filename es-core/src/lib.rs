//! The domain model, the event store, the repository, the notification log and the application of
//! `es`.
//!
//! Applications use the facade, the crate `es`.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod application;
pub mod domain;
pub mod error;
pub mod event_store;
pub mod notification_log;
mod panics;
pub mod repository;
mod retry;

pub use self::retry::{Retry, retry};

/// Items that expansions of the macros call; they may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::application::{
        EventPayload, Handler, HandlerResult, assert_argument, assert_event_payload, event_argument,
    };
    pub use crate::domain::expansion::*;
    pub use crate::domain::{
        Aggregate, Discarded, EntityKind, Event, EventHeader, EventOf, HashChained, Mutate,
        Snapshotted, Standalone, Timestamped, Versioned,
    };
    pub use crate::error::Result;
    // A test compares these keys with the ones that the macros refuse.
    pub use crate::domain::event::LIBRARY_KEYS;
    pub use es_json::special_keys;
    pub use es_store::{Topic, inventory};
    pub use serde;
    pub use uuid::Uuid;
}

/// Items that the other crates of the workspace call; they may change in any release.
#[doc(hidden)]
pub mod internal {
    pub use crate::domain::aggregate::{are_equal, create_without_previous_hash};
    pub use crate::domain::event::RawHeader;
    pub use crate::domain::replay::{Reader, SourceMatch, TopicOwnership, check_topics};
    pub use crate::event_store::paged::{self, BoxFuture, Paged, Pages};
    pub use crate::panics::catch_async;
}
