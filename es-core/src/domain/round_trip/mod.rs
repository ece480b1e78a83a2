//! The check that a value that is stored can be read back and is then the same value.
//!
//! A type can be written by its `Serialize` and yet be refused, or changed, by its `Deserialize`:
//! `serde(skip)`, `flatten` and `untagged` with some types, `Option<Option<_>>`. Such an event
//! would be saved and could never be replayed.

mod debug_tree;
mod difference;

pub(crate) use self::difference::{Comparison, FLOAT_ZERO};
