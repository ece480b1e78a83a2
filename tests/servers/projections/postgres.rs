//! Read models on `PostgreSQL`.

use std::net::SocketAddr;
use std::path::Path;

use es::postgres::{PostgresDatastore, PostgresOptions, PostgresReadModel, PostgresTransaction};
use es::projections::Runner;
use es::store::{Datastore, Table};
use es::{Aggregate, Application, BoxError, EventHeader, RecordId, Retry, projection};
use es_testing::store::servers::Server;

use super::domain::{Account, Balance, Balances, Deposited, deposit, head};
use super::ends::{self, CHILDREN, Doing, Kept, Then};
use super::outages::ServerStore;
use super::store::{Faults, Fixture, LONG, SqlStore, Store, faultless, name_of};
use crate::databases::ON_POSTGRES;
use crate::postgres_server::{self as backends, config_of, moved};

/// Read models on `PostgreSQL`, with a schema for each folder.
pub(crate) struct Postgres;

/// Creates the schema of a folder if it is missing.
async fn schema(folder: &Path) -> PostgresOptions {
    let schema = name_of(folder);
    ON_POSTGRES.create_database(&schema).await;
    PostgresOptions::new(config_of(&schema))
}

pub(crate) struct InTable {
    faults: Faults,
    table: &'static str,
}

#[projection(aggregates(Account), name = "balances", ignore_others)]
impl InTable {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut PostgresTransaction,
    ) -> Result<(), BoxError> {
        let table = self.table;
        let sql = format!(
            "INSERT INTO {table} AS it (account, cents, deposits, last) VALUES ($1, $2, 1, $3) ON CONFLICT (account) DO UPDATE
             SET cents = it.cents + excluded.cents, deposits = it.deposits + 1, last = excluded.last"
        );
        let last = i64::try_from(at.get())?;
        let account = header.originator_id;
        transaction
            .execute(&sql, &[&account, &event.cents, &last])
            .await?;
        // The fault comes after the write, so that a rollback is visible.
        (self.faults)(header, at)
    }
}

impl Store for Postgres {
    const NAME: &'static str = "postgres";

    type Model = PostgresReadModel;
    type Projection = InTable;

    async fn application(folder: &Path) -> Application {
        let database = PostgresDatastore::open(schema(folder).await).await;
        let database = database.expect("the database opens");
        let table = database.record_manager(Table::stored_events()).await;
        let builder = Application::builder().store(table.expect("the table opens"));
        builder.open().await.expect("the application opens")
    }

    async fn open(folder: &Path) -> PostgresReadModel {
        let model = PostgresReadModel::open(schema(folder).await).await;
        let model = model.expect("the database opens");
        let connection = model.connection().await.expect("a connection");
        // Another process may create the table too; without a lock, PostgreSQL's catalogue reports
        // errors of its own.
        let make = format!("SELECT pg_advisory_lock(7); {}", Self::table("balances"));
        connection
            .batch_execute(&make)
            .await
            .expect("the table is created");
        let unlock = "SELECT pg_advisory_unlock(7)";
        connection.batch_execute(unlock).await.expect("unlocked");
        model
    }

    fn projection(faults: Faults) -> InTable {
        InTable {
            faults,
            table: "balances",
        }
    }

    async fn read(model: &PostgresReadModel) -> Balances {
        let connection = model.connection().await.expect("a connection");
        let sql = "SELECT account, cents, deposits, last FROM balances";
        let rows = connection.query(sql, &[]).await.expect("it is read");
        let balance = |row: &es::postgres::tokio_postgres::Row| {
            let balance = Balance {
                cents: row.get(1),
                deposits: row.get(2),
                last: u64::try_from(row.get::<_, i64>(3)).expect("a position"),
            };
            (row.get(0), balance)
        };
        rows.iter().map(balance).collect()
    }
}

pub(crate) struct Interest {
    app: Application,
    faults: Faults,
}

#[projection(aggregates(Account), name = "interest", ignore_others)]
impl Interest {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut PostgresTransaction,
    ) -> Result<(), BoxError> {
        if event.cents == 1 {
            return Ok(());
        }
        let id = header.originator_id;
        let mut account: Account = self.app.get_in(transaction, id).await?;
        account.trigger(Deposited { cents: 1 })?;
        self.app.save_in(transaction, &mut account).await?;
        (self.faults)(header, at)
    }
}

impl SqlStore for Postgres {
    const SWITCH: &'static str = "DROP TABLE balances; ALTER TABLE balances_2 RENAME TO balances";

    type Policy = Interest;

    fn table(name: &str) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {name} (
                 account UUID PRIMARY KEY, cents BIGINT NOT NULL, deposits BIGINT NOT NULL, last BIGINT NOT NULL)"
        )
    }

    fn projection_into(table: &'static str) -> InTable {
        let faults = faultless();
        InTable { faults, table }
    }

    fn policy(app: &Application, faults: Faults) -> Interest {
        let app = app.clone();
        Interest { app, faults }
    }

    async fn execute(model: &PostgresReadModel, sql: String) {
        let connection = model.connection().await.expect("a connection");
        connection.batch_execute(&sql).await.expect("executed");
    }

    async fn execute_in(
        transaction: &mut PostgresTransaction,
        sql: &'static str,
    ) -> Result<(), BoxError> {
        Ok(transaction.batch_execute(sql).await?)
    }
}

impl ServerStore for Postgres {
    const COMMIT: &'static str = "COMMIT\0";

    fn address() -> SocketAddr {
        backends::Postgres.address()
    }

    async fn open_through(folder: &Path, address: SocketAddr) -> PostgresReadModel {
        let config = moved(&config_of(&name_of(folder)), address);
        let model = PostgresReadModel::open(PostgresOptions::new(config)).await;
        model.expect("the database opens")
    }
}

/// A projection that executes a statement after it wrote the row of an account.
pub(crate) struct OnPostgres(Then);

#[projection(aggregates(Account), name = "doing", ignore_others)]
impl OnPostgres {
    #[subscribe_to(Deposited)]
    async fn deposited(
        &self,
        event: &Deposited,
        header: &EventHeader,
        at: RecordId,
        transaction: &mut PostgresTransaction,
    ) -> Result<(), BoxError> {
        let (row, then) = self.0.sql(header, event.cents, at);
        transaction.batch_execute(&row).await?;
        match then {
            Some(then) => self.0.minded(transaction.batch_execute(then).await),
            None => Ok(()),
        }
    }
}

impl Doing for Postgres {
    type Doer = OnPostgres;

    /// `PostgreSQL` keeps rows that are written after the end of the transaction.
    const WHICH: usize = 3;
    const ENDS: &'static [(&'static str, Kept)] = &[
        ("ROLLBACK", Kept::Nothing),
        ("ROLLBACK; BEGIN", Kept::Nothing),
        ("COMMIT", Kept::Rows),
    ];

    fn doer(then: Then) -> OnPostgres {
        OnPostgres(then)
    }
}

pub(crate) async fn refused_commit() {
    ends::refused_commit::<Postgres>(CHILDREN).await;
}

/// If a handler ignores a failed statement, `PostgreSQL` refuses the rest of the transaction.
pub(crate) async fn failure_passed_over() {
    let fixture = Fixture::<Postgres>::new().await;
    let ids = deposit(&fixture.app, 3, 1).await;
    let then = Then {
        at: 9,
        sql: "SELECT 1 / 0",
        minds: false,
    };
    let runner = Runner::new(OnPostgres(then), fixture.model.clone(), &fixture.app);
    let once = Retry::default().attempts(1);
    let running = runner
        .expect("a log")
        .retry(once)
        .start()
        .await
        .expect("the runner starts");
    let last = head(&fixture.app).await;
    running
        .wait_for(last, LONG)
        .await
        .expect("the runner reaches the position");
    let letters = running.dead_letters(10).await.expect("read");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].aggregate_id, ids[2]);
    assert!(
        letters[0].error.contains("a statement before it failed"),
        "{}",
        letters[0].error
    );
    assert_eq!(fixture.balances().await.len(), 2);
    running.stop().await.expect("the runner stops");
}
