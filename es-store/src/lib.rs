//! The contract of a store of `es`, and a kit for the authors of stores. Applications rarely need it.
//!
//! A store implements [`RecordManager`], and for a URI a [`Datastore`] with a [`Driver`]. A store with transactions implements
//! [`kit::BatchStore`], and group commit does the rest. A store of read models implements [`read_model::ReadModel`].
//!
//! ```
//! use es_store::{MemoryRecordManager, Position, RecordManager, SequencedItem, Table, Topic};
//! use uuid::Uuid;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), es_store::RecordError> {
//! let records = MemoryRecordManager::new(Table::stored_events());
//! let item = SequencedItem {
//!     sequence_id: Uuid::new_v4(),
//!     position: Position::from(0),
//!     topic: Topic::new("World.SomethingHappened"),
//!     data: r#"{"what":"dinosaurs"}"#.into(),
//! };
//! let appended = records.append(vec![item].into()).await?;
//! assert_eq!(appended.last(), Some(records.max_record_id().await?));
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod administration;
mod append;
mod appended;
mod capabilities;
mod datastore;
mod driver;
mod error;
mod event_transaction;
mod item_query;
pub mod kit;
mod memory;
mod position;
pub mod read_model;
mod record_id;
mod record_manager;
mod sequenced_item;
mod table;
mod text;
mod time_ordered;
mod time_place;
mod time_uuid;
mod timestamp;
mod topic;
mod uri;
mod wake_up;

pub use self::administration::TableAdministration;
pub use self::append::Append;
pub use self::appended::Appended;
pub use self::capabilities::{Capabilities, RecordIds};
pub use self::datastore::Datastore;
pub use self::driver::{Connect, Driver};
pub use self::error::{BoxError, RecordError};
pub use self::event_transaction::EventTransaction;
pub use self::item_query::{ItemQuery, Order};
pub use self::memory::{MemoryDatastore, MemoryRecordManager};
pub use self::position::Position;
pub use self::record_id::RecordId;
pub use self::record_manager::RecordManager;
pub use self::sequenced_item::{Record, SequencedItem};
pub use self::table::{Index, PositionKind, Table, Uniqueness};
pub use self::text::{Text, TextBuffer};
pub use self::time_ordered::TimeOrdered;
pub use self::time_place::TimePlace;
pub use self::time_uuid::TimeUuid;
pub use self::timestamp::{InvalidTimestamp, Timestamp};
pub use self::topic::{InvalidTopic, MAX_TOPIC_BYTES, Topic, TopicCache};
pub use self::uri::{ServerAddress, StoreUri, UriHost, UriParameters};
pub use self::wake_up::{Notifier, WakeUp};
pub use inventory;
pub use uuid::Uuid;
