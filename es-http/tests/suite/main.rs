//! Tests of the notification log over HTTP.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod abuse;
#[path = "../../../tests/support/child_process.rs"]
mod child_process;
mod live;
mod memory;
mod remote;
mod sections;
mod support;
#[cfg(feature = "tls")]
mod tls;
