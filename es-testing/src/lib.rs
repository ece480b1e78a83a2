//! Given, when, then for domains, and the contract that every store of `es` keeps.

#[cfg(feature = "store")]
pub mod store;
