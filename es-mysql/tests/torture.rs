//! Processes write to one database, conflict, are disturbed, cut off and killed, and so is the server; nothing is skipped
//! and nothing lost. `ES_TORTURE_SECONDS` makes it longer, `ES_TORTURE_SEED` repeats one, `ES_TORTURE_KILLS_SERVERS`
//! kills the server of `scripts/services.sh` as well.

#[allow(dead_code, reason = "the tables are those of the contract")]
mod backends;

use std::process::ExitCode;
use std::sync::Arc;

use es_testing::store::Backend;
use es_testing::store::torture::{Torture, become_writer};
use libtest_mimic::{Arguments, Failed, Trial};

use backends::{Databases, is_there};

fn main() -> ExitCode {
    let databases = Arc::new(Databases::default());
    let backend: Arc<dyn Backend> = databases.clone();
    if become_writer(&backend) {
        return ExitCode::SUCCESS;
    }
    let trial = Trial::test("nothing_is_skipped_doubled_reordered_or_lost", move || {
        torture(&backend)
    });
    let trial = trial.with_ignored_flag(!is_there());
    let conclusion = libtest_mimic::run(&Arguments::from_args(), vec![trial]);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(databases.drop_all());
    conclusion.exit_code()
}

fn torture(backend: &Arc<dyn Backend>) -> Result<(), Failed> {
    let report = Torture::from_env().run(backend);
    let enough = report.kills > 0 && report.conflicts > 0;
    if report.is_clean() && enough {
        Ok(())
    } else {
        Err(report.to_string().into())
    }
}
