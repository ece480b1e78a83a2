//! Arrays, time-bucketed logs and integer sequences, over the store in memory.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod arrays;
mod computed;
mod concurrent;
mod faults;
mod holding;
mod holes;
mod kept_with;
mod messages;
mod numbers;
mod slices;
mod store;
#[path = "../../../es-json/tests/suite/vectors.rs"]
mod vectors;
