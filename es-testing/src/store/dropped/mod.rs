//! Futures that are dropped at each of their await points, as a caller's timeout does.
//!
//! A [`DropTest`] runs an operation again and again. It drops the future after its first poll, then
//! after its second, and so on until the future completes. After each drop a [`Probe`] examines the
//! connections of the store: none may be left in a transaction, and what is acknowledged next must
//! be visible to others.

mod drop_test;
mod read_models;
mod record_managers;

pub use drop_test::{DropPoint, DropTest, Dropped, Probe, dropped};
pub use read_models::drop_read_model_futures;
pub use record_managers::{acknowledged_faults, drop_record_manager_futures};
