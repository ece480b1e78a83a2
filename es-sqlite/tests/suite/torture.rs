//! The torture test on one file. `ES_TORTURE_SECONDS` sets its duration, `ES_TORTURE_SEED` repeats
//! a run.

use std::path::Path;
use std::sync::Arc;

use es_testing::store::Backend;
use es_testing::store::torture::{Torture, become_writer};
use libtest_mimic::{Failed, Trial};

use crate::files::Files;

/// The variable with the folder of the databases, for writers.
const DIRECTORY: &str = "ES_SQLITE_TEST_DIRECTORY";

/// Writes and returns true if this process was started to be a writer.
pub(crate) fn is_writer() -> bool {
    let Some(directory) = std::env::var_os(DIRECTORY) else {
        return false;
    };
    let backend: Arc<dyn Backend> = Arc::new(Files::within(Path::new(&directory)));
    assert!(
        become_writer(&backend),
        "the directory is given to writers only"
    );
    true
}

pub(crate) fn trial(directory: &Path) -> Trial {
    let files = Files::within(directory);
    let path = directory.to_string_lossy().into_owned();
    let name = "torture::nothing_is_skipped_doubled_reordered_or_lost";
    Trial::test(name, move || torture(files, path))
}

fn torture(files: Files, directory: String) -> Result<(), Failed> {
    let backend: Arc<dyn Backend> = Arc::new(files);
    let report = Torture::from_env()
        .with_variable(DIRECTORY, directory)
        .run(&backend);
    report.outcome()
}
