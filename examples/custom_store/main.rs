//! A custom store, and the contract suite that checks it.
//!
//! `cargo run --example custom_store`; the whole store is in `store.rs` beside this file.

mod store;

use std::process::ExitCode;
use std::sync::Arc;

use es::store::{RecordError, RecordManager, Table};
use es_testing::store::{Backend, contract};
use libtest_mimic::Arguments;
use store::ListStore;

/// The backend that opens the store for the suite.
struct Lists;

#[async_trait::async_trait]
impl Backend for Lists {
    async fn open(&self, _name: &str, _: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        Ok(Arc::new(ListStore::new()))
    }
}

fn main() -> ExitCode {
    let backend: Arc<dyn Backend> = Arc::new(Lists);
    let trials = contract("custom", &backend);
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
