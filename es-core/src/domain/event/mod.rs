//! Events: their payloads, headers and stored text.

pub(crate) mod decode;
mod entity_kind;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod event;
mod header;
mod keys;
mod metadata;
mod ops;
mod seal;
mod stored;
mod version;

pub use self::entity_kind::{EntityKind, HashChained, Kept, Saving, Timestamped, Versioned};
pub use self::event::{
    AnyEvent, Discarded, DomainEvent, Event, EventHeader, EventOf, Mutate, Payload,
};
pub use self::header::Header;
pub(crate) use self::header::{StoredString, StoredTime, StoredUuid};
pub use self::keys::LIBRARY_KEYS;
pub(crate) use self::keys::{
    EVENT_VERSION_KEY, HASH_KEY, ID_KEY, PREVIOUS_KEY, TOPIC_KEY, write_event,
};
pub use self::metadata::Metadata;
pub use self::ops::{AnyPayload, EventKind, Ops, library_ops, ops, unchanged};
pub(crate) use self::ops::{Decode, Encode, Role};
pub(crate) use self::seal::{Chain, Facts};
pub use self::stored::Stored;
pub(crate) use self::stored::{Checked, Link, check_next, check_previous, version_of};
pub use self::version::Version;
