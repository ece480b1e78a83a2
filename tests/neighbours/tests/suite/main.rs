//! Tests of the workspace, run again beside sqlx and with features of `serde_json` that change its
//! maps and numbers.

#[path = "../../../suite/application.rs"]
mod application;
#[path = "../../../suite/bad_input.rs"]
mod bad_input;
#[path = "../../../../es-json/tests/suite/described.rs"]
mod described;
#[path = "../../../../es-json/tests/suite/json_reader.rs"]
mod json_reader;
#[path = "../../../../es-json/tests/suite/json_writer.rs"]
mod json_writer;
#[path = "../../../suite/python5_cipher.rs"]
mod python5_cipher;
#[path = "../../../suite/python5_events.rs"]
mod python5_events;
#[path = "../../../../es-json/tests/suite/python5_json.rs"]
mod python5_json;
#[path = "../../../support/saved.rs"]
mod saved;
mod sqlx_beside;
#[path = "../../../support/store.rs"]
mod store;
#[path = "../../../../es-json/tests/suite/vectors.rs"]
mod vectors;
#[path = "../../../../examples/quickstart/world.rs"]
mod world;
