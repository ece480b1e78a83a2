//! What keeps events: sequenced items, the store trait, the drivers, the event store, the repository.

mod datastore;
mod record_manager;
mod sequenced_item;
mod table;

pub use datastore::{Connect, Datastore, Driver, StoreUri};
pub use record_manager::{Appended, Capabilities, ItemQuery, Order, RecordIds, RecordManager};
pub use sequenced_item::{Position, Record, RecordId, SequencedItem};
pub use table::{PositionKind, Table};
