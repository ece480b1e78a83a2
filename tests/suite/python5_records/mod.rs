//! The record tables and snapshots of Python's `eventsourcing` 5.0.0: its stores read and matched, ours accepted by it.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::disallowed_names,
    clippy::unwrap_used,
    reason = "the domain is written as that of a library"
)]

mod accepted;
mod domain;
mod snapshots;
mod tables;
mod vectors;
