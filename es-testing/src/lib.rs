//! Tests for what is built on `es`: domains by given, when, then; stores by the contract that every one of them keeps.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod given;
#[cfg(feature = "store")]
pub mod store;
mod topics_lock;

pub use given::{Given, Then, given, when_created};
pub use topics_lock::{TopicsLock, topics_lock};
