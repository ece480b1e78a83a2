//! The record tables and snapshots of Python's `eventsourcing` 5.0.0: its stores read and matched, ours accepted by it.

#![allow(clippy::disallowed_names)]

mod accepted;
mod snapshots;
mod tables;
mod vectors;
