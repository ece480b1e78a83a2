//! The contract of a store of `es`, and a kit for the authors of stores. Applications rarely need
//! this crate.
//!
//! A store keeps [`SequencedItem`]s in tables of a given shape ([`Table`]) and numbers them with
//! [`RecordId`]s in commit order. Its author implements:
//!
//! 1. [`RecordManager`], which appends and reads the items of one table.
//! 2. [`Datastore`] and a [`Driver`], so that applications can open a database by its URI.
//! 3. [`kit::BatchStore`], if the store has transactions. [`kit::GroupCommit`] then implements the
//!    append and decides conflicts and record ids.
//! 4. [`read_model::ReadModel`], if the store holds read models.
//!
//! [`MemoryRecordManager`] is the smallest implementation:
//!
//! ```
//! use es_store::{
//!     MemoryRecordManager, Position, RecordError, RecordManager, SequencedItem, Table, Topic,
//! };
//! use uuid::Uuid;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), RecordError> {
//! let records = MemoryRecordManager::new(Table::stored_events());
//! let item = SequencedItem {
//!     sequence_id: Uuid::new_v4(),
//!     position: Position::from(0),
//!     topic: Topic::new("World.SomethingHappened"),
//!     data: r#"{"what":"dinosaurs"}"#.into(),
//! };
//! let appended = records.append(vec![item.clone()].into()).await?;
//! assert_eq!(appended.last(), Some(records.max_record_id().await?));
//!
//! // A position is taken once.
//! let conflict = records.append(vec![item].into()).await;
//! assert!(matches!(conflict, Err(RecordError::Conflict { .. })));
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
mod time_cursor;
mod time_ordered;
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
pub use self::kit::tls::Tls;
pub use self::memory::{MemoryDatastore, MemoryRecordManager};
pub use self::position::Position;
pub use self::record_id::RecordId;
pub use self::record_manager::RecordManager;
pub use self::sequenced_item::{Record, SequencedItem};
pub use self::table::{Index, PositionKind, Table, Uniqueness};
pub use self::text::{Text, TextBuffer};
pub use self::time_cursor::TimeCursor;
pub use self::time_ordered::TimeOrdered;
pub use self::time_uuid::TimeUuid;
pub use self::timestamp::{InvalidTimestamp, Timestamp};
pub use self::topic::{InvalidTopic, MAX_TOPIC_BYTES, Topic, TopicCache};
pub use self::uri::{ServerAddress, StoreUri, UriHost, UriParameters};
pub use self::wake_up::{Notifier, WakeUp};
pub use inventory;
pub use uuid::Uuid;
