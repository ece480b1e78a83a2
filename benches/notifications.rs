//! Reading all notifications, locally and over HTTP, compared with a hand-written loop over the
//! same table.
//!
//! `ES_BENCH_NOTIFICATIONS` sets the number of notifications. Default: 100,000.

#![allow(missing_docs, clippy::cast_precision_loss, clippy::print_stdout)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use es::Application;
use es::http::{LogRouter, RemoteNotificationLog, RunningServer, Server};
use es::notification_log::{
    LocalNotificationLog, NotificationLog, NotificationMapper, NotificationReader, SectionSize,
};
use uuid::Uuid;

#[path = "support/account.rs"]
mod account;

use account::Account;

/// Number of rounds; each times every way of reading once.
const ROUNDS: usize = 5;

/// Reads by hand and returns the number of records, as every way of reading does.
fn by_hand(path: &Path) -> u64 {
    struct Row {
        id: i64,
        originator_id: Uuid,
        originator_version: i64,
        event_type: String,
        state: String,
    }
    let connection = rusqlite::Connection::open(path).expect("the database");
    let sql = "SELECT id, originator_id, originator_version, event_type, state FROM stored_events ORDER BY id";
    let mut statement = connection.prepare(sql).expect("a statement");
    let mut rows = statement.query([]).expect("rows");
    let mut count = 0;
    while let Some(row) = rows.next().expect("a row") {
        let blob: [u8; 16] = row.get(1).expect("an id");
        let row = Row {
            id: row.get(0).expect("a number"),
            originator_id: Uuid::from_bytes(blob),
            originator_version: row.get(2).expect("a version"),
            event_type: row.get(3).expect("a type"),
            state: row.get(4).expect("a state"),
        };
        black_box((
            row.originator_id,
            row.originator_version,
            row.event_type,
            row.state,
        ));
        count = row.id.unsigned_abs();
    }
    count
}

/// The form in which notifications are read.
#[derive(Clone)]
enum Reading {
    Raw,
    Decoded(NotificationMapper),
}

async fn read(log: impl NotificationLog, size: u64, reading: Reading) -> u64 {
    let size = SectionSize::new(size).expect("a size");
    let mut reader = NotificationReader::new(log).section_size(Some(size));
    match reading {
        Reading::Raw => {
            while let Some(notification) = reader.next().await {
                drop(black_box(notification.expect("a notification")));
            }
            reader.position().get()
        }
        Reading::Decoded(mapper) => {
            while let Some(notification) = reader.next().await {
                let event = mapper.event::<Account>(&notification.expect("a notification"));
                drop(black_box(event.expect("an event")));
            }
            reader.position().get()
        }
    }
}

/// Returns the resident memory in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}

/// Returns the processor time of all threads of this process, in seconds.
fn cpu() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_A_SECOND
}

/// A way of reading and its time in each round.
struct Way {
    name: &'static str,
    goal: f64,
    times: Vec<f64>,
    cpu: f64,
}

async fn served(app: &Application) -> (RunningServer, RemoteNotificationLog) {
    let log = app.notification_log().expect("a log");
    let server = Server::new(LogRouter::new(log).into_router());
    let server = server
        .start()
        .await
        .expect("the server accepts the connection");
    let remote = RemoteNotificationLog::builder(server.url()).cache_bytes(0);
    (server, remote.build().expect("a remote log"))
}

fn report(ways: &mut [Way], count: u64) {
    let hand = ways[0].times.clone();
    for way in ways {
        let ratios = hand.iter().zip(&way.times).map(|(hand, own)| hand / own);
        let mut ratios: Vec<_> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        way.times.sort_by(f64::total_cmp);
        let (ratio, time) = (ratios[ROUNDS / 2], way.times[ROUNDS / 2]);
        let verdict = if ratio >= way.goal { "met" } else { "MISSED" };
        let (rate, cpu) = (
            count as f64 / time,
            way.cpu * 1e6 / count as f64 / ROUNDS as f64,
        );
        let (name, goal) = (way.name, way.goal);
        println!(
            "{name}: {rate:.0} events/s, {ratio:.2} of by hand (goal {goal:.2} {verdict}), {cpu:.2} us of processor time each"
        );
    }
}

/// The logs and tables to read.
struct Bench {
    path: PathBuf,
    local: LocalNotificationLog,
    remote: RemoteNotificationLog,
    decoded: Reading,
}

const WAYS: [(&str, f64); 7] = [
    ("by hand", 0.0),
    ("local, raw", 0.8),
    ("local, decoded and checked", 0.5),
    ("local, raw, sections of 20", 0.0),
    ("HTTP, sections of 20", 0.0),
    ("HTTP, sections of 1,000", 0.25),
    ("HTTP, sections of 1,000, decoded and checked", 0.0),
];

impl Bench {
    /// Reads all notifications in one of the ways.
    async fn read(&self, way: usize) -> u64 {
        let (local, remote) = (self.local.clone(), self.remote.clone());
        let decoded = self.decoded.clone();
        match way {
            0 => {
                let path = self.path.clone();
                let reading = tokio::task::spawn_blocking(move || by_hand(&path));
                reading.await.expect("no panic")
            }
            1 => read(local, 1_000, Reading::Raw).await,
            2 => read(local, 1_000, decoded).await,
            3 => read(local, 20, Reading::Raw).await,
            4 => read(remote, 20, Reading::Raw).await,
            5 => read(remote, 1_000, Reading::Raw).await,
            _ => read(remote, 1_000, decoded).await,
        }
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let count = account::count();
    let directory = tempfile::tempdir().expect("a directory");
    let path: PathBuf = directory.path().join("events.db");
    let app = account::filled(&path, count).await;
    let (server, remote) = served(&app).await;
    let bench = Bench {
        path,
        local: app.notification_log().expect("a log"),
        remote,
        decoded: Reading::Decoded(NotificationMapper::from(app.event_store())),
    };
    let mut ways = WAYS.map(|(name, goal)| Way {
        name,
        goal,
        times: Vec::new(),
        cpu: 0.0,
    });
    let before = resident();
    for _ in 0..ROUNDS {
        for (index, way) in ways.iter_mut().enumerate() {
            let (begin, before) = (Instant::now(), cpu());
            assert_eq!(bench.read(index).await, count);
            way.times.push(begin.elapsed().as_secs_f64());
            way.cpu += cpu() - before;
        }
    }
    report(&mut ways, count);
    println!(
        "resident: {before} MiB before, {} MiB after {ROUNDS} rounds",
        resident()
    );
    server.stop().await;
}
