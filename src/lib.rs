//! Event sourcing: annotate plain structs, and macros generate the event enum, the dispatch to
//! `mutate`, the registration of topics, and the getters and setters of attributes. The runtime
//! stores events in hash-chained, optionally encrypted sequences without gaps and replays them into
//! aggregates.
//!
//! ```
//! use es::{Aggregate, Application, Mutate, aggregate, event};
//!
//! /// A small world with a ruler and a history.
//! #[aggregate(events(SomethingHappened))]
//! pub struct World {
//!     /// The ruler, changed by `set_ruler`.
//!     #[attribute]
//!     ruler: String,
//!     pub history: Vec<String>,
//! }
//!
//! /// Something happened in the world.
//! #[event]
//! pub struct SomethingHappened {
//!     pub what: String,
//! }
//!
//! impl Mutate<World> for SomethingHappened {
//!     fn mutate(&self, world: &mut World) {
//!         world.history.push(self.what.clone());
//!     }
//! }
//!
//! impl World {
//!     pub fn make_it_so(&mut self, what: impl Into<String>) -> es::Result<()> {
//!         self.trigger(SomethingHappened { what: what.into() })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> es::Result<()> {
//! let app = Application::builder().uri("sqlite::memory:").open().await?;
//! let mut world = World::create("gods")?;
//! world.make_it_so("dinosaurs")?;
//! world.set_ruler("money")?;
//! app.save(&mut world).await?;
//!
//! let copy: World = app.get(world.id()).await?;
//! assert_eq!(copy.head(), world.head());
//! let past: World = app.get_at(world.id(), 1).await?;
//! assert_eq!(past.ruler(), "gods");
//! # Ok(())
//! # }
//! ```
//!
//! The [`guide`] explains the library chapter by chapter. The contract of a store is documented at
//! [`RecordManager`](store::RecordManager); [`store`] holds the other types for implementing a
//! store. The stored formats are those of Python's `eventsourcing` 5.0.0.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod application;
pub mod domain;
pub mod error;
pub mod event_store;
pub mod guide;
#[cfg(feature = "mysql")]
pub mod mysql;
pub mod notification_log;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod projections;
pub mod repository;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod store;

pub use es_core::application::{Application, Bus};
pub use es_core::domain::{
    Aggregate, Discarded, DomainEvent, Event, EventHash, EventHeader, EventOf, Metadata, Mutate,
    Salt, Version, predicates,
};
pub use es_core::error::{Error, Result};
pub use es_core::event_store::{EventStore, cipher};
pub use es_core::repository::Repository;
pub use es_core::{Retry, retry};
pub use es_json as json;
pub use es_store::{BoxError, Position, RecordId, Timestamp, Topic, Uuid};

#[doc = include_str!("../docs/reference/aggregate.md")]
pub use es_macros::aggregate;
#[doc = include_str!("../docs/reference/entity.md")]
pub use es_macros::entity;
#[doc = include_str!("../docs/reference/event.md")]
#[doc = include_str!("../docs/reference/evolution.md")]
pub use es_macros::event;
#[cfg_attr(feature = "sqlite", doc = include_str!("../docs/reference/projection.md"))]
pub use es_macros::projection;
#[doc = include_str!("../docs/reference/subscribe_to.md")]
pub use es_macros::subscribe_to;

#[cfg(feature = "http")]
pub use es_http as http;

// Naming a store's crate links it, and with it its driver.
#[cfg(feature = "cassandra")]
pub use es_cassandra as cassandra;
#[cfg(feature = "redis")]
pub use es_redis as redis;
#[cfg(feature = "structures")]
pub use es_structures as structures;

/// Items that expansions of the macros call; they may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use es_core::__private::*;
    pub use es_projection::__private::*;
}
