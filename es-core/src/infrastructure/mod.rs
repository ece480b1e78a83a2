//! What keeps events: sequenced items, the store trait, the drivers, the event store, the repository.
//!
//! What only authors of stores need stands in [`store`](crate::store).

#[doc(hidden)]
pub mod application_sequence;
pub mod array;
mod datastore;
mod event_store;
#[doc(hidden)]
pub mod group_commit;
mod integer_sequence;
mod item_query;
mod item_reader;
mod mapper;
mod memory;
mod open_tables;
mod own;
pub(crate) mod paged;
mod query;
mod record_manager;
mod records;
mod repository;
mod sequenced_item;
mod snapshotting;
mod storable;
mod table;
pub mod time_bucketed_log;
mod timeline;
mod tls;
mod untyped;
mod up_to;
mod wake_up;

#[doc(hidden)]
pub use crate::environment::variable;
pub use crate::position::Position;
pub use crate::position::RecordId;
pub use array::{
    Array, ArraySlice, ArraySpan, ArrayTree, BigArray, ItemAssigned, Reference, Settled, Settler,
};
#[doc(hidden)]
pub use datastore::Connect;
pub use datastore::{Datastore, Driver, ServerAddress, StoreUri, UriHost, UriParameters};
pub use event_store::EventStore;
pub use integer_sequence::{IntegerSequence, SimpleIntegerSequence};
pub use item_query::{ItemQuery, Order};
pub use item_reader::ItemReader;
pub use mapper::{Mapper, Transcoder};
pub use memory::{MemoryDatastore, MemoryRecordManager};
#[doc(hidden)]
pub use open_tables::{OpenTable, OpenTables};
pub use own::OwnEvent;
pub use paged::PAGE_SIZE;
pub use query::{SequenceQuery, SequenceStream};
pub use record_manager::{Appended, Capabilities, RecordIds, RecordManager};
pub use records::{RecordStream, SequenceIdStream};
pub use repository::Repository;
pub use sequenced_item::{Record, SequencedItem};
pub use snapshotting::SnapshotStrategy;
pub use storable::Storable;
pub use table::{Index, PositionKind, Table, Uniqueness};
pub use time_bucketed_log::{LogMessages, MessageQuery, MessageStream};
pub use timeline::{TimePlace, TimeStream};
pub use tls::Tls;
#[doc(hidden)]
pub use tls::{TlsFault, TlsParameters};
pub use untyped::UntypedQuery;
pub use up_to::UpTo;
#[doc(hidden)]
pub use wake_up::Alarm;
pub use wake_up::WakeUp;
