use std::error::Error;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use es_store::RecordError;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::cases::{CASES, OnServer};
use super::{Databases, Server, SqlServer, TlsServer, sql, tls};
use crate::store::case::run;
use crate::store::torture::become_writer;
use crate::store::{Backend, contract, run_in_turns};

/// The tests of a store on a server, as the whole `main` of a test without a harness:
///
/// ```ignore
/// fn main() -> ExitCode {
///     Suite::new(Postgres).contract().server().tls(Postgres).torture().run()
/// }
/// ```
///
/// Trials are ignored if there is no server.
pub struct Suite {
    databases: Arc<Databases>,
    server: Arc<dyn Server>,
    trials: Vec<Trial>,
    is_tortured: bool,
    /// Suites of other servers that this program tests too.
    others: Vec<Suite>,
}

/// What only one store promises: a name, and what is done with a new database of the name it is given.
/// [`own_cases!`](crate::own_cases) makes a list of them.
pub type OwnCase = (
    &'static str,
    fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>>,
);

/// Names functions `async fn(database: String)` as [`OwnCase`](crate::store::servers::OwnCase)s.
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

    /// Adds the [contract](contract()) that every store keeps.
    #[must_use]
    pub fn contract(self) -> Self {
        let trials = contract(&self.named("contract"), &self.backend());
        self.with(trials)
    }

    /// Adds the torture test, which runs after all other trials: it may kill the server.
    ///
    /// Processes write to one database, conflict, are disturbed, cut off and killed, and so is the server; nothing is skipped
    /// and nothing lost. `ES_TORTURE_SECONDS` makes it longer, `ES_TORTURE_SEED` repeats one, `ES_TORTURE_KILLS_SERVERS`
    /// kills the server of `scripts/services.sh` as well.
    #[must_use]
    pub fn torture(mut self) -> Self {
        self.is_tortured = true;
        self
    }

    /// Adds the cases of the server, the network and other programs.
    #[must_use]
    pub fn server(self) -> Self {
        let trials = CASES.iter().map(|case| {
            let (databases, check) = (self.databases.clone(), case.check);
            let checking = async move { check(OnServer::new(&databases).await).await };
            let name = format!("{}::{}", self.named("server"), case.promise);
            Trial::ignorable_test(name, move || run(checking))
        });
        let trials = trials.collect();
        self.with(trials)
    }

    /// Adds the cases of connections by TLS. They are ignored unless `ES_TLS` names the folder of the server's certificates.
    #[must_use]
    pub fn tls(self, server: impl TlsServer) -> Self {
        let server: Arc<dyn TlsServer> = Arc::new(server);
        let trials = tls::trials(&server, &self.databases, &self.named("tls"));
        self.with(only_with(tls::VARIABLE, trials))
    }

    /// Adds the cases of servers that speak SQL.
    #[must_use]
    pub fn sql(self, server: impl SqlServer) -> Self {
        let server: Arc<dyn SqlServer> = Arc::new(server);
        let trials = sql::trials(&server, &self.databases, &self.named("sql"));
        self.with(trials)
    }

    /// Adds cases of one store; `group` is the beginning of their names.
    #[must_use]
    pub fn own(self, group: &str, own: &[OwnCase]) -> Self {
        let trials = self.own_trials(group, own);
        self.with(trials)
    }

    /// Adds cases of one store that are ignored unless a variable is set.
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
    /// If a database that a trial made cannot be dropped.
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
        let runtime = Runtime::new().expect("a runtime");
        for suite in suites {
            runtime.block_on(suite.databases.drop_all());
        }
        exit_code
    }

    fn take_trials(&mut self) -> Vec<Trial> {
        let is_missing = !self.server.is_there();
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
        Some(ignored_if(!self.server.is_there(), trial))
    }

    fn own_trials(&self, group: &str, own: &[OwnCase]) -> Vec<Trial> {
        let group = self.named(group);
        let trial = |(promise, check): OwnCase| {
            let databases = self.databases.clone();
            let checking = async move {
                check(databases.new_one().await).await;
                Ok(())
            };
            Trial::ignorable_test(format!("{group}::{promise}"), move || run(checking))
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

/// A flag that is set once stays set.
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

/// An error with its sources.
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

/// What an operation answers when the server can be had again: it takes its time to see that a client has gone.
///
/// # Panics
///
/// Where it cannot be had within a minute, or answers with another error.
pub async fn when_available<T, F>(operation: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, RecordError>>,
{
    let trying = async {
        loop {
            match operation().await {
                Err(RecordError::Unavailable { .. }) => sleep(Duration::from_millis(20)).await,
                answer => return answer.expect("an answer"),
            }
        }
    };
    let answer = timeout(Duration::from_secs(60), trying).await;
    answer.expect("it comes back")
}
