//! The store keeps the contract, in files and in memory.

mod backends;

use std::sync::Arc;

use es_testing::store::{Backend, contract};
use libtest_mimic::Arguments;

use backends::{Files, Memory};

fn main() {
    let (files, memory): (Arc<dyn Backend>, Arc<dyn Backend>) =
        (Arc::new(Files::new()), Arc::new(Memory));
    let mut trials = contract("file", &files);
    trials.extend(contract("memory", &memory));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
