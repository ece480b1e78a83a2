//! What keeps events: sequenced items, the store trait, the drivers, the event store, the repository.

mod datastore;
pub mod group_commit;
mod memory;
mod record_manager;
mod sequenced_item;
mod table;

pub use datastore::{Connect, Datastore, Driver, StoreUri};
pub use memory::{MemoryDatastore, MemoryRecordManager};
pub use record_manager::{Appended, Capabilities, ItemQuery, Order, RecordIds, RecordManager};
pub use sequenced_item::{Position, Record, RecordId, SequencedItem};
pub use table::{Index, PositionKind, Table, Uniqueness};
