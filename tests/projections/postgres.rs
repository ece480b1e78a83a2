use std::path::Path;
use std::sync::Mutex;

use es::infrastructure::{Datastore, Table};
use es::postgres::tokio_postgres::{Client, Config, NoTls};
use es::postgres::{PostgresDatastore, PostgresOptions, PostgresReadModel, PostgresTransaction};
use es::{Aggregate, Application, BoxError, EventHeader, RecordId, projection};

use super::domain::{Account, Balance, Balances, Deposited};
use super::store::{Faults, SqlStore, Store, faultless, name_of};

const VARIABLE: &str = "ES_POSTGRES_URL";

/// A schema for each place.
pub(crate) struct Postgres;

static MADE: Mutex<Vec<String>> = Mutex::new(Vec::new());

pub(crate) fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

fn server() -> Config {
    let uri = std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} is not set"));
    uri.parse().expect("an address")
}

async fn connect() -> Client {
    let (client, connection) = server().connect(NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

/// Makes the schema of a place where it is absent.
async fn schema(place: &Path) -> PostgresOptions {
    let schema = name_of(place);
    let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
    let made = connect().await.batch_execute(&sql).await;
    made.expect("the schema is made");
    let mut config = server();
    config.options(format!("-c search_path={schema}"));
    MADE.lock().expect("no panic").push(schema);
    PostgresOptions::new(config)
}

/// Drops the schemas that this process made.
pub(crate) async fn drop_all() {
    let mut made = std::mem::take(&mut *MADE.lock().expect("no panic"));
    made.sort_unstable();
    made.dedup();
    for schema in made {
        let sql = format!("DROP SCHEMA {schema} CASCADE");
        let dropped = connect().await.batch_execute(&sql).await;
        dropped.expect("the schema is dropped");
    }
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
        // After the write: what is undone is seen to be undone.
        (self.faults)(header, at)
    }
}

impl Store for Postgres {
    const NAME: &'static str = "postgres";

    type Model = PostgresReadModel;
    type Projection = InTable;

    async fn application(place: &Path) -> Application {
        let database = PostgresDatastore::open(schema(place).await).await;
        let database = database.expect("the database opens");
        let table = database.record_manager(Table::stored_events()).await;
        let builder = Application::builder().store(table.expect("a table"));
        builder.open().await.expect("the application opens")
    }

    async fn open(place: &Path) -> PostgresReadModel {
        let model = PostgresReadModel::open(schema(place).await).await;
        let model = model.expect("the database opens");
        let connection = model.connection().await.expect("a connection");
        // Another process may be at it: the catalogue's own checks end in errors of their own.
        let make = format!("SELECT pg_advisory_lock(7); {}", Self::table("balances"));
        connection
            .batch_execute(&make)
            .await
            .expect("the table is made");
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
        let mut account: Account = transaction.get(&self.app, id).await?;
        account.trigger(Deposited { cents: 1 })?;
        transaction.save(&self.app, &mut account).await?;
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
