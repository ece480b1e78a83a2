//! The store keeps the contract.

#[allow(dead_code, reason = "other tests need more")]
mod backends;

use std::sync::Arc;

use es_testing::store::{Backend, contract};
use libtest_mimic::Arguments;

use backends::{Schemas, is_there};

fn main() {
    let schemas = Arc::new(Schemas::default());
    let backend: Arc<dyn Backend> = schemas.clone();
    let trials = contract("postgres", &backend)
        .into_iter()
        .map(|trial| trial.with_ignored_flag(!is_there()))
        .collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(schemas.drop_all());
    conclusion.exit();
}
