//! The store keeps the contract.

#[allow(dead_code, reason = "other tests need more")]
mod backends;

use std::sync::Arc;

use es_testing::store::{Backend, contract};
use libtest_mimic::Arguments;

use backends::{Keyspaces, is_there};

fn main() {
    let keyspaces = Arc::new(Keyspaces::default());
    let backend: Arc<dyn Backend> = keyspaces.clone();
    let trials = contract("cassandra", &backend)
        .into_iter()
        .map(|trial| trial.with_ignored_flag(!is_there()))
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(keyspaces.drop_all());
    conclusion.exit();
}
