//! Notification logs: against the vectors, live, over gaps, and back to events.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod behaviour;
mod fake_array;
mod vectors;

#[path = "../../examples/quickstart/world.rs"]
mod world;
