//! The event store: a mapper over a record manager, and streams of what is stored.

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
mod record_stream;
mod sequence_query;
mod storable;
mod time_stream;
mod up_to;

pub use self::custom_event::OwnEvent;
pub use self::event_store::EventStore;
pub(crate) use self::event_store::stored;
pub use self::mapper::{Mapper, Transcoder};
pub use self::opener::{EventStoreOpener, Opening};
pub use self::paged::{BoxFuture, PAGE_SIZE};
pub use self::record_stream::{RecordStream, SequenceIdStream};
pub use self::sequence_query::{SequenceQuery, SequenceStream};
pub use self::storable::Storable;
pub use self::time_stream::TimeStream;
pub use self::up_to::UpTo;
