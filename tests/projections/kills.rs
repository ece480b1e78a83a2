//! Runners that are processes of their own, and are killed at random while events come.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use es::projection::{Projections, Runner};

use super::domain::{deposit, fold, head};
use super::mysql::Mysql;
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::store::{LONG, Store, faultless};

/// The variables that make a process a runner: where, and of which store.
const PLACE: &str = "ES_PROJECTION_PLACE";
const STORE: &str = "ES_PROJECTION_STORE";

/// Runs a projection until it is killed, where this process was started to do so.
pub(crate) fn become_runner() -> bool {
    let (Some(place), Ok(store)) = (std::env::var_os(PLACE), std::env::var(STORE)) else {
        return false;
    };
    let place = PathBuf::from(place);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match store.as_str() {
        Sqlite::NAME => runtime.block_on(follow::<Sqlite>(&place)),
        Postgres::NAME => runtime.block_on(follow::<Postgres>(&place)),
        Mysql::NAME => runtime.block_on(follow::<Mysql>(&place)),
        other => panic!("no store `{other}`"),
    }
    true
}

async fn follow<S: Store>(place: &Path) {
    let (app, model) = (S::application(place).await, S::open(place).await);
    let runner = Runner::new(S::projection(faultless()), model, &app).expect("a log");
    let runner = runner.lease(Duration::from_millis(100)).batch_size(100);
    let running = runner.start().await.expect("it starts");
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
    let place = tempfile::tempdir().expect("a directory");
    let (app, model) = (
        S::application(place.path()).await,
        S::open(place.path()).await,
    );
    let writing = {
        let app = app.clone();
        tokio::spawn(async move {
            // An account has its first event, and then two for a deposit.
            while head(&app).await.get() < events {
                deposit(&app, 20, 5).await;
            }
        })
    };
    let mut child = spawn::<S>(place.path());
    for n in 0..kills {
        // From at once to a little more than the lease.
        tokio::time::sleep(Duration::from_millis(30 + (n * 7_919) % 250)).await;
        child.kill().expect("it is ours");
        child.wait().expect("it is ours");
        child = spawn::<S>(place.path());
    }
    writing.await.expect("no panic");
    let last = head(&app).await;
    let projections = Projections::of(model.clone());
    super::store::until(|| async { projections.get("balances").await.is_ok() }).await;
    let reached = projections.wait_for("balances", last, LONG).await;
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    reached.expect("it comes so far");
    assert_eq!(S::read(&model).await, fold(&app).await);
    let epoch = projections.get("balances").await.expect("there").epoch;
    assert!(epoch > 1, "the lease changed hands: {epoch}");
    announce(kills, last.get(), epoch);
}

#[allow(clippy::print_stdout, reason = "a test prints")]
fn announce(kills: u64, events: u64, epoch: u64) {
    println!(
        "projections: {kills} kills while {events} events came, {epoch} owners, nothing twice"
    );
}

fn spawn<S: Store>(place: &Path) -> Child {
    let program = std::env::current_exe().expect("this program's path");
    Command::new(program)
        .env(PLACE, place)
        .env(STORE, S::NAME)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a runner starts")
}
