//! Stores an empty `VecDeque` as Python stores an empty `deque`: `#[serde(with = "es::json::deque")]`.
//!
//! Python's library writes only empty deques and reads every deque as empty. Use a `Vec` to store
//! elements.

use std::collections::VecDeque;

use serde::de::IgnoredAny;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

use super::tagged::{TaggedType, with_functions};

with_functions!(VecDeque<I>, I);

impl<I> TaggedType for VecDeque<I> {
    const KEY: &'static str = "__deque__";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_empty() {
            return Err(S::Error::custom(
                "only an empty deque can be stored: use a `Vec`",
            ));
        }
        serializer.collect_seq::<[(); 0]>([])
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Ok(Self::new())
    }
}
