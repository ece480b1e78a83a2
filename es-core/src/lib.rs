//! The domain model, the infrastructure traits and the application of `es`.

pub mod cipher;
pub mod domain;
pub mod error;
pub mod infrastructure;
pub mod json;
pub mod time;
pub mod topic;

pub use error::{BoxError, Error, RecordError, Result};
pub use inventory;

/// What expansions of the macros call; no promise is made of it.
#[doc(hidden)]
pub mod __private {
    pub use crate::domain::expansion::*;
    pub use crate::domain::{Aggregate, Discarded, Event, EventOf, Mutate, Registered, Root};
    pub use crate::error::Result;
    pub use crate::topic::Topic;
    pub use inventory;
    pub use serde;
    pub use uuid::Uuid;
}
