//! Notification logs: against the vectors, live, over gaps, and back to events.

mod behaviour;
mod fake_array;
mod vectors;
