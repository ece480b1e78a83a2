//! The contract that every store keeps, as a suite of tests.
//!
//! Implement [`Backend`] for a store, and run the trials of [`contract`] in a test without a
//! harness (`harness = false` in `Cargo.toml`):
//!
//! ```
//! use std::sync::Arc;
//!
//! use es_store::RecordError;
//! use es_store::{MemoryRecordManager, RecordManager, Table};
//! use es_testing::store::{Backend, contract};
//!
//! struct Memory;
//!
//! #[async_trait::async_trait]
//! impl Backend for Memory {
//!     async fn open(&self, _name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
//!         Ok(Arc::new(MemoryRecordManager::new(table)))
//!     }
//! }
//!
//! let backend: Arc<dyn Backend> = Arc::new(Memory);
//! # let mut arguments = libtest_mimic::Arguments::default();
//! # arguments.quiet = true;
//! // let arguments = libtest_mimic::Arguments::from_args();
//! libtest_mimic::run(&arguments, contract("memory", &backend)).exit_if_failed();
//! ```
//!
//! Each case has the name of the promise that it checks. A case that does not apply to a store,
//! because of its capabilities or its [`Reach`], is reported as ignored with the reason.

mod backend;
mod case;
mod cases;
mod documented;
pub mod dropped;
mod faulty;
mod fixture;
mod lossy;
pub mod servers;
pub mod torture;

pub use backend::{Backend, Reach};
pub use case::{contract, run_in_turns};
pub use documented::{assert_documented, tables_of_the_format};
pub use faulty::{Fault, Faulty};
pub use lossy::LossyProxy;
