//! The measured domain: an account, and deposits of six fields, a typical size.

#![allow(dead_code, reason = "it is there to be stored, not to be read")]

use std::path::Path;

use es::{Aggregate, Application, Mutate, aggregate, event};

/// Number of events of one account, saved together.
pub(crate) const EVENTS: u64 = 1_000;

#[aggregate(events(Deposited))]
pub(crate) struct Account {
    #[created]
    pub(crate) owner: String,
    pub(crate) balance: i64,
}

#[event]
pub(crate) struct Deposited {
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) reference: String,
    pub(crate) channel: String,
    pub(crate) teller: u64,
    pub(crate) fee: f64,
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

/// Returns the number of events in `ES_BENCH_NOTIFICATIONS`, rounded to whole accounts.
pub(crate) fn count() -> u64 {
    let count = std::env::var("ES_BENCH_NOTIFICATIONS");
    let count: u64 = count.map_or(100_000, |count| count.parse().expect("a whole number"));
    count.div_ceil(EVENTS) * EVENTS
}

/// Creates an application in a file with the given number of events.
pub(crate) async fn filled(path: &Path, count: u64) -> Application {
    let uri = format!("sqlite:///{}", path.display());
    let app = Application::builder().uri(uri).open().await;
    let app = app.expect("an application");
    for _ in 0..count / EVENTS {
        app.save(&mut account()).await.expect("saved");
    }
    app
}
