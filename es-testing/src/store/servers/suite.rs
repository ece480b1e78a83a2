//! The suite of a store on a server.

use std::error::Error;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use es_store::RecordError;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::server_case::trials;
use super::{Databases, Server, SqlServer, TlsServer, cases, sql, tls};
use crate::store::case::run;
use crate::store::torture::become_writer;
use crate::store::{Backend, contract, run_in_turns};

/// The tests of a store on a server. A suite is the whole `main` of a test without a harness:
///
/// ```ignore
/// fn main() -> ExitCode {
///     Suite::new(Postgres).contract().server().tls(Postgres).torture().run()
/// }
/// ```
///
/// If no server is available, all trials are reported as ignored.
pub struct Suite {
    databases: Arc<Databases>,
    server: Arc<dyn Server>,
    trials: Vec<Trial>,
    is_tortured: bool,
    /// Suites of other servers in the same program.
    others: Vec<Suite>,
}

/// A test of one store: its name, and a function that gets the name of a new database.
/// [`own_cases!`](crate::own_cases) lists such tests.
pub type OwnCase = (
    &'static str,
    fn(String) -> Pin<Box<dyn Future<Output = ()>>>,
);

/// Lists functions `async fn(database: String)` as
/// [`OwnCase`](crate::store::servers::OwnCase)s, under their names.
#[macro_export]
macro_rules! own_cases {
    ($($name:ident),* $(,)?) => {
        &[$((stringify!($name), |database| ::std::boxed::Box::pin($name(database)))),*]
    };
}

impl Suite {
    /// Creates a suite without trials.
    #[must_use]
    pub fn new(server: impl Server) -> Self {
        let server: Arc<dyn Server> = Arc::new(server);
        Self {
            databases: Arc::new(Databases::new(server.clone())),
            server,
            trials: Vec::new(),
            is_tortured: false,
            others: Vec::new(),
        }
    }

    /// Adds the [contract](contract()) of every store.
    #[must_use]
    pub fn contract(self) -> Self {
        let trials = contract(&self.named("contract"), &self.backend());
        self.with(trials)
    }

    /// Adds the [torture test](crate::store::torture). It runs after all other trials, because it
    /// may kill the server.
    ///
    /// `ES_TORTURE_SECONDS` sets its duration and `ES_TORTURE_SEED` its seed.
    /// `ES_TORTURE_KILLS_SERVERS` permits it to kill the server of `scripts/services.sh`.
    #[must_use]
    pub fn torture(mut self) -> Self {
        self.is_tortured = true;
        self
    }

    /// Adds the cases of the server, the network and other programs.
    #[must_use]
    pub fn server(self) -> Self {
        let group = self.named("server");
        let trials = trials(&self.server, &self.databases, &group, cases::CASES);
        self.with(trials)
    }

    /// Adds the cases of TLS connections. They are ignored unless `ES_TLS` names the folder of the
    /// server's certificates.
    #[must_use]
    pub fn tls(self, server: impl TlsServer) -> Self {
        let server: Arc<dyn TlsServer> = Arc::new(server);
        let trials = trials(&server, &self.databases, &self.named("tls"), tls::CASES);
        self.with(only_with(tls::VARIABLE, trials))
    }

    /// Adds the cases of SQL servers.
    #[must_use]
    pub fn sql(self, server: impl SqlServer) -> Self {
        let server: Arc<dyn SqlServer> = Arc::new(server);
        let trials = trials(&server, &self.databases, &self.named("sql"), sql::CASES);
        self.with(trials)
    }

    /// Adds tests of one store. Their names begin with `group`.
    #[must_use]
    pub fn own(self, group: &str, own: &[OwnCase]) -> Self {
        let trials = self.own_trials(group, own);
        self.with(trials)
    }

    /// Adds tests of one store that are ignored unless an environment variable is set.
    #[must_use]
    pub fn own_with(self, variable: &str, group: &str, own: &[OwnCase]) -> Self {
        let trials = self.own_trials(group, own);
        self.with(only_with(variable, trials))
    }

    /// Adds the suite of another server.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.others.push(other);
        self
    }

    /// Runs all trials.
    ///
    /// # Panics
    ///
    /// If a database that a trial created cannot be dropped.
    #[must_use]
    pub fn run(mut self) -> ExitCode {
        if self.is_tortured && become_writer(&self.backend()) {
            return ExitCode::SUCCESS;
        }
        let mut suites = std::mem::take(&mut self.others);
        suites.insert(0, self);
        let trials = suites.iter_mut().flat_map(Self::take_trials).collect();
        let torture = suites.iter().filter_map(Self::torture_trial).collect();
        let exit_code = run_in_turns([trials, torture]);
        let runtime = Runtime::new().expect("the runtime starts");
        for suite in suites {
            runtime.block_on(suite.databases.drop_all());
        }
        exit_code
    }

    fn take_trials(&mut self) -> Vec<Trial> {
        let is_missing = !self.server.is_available();
        let trials = std::mem::take(&mut self.trials).into_iter();
        let trials = trials.map(|trial| ignored_if(is_missing, trial));
        trials.collect()
    }

    fn torture_trial(&self) -> Option<Trial> {
        if !self.is_tortured {
            return None;
        }
        let (backend, server) = (self.backend(), self.server.clone());
        let name = "torture::nothing_is_skipped_doubled_reordered_or_lost";
        let trial = Trial::test(name, move || server.torture().run(&backend).outcome());
        Some(ignored_if(!self.server.is_available(), trial))
    }

    fn own_trials(&self, group: &str, own: &[OwnCase]) -> Vec<Trial> {
        let group = self.named(group);
        let trial = |(promise, check): OwnCase| {
            let databases = self.databases.clone();
            let test = move || {
                run(async move {
                    check(databases.new_database().await).await;
                    Ok(())
                })
            };
            Trial::ignorable_test(format!("{group}::{promise}"), test)
        };
        own.iter().copied().map(trial).collect()
    }

    fn with(mut self, trials: Vec<Trial>) -> Self {
        self.trials.extend(trials);
        self
    }

    fn named(&self, group: &str) -> String {
        format!("{group}::{}", self.server.name())
    }

    fn backend(&self) -> Arc<dyn Backend> {
        self.databases.clone()
    }
}

/// Marks a trial as ignored if `is_missing`, and never removes the mark.
fn ignored_if(is_missing: bool, trial: Trial) -> Trial {
    if is_missing {
        trial.with_ignored_flag(true)
    } else {
        trial
    }
}

fn only_with(variable: &str, trials: Vec<Trial>) -> Vec<Trial> {
    let is_missing = std::env::var_os(variable).is_none();
    let trials = trials.into_iter();
    trials.map(|trial| ignored_if(is_missing, trial)).collect()
}

/// Returns the message of an error, followed by those of its sources.
#[must_use]
pub fn text(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

/// Repeats an operation while the store is unavailable, and returns its result. A full server takes
/// a moment to notice that a client has disconnected.
///
/// # Panics
///
/// If the store is still unavailable after a minute, or if the operation fails with another error.
pub async fn when_available<T, F>(operation: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, RecordError>>,
{
    let trying = async {
        loop {
            match operation().await {
                Err(RecordError::Unavailable { .. }) => sleep(Duration::from_millis(20)).await,
                answer => return answer.expect("the operation succeeds"),
            }
        }
    };
    let answer = timeout(Duration::from_secs(60), trying).await;
    answer.expect("the store is available within a minute")
}
