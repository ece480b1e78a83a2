//! The keys that the library writes into every event, beside those of its payload.

use crate::domain::integrity::HASH_KEY;

pub(crate) const TOPIC_KEY: &str = "__event_topic__";
pub(crate) const EVENT_VERSION_KEY: &str = "__event_version__";
pub(crate) const METADATA_KEY: &str = "__metadata__";
pub(crate) const PREVIOUS_KEY: &str = "__previous_hash__";
pub(crate) const ID_KEY: &str = "originator_id";
pub(crate) const ORIGINATOR_TOPIC_KEY: &str = "originator_topic";
pub(crate) const VERSION_KEY: &str = "originator_version";
pub(crate) const TIMESTAMP_KEY: &str = "timestamp";

/// All keys of the library. They are removed from every event that is read, so a payload must have
/// none of them, even if the event itself does not use the key.
pub const LIBRARY_KEYS: [&str; 9] = [
    HASH_KEY,
    TOPIC_KEY,
    EVENT_VERSION_KEY,
    METADATA_KEY,
    PREVIOUS_KEY,
    ID_KEY,
    ORIGINATOR_TOPIC_KEY,
    VERSION_KEY,
    TIMESTAMP_KEY,
];
