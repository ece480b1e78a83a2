//! The domain of the projections: accounts with deposits.

use std::collections::BTreeMap;
use std::path::Path;

use es::{Aggregate, Application, Mutate, RecordId, aggregate, event};
use uuid::Uuid;

/// An account.
#[aggregate(events(Deposited, Noted))]
pub(crate) struct Account {
    pub(crate) balance: i64,
}

/// Money was paid in.
#[event]
pub(crate) struct Deposited {
    pub(crate) cents: i64,
}

/// An event without a handler.
#[event]
pub(crate) struct Noted {
    pub(crate) what: String,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.cents;
    }
}

impl Mutate<Account> for Noted {
    fn mutate(&self, _: &mut Account) {}
}

/// The row of an account in the read model: the sum and the number of its deposits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) cents: i64,
    pub(crate) deposits: i64,
    /// The record id of the last deposit that was handled.
    pub(crate) last: u64,
}

pub(crate) type Balances = BTreeMap<Uuid, Balance>;

pub(crate) async fn application(folder: &Path) -> Application {
    let uri = format!("sqlite:///{}/events.db", folder.display());
    let app = Application::builder().uri(uri).open().await;
    app.expect("the application opens")
}

/// Creates accounts and saves their deposits in turn, so that their events alternate.
pub(crate) async fn deposit(app: &Application, accounts: usize, deposits: i64) -> Vec<Uuid> {
    let mut all: Vec<Account> = (0..accounts)
        .map(|_| Account::create().expect("created"))
        .collect();
    for n in 0..deposits {
        for account in &mut all {
            let noted = Noted {
                what: "nothing".to_owned(),
            };
            account.trigger(noted).expect("noted");
            account
                .trigger(Deposited { cents: 10 + n })
                .expect("deposited");
            app.save(account).await.expect("saved");
        }
    }
    all.iter().map(Aggregate::id).collect()
}

/// Returns the fold of the whole log, which the read model must equal.
pub(crate) async fn fold(app: &Application) -> Balances {
    let mapper = es::notification_log::NotificationMapper::from(app.event_store());
    let log = app.notification_log().expect("a log");
    let mut reader = es::notification_log::NotificationReader::new(log);
    let mut balances = Balances::new();
    for notification in reader.read().await.expect("the log is read") {
        let event = mapper.event::<Account>(&notification).expect("an event");
        if let AccountEvent::Deposited(deposited) = event.payload() {
            let balance = balances.entry(event.originator_id()).or_default();
            balance.cents += deposited.cents;
            balance.deposits += 1;
            balance.last = notification.record_id.get();
        }
    }
    balances
}

pub(crate) async fn head(app: &Application) -> RecordId {
    let records = app.event_store().record_manager();
    records.max_record_id().await.expect("the last id")
}
