//! The store keeps the contract.

#[allow(dead_code, reason = "other tests need more")]
mod backends;

use std::process::ExitCode;

use es_testing::store::servers::Suite;

fn main() -> ExitCode {
    Suite::new(backends::Cassandra::default()).contract()
}
