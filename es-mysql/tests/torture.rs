//! Nothing is skipped and nothing lost, whatever happens to those who write.

mod backends;

use std::process::ExitCode;

use es_testing::store::servers::Suite;

fn main() -> ExitCode {
    Suite::new(backends::Mysql).torture()
}
