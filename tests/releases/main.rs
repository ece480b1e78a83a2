//! Tests of types that share a topic: releases of one program, and namesakes.
//!
//! They are separate from `tests/suite`, because a program registers the topics of all types that
//! are linked into it, and no topic of the suite may be ambiguous.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "domains are written as those of a library, and a failed `unwrap` fails its test"
)]

mod evolution;
mod later_program;
mod namesakes;
#[path = "../support/python.rs"]
mod python;
mod python5_evolution;
#[allow(dead_code, reason = "each release is a whole program")]
#[path = "../../examples/evolution/release1.rs"]
mod release1;
#[allow(dead_code, reason = "each release is a whole program")]
#[path = "../../examples/evolution/release2.rs"]
mod release2;
#[allow(dead_code, reason = "each release is a whole program")]
#[path = "../../examples/evolution/release3.rs"]
mod release3;
#[allow(dead_code, reason = "each release is a whole program")]
#[path = "../../examples/evolution/release4.rs"]
mod release4;
mod runners;
#[allow(dead_code, reason = "other tests read more of it")]
#[path = "../support/saved.rs"]
mod saved;
mod snapshots;
#[allow(dead_code, reason = "other tests change it more")]
#[path = "../support/store.rs"]
mod store;
#[path = "../../examples/evolution/story.rs"]
mod story;
#[path = "../../examples/quickstart/world.rs"]
mod world;
