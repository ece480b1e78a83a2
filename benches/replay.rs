//! Replaying an aggregate, compared with a hand-written loop that makes the same checks on the same
//! bytes.

#![allow(clippy::print_stdout, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group};
use es::domain::{Replay, Stored};
use es::{Aggregate, Mutate, Salt, Topic, aggregate, event};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

#[path = "support/ratio.rs"]
mod ratio;

use ratio::Ratio;

#[aggregate(events(Deposited, DepositedUnchecked))]
pub struct Account {
    #[created]
    pub owner: String,
    pub balance: i64,
    pub last: String,
}

/// Defines an event of six fields, a typical size.
macro_rules! deposited {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        pub struct $name {
            pub amount: i64,
            pub currency: String,
            pub reference: String,
            pub channel: String,
            pub teller: u32,
            pub fee: f64,
        }

        impl Mutate<Account> for $name {
            fn mutate(&self, account: &mut Account) {
                account.balance += self.amount;
                account.last.clone_from(&self.reference);
            }
        }

        impl $name {
            fn new(number: u32) -> Self {
                Self {
                    amount: i64::from(number) * 7,
                    currency: "EUR".to_owned(),
                    reference: format!("reference {number}"),
                    channel: "counter".to_owned(),
                    teller: number % 9,
                    fee: f64::from(number) / 8.0,
                }
            }
        }
    };
}

deposited! {
    #[event]
    Deposited
}

deposited! {
    #[event(round_trip = off)]
    DepositedUnchecked
}

struct Row {
    position: i64,
    topic: Topic,
    text: String,
}

const EVENTS: u32 = 1_000;

fn account(trigger: fn(&mut Account, u32) -> es::Result<()>) -> Account {
    let mut account = Account::create("me").expect("a created event");
    for number in 1..EVENTS {
        trigger(&mut account, number).expect("an event");
    }
    account
}

fn checked() -> Account {
    account(|account, number| account.trigger(Deposited::new(number)))
}

fn unchecked() -> Account {
    account(|account, number| account.trigger(DepositedUnchecked::new(number)))
}

fn sequence() -> (Uuid, Vec<Row>) {
    let account = checked();
    let row = |event: &es::DomainEvent<Account>| Row {
        position: i64::try_from(event.originator_version().get()).expect("a small number"),
        topic: event.topic().clone(),
        text: event.text().to_owned(),
    };
    (
        account.id(),
        account.pending_events().iter().map(row).collect(),
    )
}

fn ours(id: Uuid, salt: &Salt, rows: &[Row]) -> i64 {
    let mut replay = Replay::<Account>::new(id, salt.clone());
    for row in rows {
        let stored = Stored {
            sequence_id: id,
            position: row.position.into(),
            topic: &row.topic,
            text: &row.text,
        };
        replay.apply(stored).expect("a sound event");
    }
    replay.finish().expect("an account").balance
}

/// Hand-written replay for this one aggregate.
mod by_hand {
    use super::{Deserialize, Digest, Row, Sha256, Uuid};

    #[derive(Deserialize)]
    struct Header<'a> {
        #[serde(rename = "__event_hash__")]
        hash: &'a str,
        #[serde(rename = "__previous_hash__")]
        previous: &'a str,
        #[serde(borrow)]
        originator_id: Id<'a>,
        originator_version: i64,
    }

    #[derive(Deserialize)]
    struct Id<'a> {
        #[serde(rename = "UUID")]
        id: &'a str,
    }

    #[derive(Deserialize)]
    struct Created<'a> {
        #[serde(flatten, borrow)]
        header: Header<'a>,
        owner: String,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "decoded as the other side decodes them")]
    struct Deposited<'a> {
        #[serde(rename = "__event_hash__")]
        hash: &'a str,
        #[serde(rename = "__previous_hash__")]
        previous: &'a str,
        #[serde(borrow)]
        originator_id: Id<'a>,
        originator_version: i64,
        amount: i64,
        currency: String,
        reference: String,
        channel: String,
        teller: u32,
        fee: f64,
    }

    struct Account {
        _owner: String,
        balance: i64,
        last: String,
    }

    fn check(text: &str, hash: &str) {
        let rest = &text["{\"__event_hash__\":\"".len() + 64 + 2..];
        let mut hasher = Sha256::new();
        hasher.update("[{");
        hasher.update(rest);
        hasher.update(",\"\"]");
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(hasher.finalize()) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        assert_eq!(digits, hash.as_bytes());
    }

    pub(super) fn replay(id: Uuid, rows: &[Row]) -> i64 {
        let mut account: Option<Account> = None;
        let mut head = "";
        for (version, row) in (0..).zip(rows) {
            let Some(account) = &mut account else {
                let created: Created<'_> =
                    serde_json::from_str(&row.text).expect("a created event");
                assert_eq!(row.topic, "Account.Created");
                check(&row.text, created.header.hash);
                head = created.header.hash;
                assert_eq!(
                    (created.header.previous, created.header.originator_version),
                    ("", version)
                );
                assert_eq!(created.header.originator_id.id.parse(), Ok(id));
                account = Some(Account {
                    _owner: created.owner,
                    balance: 0,
                    last: String::new(),
                });
                continue;
            };
            assert_eq!(row.topic, "Account.Deposited");
            let deposited: Deposited<'_> =
                serde_json::from_str(&row.text).expect("a deposited event");
            assert_eq!(deposited.originator_id.id.parse(), Ok(id));
            assert_eq!(deposited.previous, head);
            assert_eq!(deposited.originator_version, version);
            check(&row.text, deposited.hash);
            head = deposited.hash;
            account.balance += deposited.amount;
            account.last.clone_from(&deposited.reference);
        }
        account.expect("an account").balance
    }
}

fn replay(criterion: &mut Criterion) {
    let (id, rows) = sequence();
    let salt = Salt::none();
    assert_eq!(ours(id, &salt, &rows), by_hand::replay(id, &rows));
    let mut group = criterion.benchmark_group("replay");
    group.throughput(Throughput::Elements(u64::from(EVENTS)));
    group.bench_function("es", |bencher| {
        bencher.iter(|| ours(id, &salt, black_box(&rows)));
    });
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| by_hand::replay(id, black_box(&rows)));
    });
    group.finish();
    Ratio::new("replay, to a loop by hand", 0.8).print(
        || (0..20).for_each(|_| _ = black_box(ours(id, &salt, black_box(&rows)))),
        || (0..20).for_each(|_| _ = black_box(by_hand::replay(id, black_box(&rows)))),
    );
}

/// Measures the cost of a command: serialise, read back, hash, apply, keep.
fn trigger(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trigger");
    group.throughput(Throughput::Elements(u64::from(EVENTS)));
    group.bench_function("es", |bencher| {
        bencher.iter(|| black_box(checked()));
    });
    group.bench_function("without reading back", |bencher| {
        bencher.iter(|| black_box(unchecked()));
    });
    group.finish();
    Ratio::new("trigger, to one that does not read back", 0.5).print(
        || (0..20).for_each(|_| _ = black_box(checked())),
        || (0..20).for_each(|_| _ = black_box(unchecked())),
    );
}

criterion_group!(benches, replay, trigger);

fn main() {
    benches();
}
