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

/// One promise, and how it is checked: a panic says that it is broken.
pub(super) struct Case {
    pub(super) promise: &'static str,
    pub(super) check: fn(Fixture) -> Check,
}

pub(super) type Check = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// That a promise was checked, or why it does not apply.
pub(super) type Verdict = Result<(), Inapplicable>;

/// Why a promise does not apply to a store.
pub(super) struct Inapplicable(pub(super) &'static str);

/// A case that takes longer has somebody waiting for ever.
const FOREVER: Duration = Duration::from_secs(120);

/// The promises of the contract as tests of one store, each for each of its tables.
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

/// Runs groups of trials one after another, as the whole `main` of a test without a harness: a trial runs beside trials
/// of its own group only. Use it for trials that take away what others need, such as a server.
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
    match runtime.block_on(async { timeout(FOREVER, check).await }) {
        Ok(Ok(())) => Ok(Completion::Completed),
        Ok(Err(Inapplicable(reason))) => Ok(Completion::ignored_with(reason)),
        Err(_) => Err(format!("no end after {FOREVER:?}").into()),
    }
}
