//! Entities of every kind.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "the domain is written as that of a library"
)]

mod kinds;
mod python5_kinds;
mod saving;
#[path = "../../es-core/tests/support/vectors.rs"]
mod vectors;
