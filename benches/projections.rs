//! Catching up with an existing log into a `SQLite` table: a projection and its runner compared
//! with a hand-written loop over the same tables.
//!
//! `ES_BENCH_NOTIFICATIONS` sets the number of events. Default: 100,000.

#![allow(missing_docs, clippy::print_stdout, clippy::unused_self)]

#[path = "support/account.rs"]
mod account;
#[path = "support/ratio.rs"]
mod ratio;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use account::{Account, Deposited};
use es::projections::Runner;
use es::sqlite::{SqliteOptions, SqliteReadModel, SqliteTransaction};
use es::{Application, BoxError, EventHeader, RecordId, projection};
use ratio::Ratio;
use rusqlite::{Connection, params};
use serde::Deserialize;
use tokio::runtime::Runtime;

const GOAL: f64 = 0.6;

/// Number of rounds. It is small because a round of a million events takes long.
const ROUNDS: usize = 5;

/// Number of events per transaction, on both sides.
const BATCH: usize = 1_000;

/// The stored topic.
const TOPIC: &str = "Account.Deposited";

const TABLE: &str = "CREATE TABLE balances (account BLOB PRIMARY KEY, cents INTEGER NOT NULL, deposits INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID";

const UPSERT: &str = "INSERT INTO balances (account, cents, deposits, last) VALUES (?1, ?2, 1, ?3)
    ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents, deposits = deposits + 1, last = excluded.last";

struct Balances;

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl Balances {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        let at = i64::try_from(at.get())?;
        let account = header.originator_id.as_bytes();
        let mut upsert = transaction.prepare_cached(UPSERT)?;
        upsert.execute(params![account, event.amount, at])?;
        Ok(())
    }
}

/// The event as the hand-written loop reads it. The loop trusts the store and verifies no hash.
#[derive(Deserialize)]
#[allow(
    dead_code,
    reason = "they are decoded, as the projection's event has them"
)]
struct StoredDeposit {
    amount: i64,
    currency: String,
    reference: String,
    channel: String,
    teller: u64,
    fee: f64,
}

/// Opens a database with the library's settings: a commit is on disk.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

/// Catches up by hand: one transaction per batch, with the position in it.
fn by_hand(events: &Path, folder: &Path) -> Result<(), BoxError> {
    let log = Connection::open(events)?;
    let mut model = open(&folder.join("read.db"))?;
    model.execute_batch(TABLE)?;
    model.execute_batch("CREATE TABLE positions (name TEXT PRIMARY KEY, position INTEGER); INSERT INTO positions VALUES ('balances', 0)")?;
    let mut page = log.prepare("SELECT id, originator_id, event_type, state FROM stored_events WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut position = 0_i64;
    loop {
        let transaction =
            model.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let before = position;
        {
            let mut upsert = transaction.prepare_cached(UPSERT)?;
            let mut rows = page.query(params![position, i64::try_from(BATCH)?])?;
            while let Some(row) = rows.next()? {
                position = row.get(0)?;
                if row.get_ref(2)?.as_str()? != TOPIC {
                    continue;
                }
                let deposit: StoredDeposit = serde_json::from_str(row.get_ref(3)?.as_str()?)?;
                let account = row.get_ref(1)?.as_blob()?;
                upsert.execute(params![account, deposit.amount, position])?;
            }
        }
        if position == before {
            return Ok(());
        }
        transaction
            .prepare_cached("UPDATE positions SET position = ?1 WHERE name = 'balances'")?
            .execute([position])?;
        transaction.commit()?;
    }
}

async fn projected(app: &Application, folder: &Path, last: u64) -> es::Result<()> {
    let model = SqliteReadModel::open(SqliteOptions::file(folder.join("read.db"))).await?;
    model
        .write(|connection| connection.execute_batch(TABLE))
        .await?;
    let runner = Runner::new(Balances, model, app)?.batch_size(BATCH);
    let running = runner.start().await?;
    running.wait_for(last, Duration::from_secs(3_600)).await?;
    running.stop().await
}

/// Runs a catch-up in a folder of its own, so that it starts empty.
fn in_new_folder<T>(work: impl FnOnce(&Path) -> T) -> (T, i64) {
    let folder = tempfile::tempdir().expect("a directory");
    let done = work(folder.path());
    let model = Connection::open(folder.path().join("read.db")).expect("the read model");
    let sum = model.query_row(
        "SELECT sum(cents * deposits + last) FROM balances",
        [],
        |row| row.get(0),
    );
    (done, sum.expect("a sum"))
}

fn main() {
    let last = account::count();
    let folder = tempfile::tempdir().expect("a directory");
    let path: PathBuf = folder.path().join("events.db");
    let runtime = Runtime::new().expect("the runtime starts");
    let app = runtime.block_on(account::filled(&path, last));
    let ours = || {
        in_new_folder(|folder| {
            runtime
                .block_on(projected(&app, folder, last))
                .expect("the read model catches up");
        })
    };
    let theirs =
        || in_new_folder(|folder| by_hand(&path, folder).expect("the read model catches up"));
    let began = Instant::now();
    assert_eq!(ours().1, theirs().1, "both come to the same");
    println!(
        "a projection and by hand, one after the other: {:.1?}",
        began.elapsed()
    );
    let ratio = Ratio {
        rounds: ROUNDS,
        things: Some(last),
        ..Ratio::new(format!("catch-up of {last} events"), GOAL)
    };
    ratio.print(|| _ = ours(), || _ = theirs());
}
