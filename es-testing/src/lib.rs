//! Tests for what is built on `es`: domains by given, when, then, and the contract that every store keeps.

mod given;
#[cfg(feature = "store")]
pub mod store;

pub use given::{Given, Then, given, when_created};
