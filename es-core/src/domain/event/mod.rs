//! Events: their payloads, headers and stored text.

mod any_event;
mod codec;
pub(crate) mod decode;
mod decode_error;
mod encode;
mod entity_kind;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod event;
mod event_draft;
mod event_header;
mod keys;
mod library_pairs;
mod metadata;
mod old;
mod payload;
mod raw_header;
mod shape;
mod stored;
mod stored_values;
mod version;

pub use self::any_event::AnyEvent;
pub(crate) use self::codec::{Codec, RoundTrip};
pub(crate) use self::decode::Decode;
pub use self::decode_error::DecodeError;
pub(crate) use self::encode::{Encode, write_event};
pub use self::entity_kind::{EntityKind, Recorded, SaveMode};
pub use self::event::{Discarded, Event, Mutate};
pub(crate) use self::event_draft::{Chaining, EventDraft, SealedEvent};
pub use self::event_header::EventHeader;
pub use self::keys::LIBRARY_KEYS;
pub(crate) use self::keys::{EVENT_VERSION_KEY, ID_KEY, PREVIOUS_KEY, TOPIC_KEY};
pub use self::metadata::Metadata;
pub use self::old::Old;
pub use self::payload::{AnyPayload, Payload};
pub use self::raw_header::RawHeader;
pub use self::shape::{Field, Former, Shape};
pub use self::stored::Stored;
pub(crate) use self::stored::{
    EventFields, Predecessor, check_previous_hash, check_version, version_of,
};
pub(crate) use self::stored_values::{StoredString, StoredTime, StoredUuid};
pub use self::version::Version;
