//! Tests that need no server: domains, events, applications, logs and examples, in memory and on
//! `SQLite`.
//!
//! All modules are one program, in which no two aggregates may have one topic. Tests of types that
//! share a topic are in `tests/releases`. Tests that measure or change their process run in a child
//! process (`environment`, `flat_memory`).

#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "domains are written as those of a library, and a failed `unwrap` fails its test"
)]

mod application;
mod bad_input;
mod bank;
mod bus;
#[path = "../support/child_process.rs"]
mod child_process;
mod domain;
mod entities;
mod environment;
#[allow(clippy::disallowed_names, reason = "Python has these names")]
#[path = "../../examples/heartbeat/example.rs"]
mod example;
mod flat_memory;
mod handlers;
mod macros;
mod notification_log;
mod public_surface;
#[path = "../support/python.rs"]
mod python;
mod python5_cipher;
#[path = "../support/python5_domain.rs"]
mod python5_domain;
mod python5_events;
mod python5_http;
mod python5_records;
mod python5_structures;
mod python5_topics;
mod queries;
mod quick_start;
mod readme;
mod regressions;
mod round_trip;
#[path = "../support/saved.rs"]
mod saved;
#[path = "../support/store.rs"]
mod store;
mod transcoding;
mod two_services;
#[path = "../../es-json/tests/suite/vectors.rs"]
mod vectors;
#[path = "../../examples/quickstart/world.rs"]
mod world;

type BoxError = Box<dyn std::error::Error>;

/// The check stops at the first fault. It looks for shared topics before it reads the file.
#[test]
#[should_panic(expected = "no such file is outdated")]
fn no_two_aggregates_of_these_tests_have_one_topic() {
    es_testing::topics_lock("no such file");
}
