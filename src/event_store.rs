//! The event store beyond [`EventStore`](crate::EventStore): mappers, queries, streams, events of a model without the library's types.

pub use es_core::event_store::{
    EventStoreOpener, Mapper, Opening, OwnEvent, PAGE_SIZE, RecordStream, SequenceIdStream,
    SequenceQuery, SequenceStream, Storable, TimeStream, Transcoder, UpTo,
};
