//! Reading all notifications, locally and over HTTP, against a loop by hand over the same table.
//!
//! `ES_BENCH_NOTIFICATIONS` says how many; 100,000 unless told.

#![allow(missing_docs, clippy::cast_precision_loss)]
#![expect(unreachable_pub, reason = "the domain is written as that of a library")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use es::http::{LogRouter, RemoteNotificationLog, RunningServer, Server};
use es::notification_log::{NotificationLog, NotificationMapper, NotificationReader, SectionSize};
use es::{Aggregate, Application, Mutate, aggregate, event};
use uuid::Uuid;

/// Rounds; in each, every way of reading is timed once.
const ROUNDS: usize = 5;

/// Events of one aggregate, saved together.
const EVENTS: u64 = 1_000;

#[aggregate(events(Deposited))]
pub struct Account {
    #[created]
    pub owner: String,
    pub balance: i64,
}

/// Six fields, as in most domains.
#[event]
pub struct Deposited {
    pub amount: i64,
    pub currency: String,
    pub reference: String,
    pub channel: String,
    pub teller: u64,
    pub fee: f64,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.amount;
    }
}

fn account() -> Account {
    let mut account = Account::create("me").expect("a created event");
    for number in 1..EVENTS {
        let deposited = Deposited {
            amount: 7,
            currency: "EUR".to_owned(),
            reference: format!("reference {number}"),
            channel: "counter".to_owned(),
            teller: number % 9,
            fee: 0.25,
        };
        account.trigger(deposited).expect("a deposit");
    }
    account
}

/// What all ways of reading make: how many there were.
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

/// Whether notifications are made events again.
#[derive(Clone)]
enum Reading {
    Raw,
    Decoded(NotificationMapper),
}

async fn read(log: impl NotificationLog, size: u64, reading: Reading) -> u64 {
    let size = SectionSize::new(size).expect("a size");
    let mut reader = NotificationReader::new(log).section_size(Some(size));
    while let Some(notification) = reader.next().await {
        let notification = notification.expect("a notification");
        match &reading {
            Reading::Raw => drop(black_box(notification)),
            Reading::Decoded(mapper) => {
                let event = mapper.event::<Account>(&notification);
                black_box(event.expect("an event"));
            }
        }
    }
    reader.position()
}

/// Resident memory, in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}

async fn filled(path: &Path, count: u64) -> Application {
    let uri = format!("sqlite:///{}", path.display());
    let app = Application::builder()
        .uri(uri)
        .open()
        .await
        .expect("an application");
    for _ in 0..count.div_ceil(EVENTS) {
        app.save(&mut account()).await.expect("saved");
    }
    app
}

async fn served(app: &Application) -> (RunningServer, RemoteNotificationLog) {
    let log = app.notification_log().expect("a log");
    let server = Server::new(LogRouter::new(log).into_router());
    let server = server.start().await.expect("a server");
    let remote = RemoteNotificationLog::builder(server.url()).cache_bytes(0);
    (server, remote.build().expect("a remote log"))
}

fn report(times: &mut [(&str, f64, Vec<f64>)], count: u64) {
    let hand = times[0].2.clone();
    for (name, goal, times) in times {
        let mut ratios: Vec<_> = hand
            .iter()
            .zip(&*times)
            .map(|(hand, own)| hand / own)
            .collect();
        ratios.sort_by(f64::total_cmp);
        times.sort_by(f64::total_cmp);
        let (ratio, time) = (ratios[ROUNDS / 2], times[ROUNDS / 2]);
        let verdict = if ratio >= *goal { "met" } else { "MISSED" };
        let rate = count as f64 / time;
        println!("{name}: {rate:.0} events/s, {ratio:.2} of by hand (goal {goal:.2} {verdict})");
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let count = std::env::var("ES_BENCH_NOTIFICATIONS").ok();
    let count = count
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000);
    let directory = tempfile::tempdir().expect("a directory");
    let path: PathBuf = directory.path().join("events.db");
    let app = filled(&path, count).await;
    let (server, remote) = served(&app).await;
    let local = app.notification_log().expect("a log");
    let decoded = Reading::Decoded(NotificationMapper::from(app.event_store()));

    let mut times = [
        ("by hand", 0.0),
        ("local, raw", 0.8),
        ("local, decoded and checked", 0.5),
        ("local, raw, sections of 20", 0.0),
        ("HTTP, sections of 20", 0.0),
        ("HTTP, sections of 1,000", 0.25),
        ("HTTP, sections of 1,000, decoded and checked", 0.0),
    ]
    .map(|(name, goal)| (name, goal, Vec::new()));
    let before = resident();
    for _ in 0..ROUNDS {
        for (index, (_, _, times)) in times.iter_mut().enumerate() {
            let begin = Instant::now();
            let read = match index {
                0 => {
                    let path = path.clone();
                    let reading = tokio::task::spawn_blocking(move || by_hand(&path));
                    reading.await.expect("no panic")
                }
                1 => read(local.clone(), 1_000, Reading::Raw).await,
                2 => read(local.clone(), 1_000, decoded.clone()).await,
                3 => read(local.clone(), 20, Reading::Raw).await,
                4 => read(remote.clone(), 20, Reading::Raw).await,
                5 => read(remote.clone(), 1_000, Reading::Raw).await,
                _ => read(remote.clone(), 1_000, decoded.clone()).await,
            };
            times.push(begin.elapsed().as_secs_f64());
            assert_eq!(read, count);
        }
    }
    report(&mut times, count);
    println!(
        "resident: {before} MiB before, {} MiB after {ROUNDS} rounds",
        resident()
    );
    server.stop().await;
}
