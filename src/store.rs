//! The contract of a store, and a kit for the authors of stores; applications rarely need this module.

/// The rest of the contract of a store of read models: [`ReadModel`](crate::projections::ReadModel) refers to it.
pub mod read_model {
    pub use es_store::read_model::{Advanced, ProjectionTables, Step, Undoes};
}

pub use es_store::{
    Alarm, Appended, Capabilities, Connect, Datastore, Driver, Index, InvalidTimestamp,
    InvalidTopic, ItemQuery, MAX_TOPIC_BYTES, MemoryDatastore, MemoryRecordManager, Order,
    PositionKind, Record, RecordError, RecordIds, RecordManager, SequencedItem, StoreUri, Table,
    Text, Texts, TimePlace, TimeUuid, Topics, Uniqueness, WakeUp, inventory, kit,
};
