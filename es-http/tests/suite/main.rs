//! The notification log over HTTP, its router, server and remote log, in one process.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod abuse;
#[path = "../../../tests/support/alone.rs"]
mod alone;
mod live;
mod memory;
mod remote;
mod sections;
mod support;
