//! The cases of the contract suite as trials of `libtest-mimic`.

use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::Backend;
use super::cases::CASES;
use super::fixture::Fixture;

/// A promise of the contract, and the function that checks it and panics if it is broken.
pub(super) struct Case {
    pub(super) promise: &'static str,
    pub(super) check: fn(Fixture) -> Check,
}

pub(super) type Check = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// The result of a check that found no broken promise: passed or inapplicable.
pub(super) type Verdict = Result<(), Inapplicable>;

/// The reason why a promise does not apply to a store.
pub(super) struct Inapplicable(pub(super) &'static str);

/// Timeout of a case. A case that takes longer waits for something that never happens.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Returns the contract as trials of one store: every promise for each of its tables.
pub fn contract(store: &str, backend: &Arc<dyn Backend>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for table in backend.tables() {
        for case in CASES.iter().copied().flatten() {
            let name = format!("{store}::{}::{}", table.name, case.promise);
            let fixture = Fixture::new(backend.clone(), table.clone());
            let check = case.check;
            trials.push(Trial::ignorable_test(name, move || run(check(fixture))));
        }
    }
    trials
}

/// Runs groups of trials one group after another, as the whole `main` of a test without a harness.
///
/// Trials of one group run concurrently. Put trials that disturb others, for example by killing a
/// server, in a group of their own.
#[must_use]
pub fn run_in_turns(groups: impl IntoIterator<Item = Vec<Trial>>) -> ExitCode {
    let arguments = Arguments::from_args();
    let mut has_failed = false;
    for trials in groups.into_iter().filter(|trials| !trials.is_empty()) {
        has_failed |= libtest_mimic::run(&arguments, trials).has_failed();
    }
    if has_failed {
        ExitCode::from(101)
    } else {
        ExitCode::SUCCESS
    }
}

pub(super) fn run(check: impl Future<Output = Verdict>) -> Result<Completion, Failed> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match runtime.block_on(async { timeout(TIMEOUT, check).await }) {
        Ok(Ok(())) => Ok(Completion::Completed),
        Ok(Err(Inapplicable(reason))) => Ok(Completion::ignored_with(reason)),
        Err(_) => Err(format!("the case did not end within {TIMEOUT:?}").into()),
    }
}
