//! Tests for what is built on `es`: domains by given, when, then.

mod given;

pub use given::{Given, Then, given, when_created};
