//! The canonical text: its writer, its reader, and Python's own.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod described;
#[cfg(feature = "jiff")]
mod json_dates;
mod json_properties;
mod json_reader;
mod json_writer;
mod python5_json;
mod vectors;
