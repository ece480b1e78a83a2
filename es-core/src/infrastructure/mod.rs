//! What keeps events: sequenced items, the store trait, the drivers, the event store, the repository.

mod datastore;
mod event_store;
pub mod group_commit;
mod mapper;
mod memory;
mod paged;
mod query;
mod record_manager;
mod records;
mod repository;
mod sequenced_item;
mod snapshotting;
mod table;
mod timeline;
mod up_to;
mod wake_up;

pub use crate::position::Position;
pub use datastore::{Connect, Datastore, Driver, StoreUri};
pub use event_store::EventStore;
pub use mapper::{Mapper, Transcoder};
pub use memory::{MemoryDatastore, MemoryRecordManager};
pub use paged::PAGE_SIZE;
pub use query::{SequenceQuery, SequenceStream};
pub use record_manager::{Appended, Capabilities, ItemQuery, Order, RecordIds, RecordManager};
pub use records::{RecordStream, SequenceIdStream};
pub use repository::Repository;
pub use sequenced_item::{Record, RecordId, SequencedItem};
pub use snapshotting::SnapshotStrategy;
pub use table::{Index, PositionKind, Table, Uniqueness};
pub use timeline::{TimePlace, TimeStream};
pub use up_to::UpTo;
pub use wake_up::{Alarm, WakeUp};
