//! Loading an aggregate of 100,000 events from a snapshot, compared with an aggregate that has only
//! the later events.
//!
//! `cargo bench --bench snapshots` prints the relative speed, 1 being equal; the goal is a third.

#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;

use es::{Aggregate, Application, Mutate, aggregate, event};
use tokio::runtime::Runtime;
use uuid::Uuid;

#[path = "support/ratio.rs"]
mod ratio;

use ratio::Ratio;

#[aggregate(snapshot, events(Deposited))]
pub struct Account {
    #[created]
    pub owner: String,
    pub balance: i64,
    pub last: String,
}

#[event]
pub struct Deposited {
    pub amount: i64,
    pub reference: String,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.amount;
        account.last.clone_from(&self.reference);
    }
}

const EVENTS: u64 = 100_000;
const GOAL: f64 = 1.0 / 3.0;
const LOADS: usize = 50;

/// Creates an account with the given number of events.
async fn account(app: &Application, events: u64) -> Uuid {
    let mut account = Account::create("me").expect("a created event");
    for number in 1..events {
        let reference = format!("reference {number}");
        let deposited = Deposited {
            amount: 7,
            reference,
        };
        account.trigger(deposited).expect("triggered");
        if number % 1_000 == 0 {
            app.save(&mut account).await.expect("saved");
        }
    }
    app.save(&mut account).await.expect("saved");
    account.id()
}

fn measure(runtime: &Runtime, name: &str, uri: &str) {
    let builder = Application::builder().uri(uri).snapshots();
    let app = runtime.block_on(builder.open()).expect("opened");
    let load = |id: Uuid| {
        runtime.block_on(async {
            for _ in 0..LOADS {
                black_box(app.get::<Account>(id).await.expect("found"));
            }
        });
    };
    for since in [1, 10, 100, 1_000] {
        let long = runtime.block_on(account(&app, EVENTS));
        let version = i64::try_from(EVENTS - 1 - since).expect("a version");
        let taken = app.take_snapshot::<Account>(long, ..=version);
        runtime.block_on(taken).expect("taken").expect("events");
        let short = runtime.block_on(account(&app, since));
        let name = format!("{name}, {since} events after the snapshot");
        Ratio::new(name, GOAL).print(|| load(long), || load(short));
    }
    runtime.block_on(app.close()).expect("closed");
}

fn main() {
    let runtime = Runtime::new().expect("the runtime starts");
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:///{}", folder.path().join("bench.db").display());
    measure(&runtime, "in memory", "memory:");
    measure(&runtime, "SQLite, in a file", &file);
}
