//! The contract of a store, and a kit for the authors of stores; applications rarely need this module.

/// The rest of the contract of a store of read models: [`ReadModel`](crate::projections::ReadModel) refers to it.
pub mod read_model {
    pub use es_store::read_model::{Advanced, ProjectionTables, ReadModelError, Rollback, Step};
}

pub use es_store::{
    Append, Appended, Capabilities, Connect, Datastore, Driver, EventTransaction, Index,
    InvalidTimestamp, InvalidTopic, ItemQuery, MAX_TOPIC_BYTES, MemoryDatastore,
    MemoryRecordManager, Notifier, Order, PositionKind, Record, RecordError, RecordIds,
    RecordManager, SequencedItem, StoreUri, Table, TableAdministration, Text, TextBuffer,
    TimeCursor, TimeOrdered, TimeUuid, Tls, TopicCache, Uniqueness, UriHost, UriParameters, WakeUp,
    inventory, kit,
};
