//! Processes write to one file, conflict, are disturbed and are killed, and nothing is skipped and nothing lost.
//! `ES_TORTURE_SECONDS` makes it longer, `ES_TORTURE_SEED` repeats one.

#[allow(dead_code, reason = "the tables are those of the contract")]
mod backends;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use es_testing::store::Backend;
use es_testing::store::torture::{Torture, become_writer};
use libtest_mimic::{Arguments, Failed, Trial};

use backends::Files;

/// The variable that tells writers where the databases are.
const DIRECTORY: &str = "ES_SQLITE_TEST_DIRECTORY";

fn main() -> ExitCode {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        let backend: Arc<dyn Backend> = Arc::new(Files::within(Path::new(&directory)));
        assert!(
            become_writer(&backend),
            "the directory is given to writers only"
        );
        return ExitCode::SUCCESS;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let files = Files::within(directory.path());
    let path = directory.path().to_string_lossy().into_owned();
    let trial = Trial::test("nothing_is_skipped_doubled_reordered_or_lost", move || {
        torture(files, path)
    });
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}

fn torture(files: Files, directory: String) -> Result<(), Failed> {
    let backend: Arc<dyn Backend> = Arc::new(files);
    let report = Torture::from_env()
        .with_variable(DIRECTORY, directory)
        .run(&backend);
    report.outcome()
}
