//! Tests of entities of every kind and of standalone and custom events.

#![allow(clippy::disallowed_names, clippy::unnecessary_wraps)]

mod custom_events;
mod kinds;
#[allow(dead_code, reason = "an example reads more of it")]
#[path = "../../../examples/python_store/manifest.rs"]
mod manifest;
mod python5_example;
mod python5_kinds;
mod python5_standalone;
mod python5_untyped;
mod saving;
mod standalone;
mod state;
mod stores;
mod untyped;
