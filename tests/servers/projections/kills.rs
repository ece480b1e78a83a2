//! A case of runners that are processes and are killed at random while events are stored.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use es::projections::{Projections, ReadModel, Runner};

use super::domain::{deposit, fold, head};
#[cfg(feature = "mysql")]
use super::mysql::Mysql;
#[cfg(feature = "postgres")]
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::store::{LONG, Store, faultless, until};

/// The variables that turn a process into a runner: its folder and its store.
const FOLDER: &str = "ES_PROJECTION_PLACE";
const STORE: &str = "ES_PROJECTION_STORE";

/// Runs a projection until the process is killed, and returns true, if this process was started as
/// a runner.
pub(crate) fn become_runner() -> bool {
    let (Some(folder), Ok(store)) = (std::env::var_os(FOLDER), std::env::var(STORE)) else {
        return false;
    };
    let folder = PathBuf::from(folder);
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    match store.as_str() {
        Sqlite::NAME => runtime.block_on(follow::<Sqlite>(&folder)),
        #[cfg(feature = "postgres")]
        Postgres::NAME => runtime.block_on(follow::<Postgres>(&folder)),
        #[cfg(feature = "mysql")]
        Mysql::NAME => runtime.block_on(follow::<Mysql>(&folder)),
        other => panic!("no store `{other}`"),
    }
    true
}

async fn follow<S: Store>(folder: &Path) {
    let (app, model) = (S::application(folder).await, S::open(folder).await);
    let runner = Runner::new(S::projection(faultless()), model, &app).expect("a log");
    let runner = runner.lease(Duration::from_millis(100)).batch_size(100);
    let running = runner.start().await.expect("the runner starts");
    running.ended().await.expect("it runs until it is killed");
}

fn number(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("a whole number"))
}

pub(crate) async fn run<S: Store>() {
    let (kills, events) = (
        number("ES_PROJECTION_KILLS", 12),
        number("ES_PROJECTION_EVENTS", 6_000),
    );
    let folder = tempfile::tempdir().expect("a directory");
    let (app, model) = (
        S::application(folder.path()).await,
        S::open(folder.path()).await,
    );
    let writing = {
        let app = app.clone();
        tokio::spawn(async move {
            // An account has one event, and two for each deposit.
            while head(&app).await.get() < events {
                deposit(&app, 20, 5).await;
            }
        })
    };
    let projections = Projections::new(model.clone());
    let mut runner = RunnerProcess::spawn::<S>(folder.path(), 0);
    for n in 0..kills {
        if n % 2 == 0 {
            // At any time, also before the runner has the lease.
            tokio::time::sleep(Duration::from_millis(30 + (n * 7_919) % 250)).await;
        } else {
            // While it works: the runner has owned the lease for a moment.
            let before = epoch(&projections).await;
            until(|| async { epoch(&projections).await > before }).await;
            tokio::time::sleep(Duration::from_millis((n * 7_919) % 50)).await;
        }
        runner.kill();
        runner = RunnerProcess::spawn::<S>(folder.path(), n + 1);
    }
    writing.await.expect("no panic");
    let last = head(&app).await;
    until(|| async { projections.get("balances").await.is_ok() }).await;
    let reached = projections.wait_for("balances", last, LONG).await;
    runner.kill();
    reached.expect("the runner reaches the position");
    assert_eq!(S::read(&model).await, fold(&app).await);
    let owners = epoch(&projections).await;
    assert!(owners > kills / 2, "the lease changed hands: {owners}");
    print_figures(kills, last.get(), owners);
}

/// Returns the number of owners so far.
async fn epoch<M: ReadModel>(projections: &Projections<M>) -> u64 {
    let row = projections.get("balances").await;
    row.map_or(0, |row| row.epoch)
}

#[allow(clippy::print_stdout, reason = "a test prints")]
fn print_figures(kills: u64, events: u64, epoch: u64) {
    println!(
        "projections: {kills} kills during {events} events, {epoch} owners, no event handled twice"
    );
}

/// A runner process. It writes the reason of its end into a file.
struct RunnerProcess {
    child: Child,
    error_file: PathBuf,
}

impl RunnerProcess {
    fn spawn<S: Store>(folder: &Path, n: u64) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        let error_file = folder.join(format!("runner-{n}.txt"));
        let child = Command::new(program)
            .env(FOLDER, folder)
            .env(STORE, S::NAME)
            .stdout(Stdio::null())
            .stderr(File::create(&error_file).expect("a file"))
            .spawn()
            .expect("a runner starts");
        Self { child, error_file }
    }

    /// Kills the process. It must be alive, because no runner ends by itself.
    fn kill(&mut self) {
        if let Some(status) = self
            .child
            .try_wait()
            .expect("a child process is controlled by its parent")
        {
            let error = std::fs::read_to_string(&self.error_file).unwrap_or_default();
            panic!("a runner has ended by itself: {status}: {error}");
        }
        self.child
            .kill()
            .expect("a child process is controlled by its parent");
        self.child
            .wait()
            .expect("a child process is controlled by its parent");
    }
}

impl Drop for RunnerProcess {
    /// Ends the process if the test fails.
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}
