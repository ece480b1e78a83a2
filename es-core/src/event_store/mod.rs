//! The event store: a mapper over a record manager, with queries and streams of stored events.

pub mod cipher;
mod custom_event;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod event_store;
mod mapper;
mod opener;
pub mod paged;
mod sequence_query;
mod storable;
mod streams;
mod transcoder;
mod up_to;

pub use self::custom_event::CustomEvent;
pub use self::event_store::EventStore;
pub(crate) use self::event_store::stored;
pub use self::mapper::Mapper;
pub use self::opener::{EventStoreOpener, Opening};
pub use self::paged::{BoxFuture, PAGE_SIZE};
pub use self::sequence_query::{SequenceQuery, SequenceStream};
pub(crate) use self::storable::EventParts;
pub use self::storable::Storable;
pub use self::streams::{RecordStream, SequenceIdStream, TimeStream};
pub use self::transcoder::Transcoder;
pub use self::up_to::UpTo;
