//! Tests of notification logs: the vectors, live following, gaps, and conversion back to events.

mod behaviour;
mod fake_array;
mod vectors;
