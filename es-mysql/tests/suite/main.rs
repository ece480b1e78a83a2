//! The store keeps the contract.

mod backends;

use std::process::ExitCode;

use es_testing::store::servers::Suite;

fn main() -> ExitCode {
    Suite::new(backends::Mysql).contract()
}
