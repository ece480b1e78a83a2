//! Arrays, time-bucketed logs and integer sequences over the memory store.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod arrays;
mod assign_next;
mod concurrent_appends;
mod crashed_writers;
mod messages;
mod python5;
mod settler;
mod slices;
mod stop_at_gaps;
mod store;
#[path = "../../../es-json/tests/suite/vectors.rs"]
mod vectors;
mod written_with;
