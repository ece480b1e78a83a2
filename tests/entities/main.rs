//! Entities of every kind.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the domain is written as that of a library"
)]

#[path = "../../examples/heartbeat/example.rs"]
mod example;
mod kinds;
#[allow(dead_code, reason = "an example reads more of it")]
#[path = "../../examples/python_store/manifest.rs"]
mod manifest;
mod python5_example;
mod python5_kinds;
mod python5_untyped;
mod saving;
mod state;
mod stores;
mod untyped;
#[path = "../../es-core/tests/support/vectors.rs"]
mod vectors;

type BoxError = Box<dyn std::error::Error>;
