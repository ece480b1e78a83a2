use std::path::Path;

use es::notification_log::NotificationLog;
use es::projection::{Projections, Runner};
use es::sqlite::rusqlite::params;
use es::sqlite::{SqliteOptions, SqliteReadModel, SqliteTransaction};
use es::{Aggregate, Application, BoxError, EventHeader, RecordId, projection};
use uuid::Uuid;

use super::domain::{Account, Balance, Balances, Deposited, deposit, fold, head};
use super::store::{Faults, Fixture, Store, faultless};

pub(crate) struct Sqlite;

/// Fills a table, in a transaction that holds the events' file or one of its own.
pub(crate) struct InTable {
    faults: Faults,
    table: &'static str,
}

fn table(name: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (
             account TEXT PRIMARY KEY, cents INTEGER NOT NULL, deposits INTEGER NOT NULL, last INTEGER NOT NULL)"
    )
}

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl InTable {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        let sql = format!(
            "INSERT INTO {} (account, cents, deposits, last) VALUES (?1, ?2, 1, ?3)
             ON CONFLICT (account) DO UPDATE SET cents = cents + excluded.cents, deposits = deposits + 1, last = excluded.last",
            self.table
        );
        let account = header.originator_id.to_string();
        let at_number = i64::try_from(at.get())?;
        transaction
            .prepare_cached(&sql)?
            .execute(params![account, event.cents, at_number])?;
        // After the write: what is undone is seen to be undone.
        (self.faults)(header, at)
    }
}

impl Store for Sqlite {
    const NAME: &'static str = "sqlite";

    type Model = SqliteReadModel;
    type Projection = InTable;

    async fn open(place: &Path) -> SqliteReadModel {
        let model = SqliteReadModel::open(SqliteOptions::file(place.join("read.db"))).await;
        let model = model.expect("the database opens");
        let made = model.write(|connection| connection.execute_batch(&table("balances")));
        made.await.expect("the table is made");
        model
    }

    fn projection(faults: Faults) -> InTable {
        InTable {
            faults,
            table: "balances",
        }
    }

    async fn read(model: &SqliteReadModel) -> Balances {
        read(model, "balances").await
    }
}

async fn read(model: &SqliteReadModel, table: &'static str) -> Balances {
    let rows = model.read(move |connection| {
        let sql = format!("SELECT account, cents, deposits, last FROM {table}");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| {
            let account: String = row.get(0)?;
            let last: i64 = row.get(3)?;
            let balance = Balance {
                cents: row.get(1)?,
                deposits: row.get(2)?,
                last: u64::try_from(last).expect("a position"),
            };
            Ok((Uuid::parse_str(&account).expect("an id"), balance))
        })?;
        rows.collect()
    });
    rows.await.expect("it is read")
}

/// Beside the one that is live, under a name and in a table of its own; then in its place.
pub(crate) async fn rebuild() {
    let fixture = Fixture::<Sqlite>::new().await;
    deposit(&fixture.app, 20, 3).await;
    let live = fixture.start(faultless()).await;
    fixture.settle(&live).await;
    // Something that only a rebuild mends.
    let spoil = |connection: &es::sqlite::rusqlite::Connection| {
        connection.execute_batch("UPDATE balances SET cents = 0")
    };
    fixture.model.write(spoil).await.expect("spoilt");
    let make = |connection: &es::sqlite::rusqlite::Connection| {
        connection.execute_batch(&table("balances_2"))
    };
    fixture.model.write(make).await.expect("made");
    let projection = InTable {
        faults: faultless(),
        table: "balances_2",
    };
    let runner = Runner::new(projection, fixture.model.clone(), &fixture.app).expect("a log");
    let rebuilt = runner.name("balances 2").start().await.expect("it starts");
    fixture.settle(&rebuilt).await;
    let projections = Projections::of(fixture.model.clone());
    let refused = projections.switch("balances 2", "balances", |_| {
        Box::pin(async { Err("not yet".into()) })
    });
    refused.await.expect_err("it is refused");
    assert_eq!(projections.all().await.expect("read").len(), 2);
    let switched = projections.switch("balances 2", "balances", |transaction| {
        Box::pin(async move {
            let sql = "DROP TABLE balances; ALTER TABLE balances_2 RENAME TO balances";
            Ok(transaction.execute_batch(sql)?)
        })
    });
    switched.await.expect("switched");
    deposit(&fixture.app, 3, 1).await;
    fixture.settle(&live).await;
    fixture.expect_fold().await;
    rebuilt.ended().await.expect_err("its name is gone");
    assert_eq!(projections.all().await.expect("read").len(), 1);
    live.stop().await.expect("stopped");
}

/// Pays one more cent for each deposit of more than one, into the same account: once, whatever happens.
struct Interest {
    app: Application,
    faults: Faults,
}

#[projection(aggregates(Account), name = "interest", ignore_others)]
impl Interest {
    #[subscribe_to(Deposited)]
    fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut SqliteTransaction,
    ) -> Result<(), BoxError> {
        if event.cents == 1 {
            return Ok(());
        }
        let mut account: Account = transaction.get(&self.app, header.originator_id)?;
        account.trigger(Deposited { cents: 1 })?;
        transaction.save(&self.app, &mut account)?;
        (self.faults)(header, at)
    }
}

/// Waits for what comes, and looks for it so seldom that somebody must wake it.
async fn follower(app: &Application) -> tokio::task::JoinHandle<()> {
    let log = app.notification_log().expect("a log");
    let log = log.poll_every(2 * super::store::LONG);
    let last = head(app).await.get();
    let follower = tokio::spawn(async move { NotificationLog::changed(&log, last).await });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(!follower.is_finished());
    follower
}

pub(crate) async fn policy() {
    let place = tempfile::tempdir().expect("a directory");
    let app = super::domain::application(place.path()).await;
    let ids = deposit(&app, 5, 4).await;
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = told.clone();
    app.bus().subscribe_to::<Deposited>(move |_, _| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    });
    // In the database of the events, so that both commit together.
    let model = SqliteReadModel::open(SqliteOptions::file(place.path().join("events.db"))).await;
    let model = model.expect("opened");
    let failed = std::sync::atomic::AtomicBool::new(false);
    let faults: Faults = std::sync::Arc::new(move |_, at| {
        if at.get() == 12 && !failed.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return Err("after it was saved".into());
        }
        Ok(())
    });
    let interest = Interest {
        app: app.clone(),
        faults,
    };
    let follower = follower(&app).await;
    let runner = Runner::new(interest, model, &app).expect("a log");
    let running = runner.start().await.expect("it starts");
    super::store::until(|| async {
        let progress = running.progress();
        progress.position == head(&app).await
            && fold(&app).await.values().all(|sum| sum.deposits == 8)
    })
    .await;
    running.stop().await.expect("stopped");
    let woken = tokio::time::timeout(super::store::LONG, follower).await;
    woken
        .expect("it is woken by what was saved")
        .expect("no panic");
    for id in ids {
        let account: Account = app.get(id).await.expect("there");
        assert_eq!(account.balance, 10 + 11 + 12 + 13 + 4);
        assert!(account.pending_events().is_empty());
    }
    assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 20);
}
