//! Hand-written code for comparison, with the same table, the same settings and the same guarantees
//! within one process.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use es_store::{Position, SequencedItem};
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::event;
use crate::ours::open;

const MAX_ID: &str = "SELECT COALESCE(MAX(id), 0) FROM stored_events";
const INSERT: &str = "INSERT INTO stored_events VALUES (?1, ?2, ?3, ?4, ?5)";

fn connect(runtime: &Runtime, path: &Path) -> Connection {
    // Our store creates the table, so that it is the same.
    runtime
        .block_on(async { open(path).await.close().await })
        .expect("closed");
    let connection = Connection::open(path).expect("opened");
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .expect("set");
    for (pragma, value) in [
        ("synchronous", 2),
        ("cache_size", -65_536),
        ("wal_autocheckpoint", 10_000),
    ] {
        connection.pragma_update(None, pragma, value).expect("set");
    }
    connection
}

fn insert(insert: &mut CachedStatement<'_>, id: i64, item: &SequencedItem) {
    let Position::Integer(position) = item.position else {
        panic!("a whole number")
    };
    let sequence = item.sequence_id.as_bytes().as_slice();
    let row = params![id, sequence, position, item.topic.as_str(), &*item.data];
    insert.execute(row).expect("inserted");
}

fn write<'i>(connection: &mut Connection, items: impl Iterator<Item = &'i SequencedItem>) {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .expect("begun");
    {
        let mut max_id = transaction.prepare_cached(MAX_ID).expect("prepared");
        let max: i64 = max_id.query_row([], |row| row.get(0)).expect("read");
        let mut statement = transaction.prepare_cached(INSERT).expect("prepared");
        for (id, item) in (max + 1..).zip(items) {
            insert(&mut statement, id, item);
        }
    }
    transaction.commit().expect("committed");
}

/// One caller, one transaction per event, no extra thread.
pub(crate) fn plain(runtime: &Runtime, path: &Path, _callers: usize, n: usize) -> Duration {
    let mut connection = connect(runtime, path);
    let id = Uuid::now_v7();
    let start = Instant::now();
    for n in 0..n {
        write(&mut connection, std::iter::once(&event(id, n)));
    }
    start.elapsed()
}

/// Callers that share one connection.
pub(crate) fn mutex(runtime: &Runtime, path: &Path, callers: usize, n: usize) -> Duration {
    let connection = Arc::new(Mutex::new(connect(runtime, path)));
    let start = Instant::now();
    thread::scope(|scope| {
        for caller in 0..callers {
            let share = n / callers + usize::from(caller < n % callers);
            let connection = connection.clone();
            scope.spawn(move || {
                let id = Uuid::now_v7();
                for n in 0..share {
                    let item = event(id, n);
                    write(
                        &mut connection.lock().expect("no panic"),
                        std::iter::once(&item),
                    );
                }
            });
        }
    });
    start.elapsed()
}

type Job = (SequencedItem, oneshot::Sender<()>);

/// A thread that drains a channel into a transaction.
pub(crate) fn group_commit(runtime: &Runtime, path: &Path, callers: usize, n: usize) -> Duration {
    let mut connection = connect(runtime, path);
    let (queue, mut jobs) = mpsc::channel::<Job>(4_096);
    let writer = thread::spawn(move || {
        while let Some(first) = jobs.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < 1_000 {
                match jobs.try_recv() {
                    Ok(job) => batch.push(job),
                    Err(_) => break,
                }
            }
            write(&mut connection, batch.iter().map(|(item, _)| item));
            for (_, reply) in batch {
                reply.send(()).expect("the caller waits");
            }
        }
    });
    let start = Instant::now();
    runtime.block_on(async {
        let mut calls = JoinSet::new();
        for caller in 0..callers {
            let (queue, share) = (
                queue.clone(),
                n / callers + usize::from(caller < n % callers),
            );
            calls.spawn(async move {
                let id = Uuid::now_v7();
                for n in 0..share {
                    let (reply, answer) = oneshot::channel();
                    queue
                        .send((event(id, n), reply))
                        .await
                        .expect("the writer lives");
                    answer.await.expect("the writer answers");
                }
            });
        }
        drop(queue);
        calls.join_all().await;
    });
    let time = start.elapsed();
    writer.join().expect("no panic");
    time
}
