//! Tests of the expansion functions: golden expansions, token fuzzing, and the unit tests of the modules.
//!
//! A proc-macro crate exports macros only, so a test binary cannot call `aggregate::expand`. This one compiles the modules
//! of `src/` by `#[path]`: there is one copy of the code, and no public API for tests. `Cargo.toml` sets `test = false` for
//! the library, so that the unit tests inside the modules run once, here.

#[path = "../../src/aggregate/mod.rs"]
mod aggregate;
#[path = "../../src/errors.rs"]
mod errors;
#[path = "../../src/event/mod.rs"]
mod event;
#[path = "../../src/item.rs"]
mod item;
#[path = "../../src/keys.rs"]
mod keys;
#[path = "../../src/names.rs"]
mod names;
#[path = "../../src/options.rs"]
mod options;
#[path = "../../src/projection/mod.rs"]
mod projection;
#[path = "../../src/serde_attributes.rs"]
mod serde_attributes;
#[path = "../../src/shape.rs"]
mod shape;
#[path = "../../src/subscribe/mod.rs"]
mod subscribe;
#[path = "../../src/topic.rs"]
mod topic;

mod expansions;
mod token_fuzzing;
