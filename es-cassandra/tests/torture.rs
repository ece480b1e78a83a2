//! Nothing that was acknowledged is lost, whatever happens to those who write.

#[allow(dead_code, reason = "other tests need more")]
mod backends;

use std::process::ExitCode;

use es_testing::store::servers::Suite;

fn main() -> ExitCode {
    Suite::new(backends::Cassandra::default()).torture()
}
