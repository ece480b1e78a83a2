//! Collections, arrays and time-bucketed logs of the Python library's stores, read and continued; and ours, which it
//! checks.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod big_array;
mod check;
mod collection;
mod database;
mod time_bucketed_log;
#[expect(dead_code, reason = "tests of other files read its rows")]
#[path = "../../es-json/tests/support/vectors.rs"]
mod vectors;
