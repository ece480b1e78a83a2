//! Tests of the expansion functions: golden expansions, token fuzzing, and the unit tests of the
//! modules.
//!
//! A proc-macro crate exports macros only, so a test binary cannot call `aggregate::expand`. This
//! one compiles the modules of `src/` again, by their paths: there is one copy of the code, and no
//! public API for tests. `Cargo.toml` sets `test = false` for the library, so that the unit tests
//! inside the modules run once, here.

#[path = "../../src/aggregate/mod.rs"]
mod aggregate;
#[path = "../../src/attributes.rs"]
mod attributes;
#[path = "../../src/errors.rs"]
mod errors;
#[path = "../../src/event/mod.rs"]
mod event;
#[path = "../../src/item.rs"]
mod item;
#[path = "../../src/library_path.rs"]
mod library_path;
#[path = "../../src/names.rs"]
mod names;
#[path = "../../src/options/mod.rs"]
mod options;
#[path = "../../src/payload_check.rs"]
mod payload_check;
#[path = "../../src/projection/mod.rs"]
mod projection;
#[path = "../../src/rename_rule.rs"]
mod rename_rule;
#[path = "../../src/reserved_keys.rs"]
mod reserved_keys;
#[path = "../../src/serde_attributes.rs"]
mod serde_attributes;
#[path = "../../src/stored_shape.rs"]
mod stored_shape;
#[path = "../../src/subscribe/mod.rs"]
mod subscribe;
#[path = "../../src/topic.rs"]
mod topic;
#[path = "../../src/types.rs"]
mod types;

mod expansions;
mod token_fuzzing;
