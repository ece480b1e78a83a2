//! Tests of the kit for store authors: stores in memory keep the contract, and the torture test
//! finds broken stores.

mod contract;
mod torture;

use std::process::ExitCode;

use es_testing::store::run_in_turns;

fn main() -> ExitCode {
    if torture::is_writer() {
        return ExitCode::SUCCESS;
    }
    run_in_turns([contract::trials(), torture::trials()])
}
