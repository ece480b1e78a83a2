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
