//! Hash chains: computation and verification of event hashes.

pub(super) mod event_hash;
pub(super) mod salt;
mod seal;

pub(crate) use self::event_hash::EventHash;
pub(crate) use self::salt::Salt;
pub(crate) use self::salt::genesis;
pub(crate) use self::seal::{HASH_KEY, HASH_PREFIX, find_string, seal_in_place};
pub use self::seal::{seal, verify};
