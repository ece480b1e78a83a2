use std::error::Error;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use es_store::RecordError;
use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use super::cases::{CASES, OnServer};
use super::{Databases, Server, TlsServer, tls};
use crate::store::case::run;
use crate::store::torture::become_writer;
use crate::store::{Backend, contract};

/// The tests of a store on a server. Each function is the whole `main` of a test.
pub struct Suite {
    databases: Arc<Databases>,
    server: Arc<dyn Server>,
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
    /// Of this server.
    pub fn of(server: impl Server) -> Self {
        Self::over(Arc::new(server))
    }

    fn over(server: Arc<dyn Server>) -> Self {
        Self {
            databases: Arc::new(Databases::of(server.clone())),
            server,
        }
    }

    /// The store keeps the [contract](contract()).
    #[must_use]
    pub fn contract(&self) -> ExitCode {
        self.run(contract(self.server.name(), &self.backend()))
    }

    /// Processes write to one database, conflict, are disturbed, cut off and killed, and so is the server; nothing is skipped
    /// and nothing lost. `ES_TORTURE_SECONDS` makes it longer, `ES_TORTURE_SEED` repeats one, `ES_TORTURE_KILLS_SERVERS`
    /// kills the server of `scripts/services.sh` as well.
    #[must_use]
    pub fn torture(&self) -> ExitCode {
        let (backend, server) = (self.backend(), self.server.clone());
        if become_writer(&backend) {
            return ExitCode::SUCCESS;
        }
        self.run(vec![Trial::test(
            "nothing_is_skipped_doubled_reordered_or_lost",
            move || server.torture().run(&backend).outcome(),
        )])
    }

    /// What the server, the network and other programs do, and what the store makes of it.
    #[must_use]
    pub fn server(&self, own: &[OwnCase]) -> ExitCode {
        let mut trials = Vec::new();
        for case in CASES {
            let (databases, check) = (self.databases.clone(), case.check);
            let checking = async move { check(OnServer::new(&databases).await).await };
            let trial = Trial::ignorable_test(self.named(case.promise), move || run(checking));
            trials.push(trial);
        }
        trials.extend(self.own_trials(own));
        self.run(trials)
    }

    /// Connections by TLS to the server, where `ES_TLS` names the folder of its certificates.
    #[must_use]
    pub fn tls(server: impl TlsServer) -> ExitCode {
        let server = Arc::new(server);
        let suite = Self::over(server.clone());
        let server: Arc<dyn TlsServer> = server;
        let is_missing = std::env::var_os(tls::VARIABLE).is_none();
        let trials = tls::trials(&server, &suite.databases).into_iter();
        let trials = trials.map(|trial| trial.with_ignored_flag(is_missing));
        suite.run(trials.collect())
    }

    /// What only one store promises, where this variable says what it takes: certificates, say. Ignored without it.
    #[must_use]
    pub fn own(&self, variable: &str, own: &[OwnCase]) -> ExitCode {
        let is_missing = std::env::var_os(variable).is_none();
        let trials = self.own_trials(own).into_iter();
        let trials = trials.map(|trial| trial.with_ignored_flag(is_missing));
        self.run(trials.collect())
    }

    fn own_trials(&self, own: &[OwnCase]) -> Vec<Trial> {
        let trial = |(promise, check): OwnCase| {
            let databases = self.databases.clone();
            let checking = async move {
                check(databases.new_one().await).await;
                Ok(())
            };
            Trial::ignorable_test(self.named(promise), move || run(checking))
        };
        own.iter().copied().map(trial).collect()
    }

    fn named(&self, promise: &str) -> String {
        format!("{}::{promise}", self.server.name())
    }

    fn backend(&self) -> Arc<dyn Backend> {
        self.databases.clone()
    }

    fn run(&self, trials: Vec<Trial>) -> ExitCode {
        let is_missing = !self.server.is_there();
        let trials = trials.into_iter();
        let ignored = |trial: Trial| {
            if is_missing {
                trial.with_ignored_flag(true)
            } else {
                trial
            }
        };
        let trials = trials.map(ignored);
        let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(self.databases.drop_all());
        conclusion.exit_code()
    }
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
