//! Tests of Python's record tables and snapshots: its stores are read and compared, and Python
//! accepts ours.

#![allow(clippy::disallowed_names)]

mod accepted;
mod snapshots;
mod tables;
mod vectors;
