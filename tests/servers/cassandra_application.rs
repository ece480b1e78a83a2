//! Tests of an application on Cassandra: logs, readers, projections, hashing and encryption work as
//! on other stores.
#![allow(clippy::disallowed_names)]

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::time::Duration;

use es::cassandra::scylla::client::session_builder::SessionBuilder;
use es::cassandra::{CassandraDatastore, CassandraOptions};
use es::notification_log::{NotificationMapper, NotificationReader, SectionRequest};
use es::projections::{MemoryReadModel, MemoryTransaction, Runner};
use es::sqlite::rusqlite::params;
use es::sqlite::{SqliteOptions, SqliteReadModel, SqliteTransaction};
use es::store::{Datastore, Table};
use es::structures::{BigArray, Reference};
use es::{
    Aggregate, Application, EventHeader, EventStore, Mutate, Salt, aggregate, event, projection,
};
use libtest_mimic::Trial;
use uuid::Uuid;

/// The variable with the address of the server, `cassandra://host:port/keyspace`.
const VARIABLE: &str = "ES_CASSANDRA_URL";

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";
const SALT: &str = "pepper";

/// An account.
#[aggregate(topic = "cassandra#Account", events(Deposited), snapshot)]
pub struct Account {
    balance: i64,
}

/// Money was paid in.
#[event]
pub struct Deposited {
    cents: i64,
}

impl Mutate<Account> for Deposited {
    fn mutate(&self, account: &mut Account) {
        account.balance += self.cents;
    }
}

type Balances = BTreeMap<Uuid, i64>;

pub struct InMemory;

#[projection(aggregates(Account), ignore_others)]
impl InMemory {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        balances: &mut MemoryTransaction<Balances>,
    ) {
        *balances.entry(header.originator_id).or_default() += event.cents;
    }
}

pub struct InTable;

#[projection(aggregates(Account), ignore_others)]
impl InTable {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), es::BoxError> {
        transaction.execute(
            "INSERT INTO balances VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents",
            params![header.originator_id.to_string(), event.cents],
        )?;
        Ok(())
    }
}

type Case = (
    &'static str,
    fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>>,
);

const CASES: &[Case] = &[
    (
        "sections_and_readers_behave_as_on_other_stores",
        |keyspace| Box::pin(sections_and_readers_behave_as_on_other_stores(keyspace)),
    ),
    (
        "a_follower_is_woken_by_saves_of_other_handles",
        |keyspace| Box::pin(a_follower_is_woken_by_saves_of_other_handles(keyspace)),
    ),
    ("projections_are_the_fold_of_the_log", |keyspace| {
        Box::pin(projections_are_the_fold_of_the_log(keyspace))
    }),
    (
        "references_are_hashed_and_encrypted_like_events",
        |keyspace| Box::pin(references_are_hashed_and_encrypted_like_events(keyspace)),
    ),
];

pub(crate) fn trials() -> Vec<Trial> {
    let is_available = std::env::var_os(VARIABLE).is_some();
    let trial = |(name, check): &Case| {
        let check = *check;
        let trial = Trial::test(
            format!("cassandra_application::cassandra::{name}"),
            move || {
                let runtime = tokio::runtime::Runtime::new()?;
                runtime.block_on(async {
                    let keyspace = format!("es_{}", Uuid::new_v4().simple());
                    let checked = tokio::spawn(check(keyspace.clone())).await;
                    let node = SessionBuilder::new().known_nodes(options(&keyspace).hosts);
                    let drop = format!("DROP KEYSPACE IF EXISTS {keyspace}");
                    node.build().await?.query_unpaged(drop, ()).await?;
                    Ok(checked?)
                })
            },
        );
        trial.with_ignored_flag(!is_available)
    };
    CASES.iter().map(trial).collect()
}

fn uri(keyspace: &str) -> String {
    let uri = std::env::var(VARIABLE).unwrap();
    let (server, _) = uri.rsplit_once('/').unwrap();
    format!("{server}/{keyspace}")
}

fn options(keyspace: &str) -> CassandraOptions {
    let uri = es::store::StoreUri::parse(&uri(keyspace)).unwrap();
    CassandraOptions::try_from(&uri).unwrap()
}

async fn open(keyspace: &str) -> Application {
    let builder = Application::builder().uri(uri(keyspace));
    builder
        .cipher_key(KEY)
        .salt(SALT)
        .snapshot_every(5)
        .open()
        .await
        .unwrap()
}

/// Creates accounts and saves their events in turn. The number of events includes the creation.
async fn deposit(app: &Application, accounts: usize, events: i64) -> Vec<Account> {
    let mut all: Vec<_> = (0..accounts).map(|_| Account::create().unwrap()).collect();
    for n in 0..events {
        for account in &mut all {
            if n > 0 {
                account.trigger(Deposited { cents: n }).unwrap();
            }
            app.save(account).await.unwrap();
        }
    }
    all
}

fn balances(accounts: &[Account]) -> Balances {
    accounts
        .iter()
        .map(|account| (account.id(), account.balance))
        .collect()
}

async fn sections_and_readers_behave_as_on_other_stores(keyspace: String) {
    let app = open(&keyspace).await;
    let accounts = deposit(&app, 3, 15).await;
    for account in &accounts {
        let loaded: Account = app.get(account.id()).await.unwrap();
        assert_eq!((loaded.balance, loaded.version()), (105, account.version()));
    }
    let log = app.notification_log().unwrap();
    let current = es::notification_log::NotificationLog::section(&log, SectionRequest::current());
    let current = current.await.unwrap();
    assert_eq!(current.id.to_string(), "41,60");
    assert_eq!(current.items.len(), 5);
    let previous = current.previous.unwrap();
    assert_eq!(previous.to_string(), "21,40");
    // A second process knows only what is stored.
    let other = open(&keyspace).await;
    let mapper = NotificationMapper::from(other.event_store());
    let mut reader = NotificationReader::new(other.notification_log().unwrap());
    let all = reader.read().await.unwrap();
    assert!(
        all.iter()
            .map(|notification| notification.record_id.get())
            .eq(1..=45)
    );
    let mut read = Balances::new();
    for notification in &all {
        let event = mapper.event::<Account>(notification).unwrap();
        let balance = read.entry(event.originator_id()).or_default();
        if let AccountEvent::Deposited(deposited) = event.payload() {
            *balance += deposited.cents;
        }
    }
    assert_eq!(read, balances(&accounts));
    app.close().await.unwrap();
    other.close().await.unwrap();
}

async fn a_follower_is_woken_by_saves_of_other_handles(keyspace: String) {
    let (app, other) = (open(&keyspace).await, open(&keyspace).await);
    let reader = NotificationReader::new(other.notification_log().unwrap());
    let mut following = reader.follow();
    for number in 1..=10 {
        app.save(&mut Account::create().unwrap()).await.unwrap();
        let notification = tokio::time::timeout(Duration::from_secs(10), following.next());
        assert_eq!(
            notification
                .await
                .unwrap()
                .unwrap()
                .unwrap()
                .record_id
                .get(),
            number
        );
    }
}

async fn projections_are_the_fold_of_the_log(keyspace: String) {
    let folder = tempfile::tempdir().unwrap();
    let app = open(&keyspace).await;
    let table = SqliteReadModel::open(SqliteOptions::file(folder.path().join("read.db"))).await;
    let table = table.unwrap();
    let make = "CREATE TABLE balances (account TEXT PRIMARY KEY, cents INTEGER NOT NULL)";
    rusqlite::Connection::open(folder.path().join("read.db"))
        .unwrap()
        .execute(make, [])
        .unwrap();
    let memory = MemoryReadModel::<Balances>::default();
    let mut accounts = Vec::new();
    // Both projections restart in the middle. The one in the table continues at its position.
    for round in 1..=2 {
        let in_memory = Runner::new(InMemory, memory.clone(), &app).unwrap();
        let in_memory = in_memory.start().await.unwrap();
        let in_table = Runner::new(InTable, table.clone(), &app).unwrap();
        let in_table = in_table.start().await.unwrap();
        accounts.extend(deposit(&app, 4, 6).await);
        let timeout = Duration::from_secs(20);
        in_memory.wait_for(24 * round, timeout).await.unwrap();
        in_table.wait_for(24 * round, timeout).await.unwrap();
        in_memory.stop().await.unwrap();
        in_table.stop().await.unwrap();
    }
    assert_eq!(*memory.read().await, balances(&accounts));
    let file = rusqlite::Connection::open(folder.path().join("read.db")).unwrap();
    let mut rows = file.prepare("SELECT account, cents FROM balances").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?));
    let found = rows.query_map([], row).unwrap().map(Result::unwrap);
    let found: Balances = found
        .map(|(id, cents)| (id.parse().unwrap(), cents))
        .collect();
    assert_eq!(found, balances(&accounts));
}

async fn references_are_hashed_and_encrypted_like_events(keyspace: String) {
    let app = open(&keyspace).await;
    let accounts = deposit(&app, 1, 3).await;
    let root = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"stored_events");
    let store = CassandraDatastore::open(options(&keyspace)).await.unwrap();
    let items = Table::integer_sequenced().without_record_ids();
    let items = store.record_manager(items).await.unwrap();
    let array = |mapper, salt| {
        let store = EventStore::new(items.clone(), mapper, salt);
        let size = NonZeroU32::new(10_000).unwrap();
        BigArray::<Option<Reference>>::new(store, root, size)
    };
    let mapper = app.event_store().mapper();
    let references = array(mapper.clone(), Salt::from(SALT))
        .items(..)
        .await
        .unwrap();
    let expected = (0..3).map(|position| Reference {
        position,
        sequence_id: accounts[0].id(),
    });
    assert!(references.into_iter().flatten().flatten().eq(expected));
    for (mapper, salt) in [
        (mapper.clone(), Salt::from("salt")),
        (es::event_store::Mapper::new(), Salt::from(SALT)),
    ] {
        assert!(array(mapper, salt).items(..).await.is_err());
    }
}
