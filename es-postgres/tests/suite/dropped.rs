//! Futures that are dropped at each of their await points: no connection stays in a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use es_postgres::deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use es_postgres::tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};
use es_postgres::{PostgresDatastore, PostgresOptions, PostgresReadModel, append_in};
use es_store::read_model::ReadModel;
use es_store::{Datastore, ItemQuery, RecordManager, SequencedItem, Table, TableAdministration};
use es_testing::own_cases;
use es_testing::store::dropped::{
    DropPoint, DropTest, Probe, acknowledged_faults, drop_read_model_futures,
    drop_record_manager_futures, dropped,
};
use es_testing::store::servers::OwnCase;
use tokio::time::sleep;
use uuid::Uuid;

use crate::server::{config_of, connect, item};

pub(crate) const CASES: &[OwnCase] = own_cases![
    record_managers_leave_no_transaction_in_the_pool,
    record_managers_leave_no_transaction_in_the_programs_pool,
    read_models_leave_no_transaction_in_the_pool,
    read_models_leave_no_transaction_in_the_programs_pool,
    lent_connections_come_back_outside_a_transaction,
    an_append_in_the_callers_transaction_is_kept_as_a_whole_or_not_at_all,
];

/// The connections of each pool. Each writer of a table takes one more.
const CONNECTIONS: usize = 2;

/// The time in which the server notices that a connection is closed.
const CLOSING: Duration = Duration::from_secs(2);

fn options(schema: &str) -> PostgresOptions {
    PostgresOptions::new(config_of(schema)).with_connections(CONNECTIONS)
}

/// Creates a pool of the program's own.
fn pool(schema: &str) -> Pool {
    let settings = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(config_of(schema), NoTls, settings);
    let pool = Pool::builder(manager).max_size(CONNECTIONS + 1);
    pool.build().expect("a pool")
}

/// The pools under test.
struct Connections {
    schema: String,
    witness: Client,
    /// A pool of the program's own.
    pool: Option<Pool>,
    model: Option<PostgresReadModel>,
    events: Arc<dyn RecordManager>,
    outside: Arc<dyn RecordManager>,
    acknowledged: AtomicI64,
}

impl Connections {
    async fn new(schema: &str, store: &PostgresDatastore) -> Self {
        let witness = connect(&config_of(schema)).await.expect("a server");
        let make = "CREATE TABLE seen (n BIGINT)";
        witness.batch_execute(make).await.expect("made");
        let outside = PostgresDatastore::open(options(schema)).await;
        let outside = outside.expect("opened").table(Table::stored_events());
        let events = store.table(Table::stored_events());
        Self {
            schema: schema.to_owned(),
            witness,
            pool: None,
            model: None,
            events: events.expect("a table"),
            outside: outside.expect("a table"),
            acknowledged: AtomicI64::new(0),
        }
    }

    /// Waits until the server has ended the statements of closed connections. Counts the sessions
    /// that stay in a transaction.
    async fn busy(&self) -> Result<i64, Error> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle' AND pid <> \
                   pg_backend_pid()";
        let end = Instant::now() + CLOSING;
        loop {
            let row = self.witness.query_one(sql, &[&self.schema]).await?;
            let count = row.get(0);
            if count == 0 || Instant::now() > end {
                return Ok(count);
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    async fn find_faults(&self) -> Result<Vec<String>, Error> {
        let mut faults = Vec::new();
        let count = self.busy().await?;
        if count > 0 {
            faults.push(format!("{count} sessions stay in a transaction"));
        }
        if let Some(pool) = &self.pool {
            let mut taken = Vec::new();
            for _ in 0..pool.status().max_size {
                taken.push(pool.get().await.expect("a connection"));
            }
            for client in &taken {
                self.find_faults_of(client, &mut faults).await?;
            }
        }
        if let Some(model) = &self.model {
            let mut taken = Vec::new();
            for _ in 0..CONNECTIONS {
                taken.push(model.connection().await.expect("a connection"));
            }
            for client in &taken {
                self.find_faults_of(client, &mut faults).await?;
            }
        }
        faults.extend(acknowledged_faults(&self.events, &self.outside).await);
        Ok(faults)
    }

    /// Checks that a connection is outside a transaction and that its next write is visible to
    /// others. Repairs it otherwise.
    async fn find_faults_of(&self, client: &Client, faults: &mut Vec<String>) -> Result<(), Error> {
        let before = faults.len();
        let sql =
            "SELECT 1 WHERE txid_current_if_assigned() IS NULL AND now() = statement_timestamp()";
        let outside = client.simple_query(sql).await;
        let is_row = |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(_));
        match outside {
            Ok(rows) if rows.iter().any(is_row) => {}
            Ok(_) => faults.push("the next caller is inside a transaction".to_owned()),
            Err(error) => faults.push(format!("the next caller is refused: {error:?}")),
        }
        let insert = "INSERT INTO seen VALUES (1)";
        if client.execute(insert, &[]).await.is_ok() {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        let row = self.witness.query_one("SELECT count(*) FROM seen", &[]);
        let seen: i64 = row.await?.get(0);
        if self.acknowledged.swap(seen, Ordering::Relaxed) != seen {
            faults.push("an acknowledged write is not visible to others".to_owned());
        }
        if faults.len() > before {
            client.batch_execute("ROLLBACK").await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Probe for Connections {
    async fn faults(&self) -> Vec<String> {
        match self.find_faults().await {
            Ok(faults) => faults,
            Err(error) => vec![format!("the connections cannot be examined: {error:?}")],
        }
    }
}

async fn record_managers_leave_no_transaction_in_the_pool(schema: String) {
    let store = PostgresDatastore::open(options(&schema)).await;
    let store = Arc::new(store.expect("opened"));
    let connections = Connections::new(&schema, &store).await;
    let mut test = DropTest::new("postgres, record managers", &connections);
    let open = async || {
        let options = options(&schema);
        dropped(PostgresDatastore::open(options))
    };
    test.operation("open", open).await;
    let shared: Arc<dyn Datastore> = store.clone();
    drop_record_manager_futures(&mut test, &shared).await;
    drop_migrate_futures(&mut test, &store).await;
    test.finish();
}

async fn record_managers_leave_no_transaction_in_the_programs_pool(schema: String) {
    let pool = pool(&schema);
    let store = Arc::new(PostgresDatastore::from_pool(pool.clone()));
    let mut connections = Connections::new(&schema, &store).await;
    connections.pool = Some(pool);
    let mut test = DropTest::new(
        "postgres, record managers, the program's pool",
        &connections,
    );
    let shared: Arc<dyn Datastore> = store.clone();
    drop_record_manager_futures(&mut test, &shared).await;
    drop_migrate_futures(&mut test, &store).await;
    test.finish();
}

async fn drop_migrate_futures(test: &mut DropTest<'_>, store: &Arc<PostgresDatastore>) {
    let table = store.table(Table::stored_events()).expect("a table");
    let migrate = async || {
        table.setup().await.expect("made");
        let table = table.clone();
        dropped(async move { table.migrate().await })
    };
    test.operation("migrate", migrate).await;
}

async fn drop_model_futures(
    store: &'static str,
    schema: &str,
    pool: Option<Pool>,
    model: PostgresReadModel,
) {
    let events = PostgresDatastore::open(options(schema)).await;
    let mut connections = Connections::new(schema, &events.expect("opened")).await;
    connections.pool = pool;
    connections.model = Some(model.clone());
    let mut test = DropTest::new(store, &connections);
    let open = async || {
        let options = options(schema);
        dropped(PostgresReadModel::open(options))
    };
    test.operation("open", open).await;
    let drop_tables = async || {
        let drop = "DROP TABLE IF EXISTS es_projections; DROP TABLE IF EXISTS es_dead_letters";
        let dropped = connections.witness.batch_execute(drop).await;
        dropped.expect("dropped");
    };
    drop_read_model_futures(&mut test, &model, drop_tables).await;
    let connection = async || {
        let model = model.clone();
        dropped(async move { model.connection().await })
    };
    test.operation("connection", connection).await;
    test.finish();
}

async fn read_models_leave_no_transaction_in_the_pool(schema: String) {
    let model = PostgresReadModel::open(options(&schema)).await;
    let model = model.expect("opened");
    drop_model_futures("postgres, read models", &schema, None, model).await;
}

async fn read_models_leave_no_transaction_in_the_programs_pool(schema: String) {
    let pool = pool(&schema);
    let model = PostgresReadModel::from_pool(pool);
    let name = "postgres, read models, the program's pool";
    drop_model_futures(name, &schema, None, model).await;
}

/// Statements of the program itself, on connections that the read model lends and in its
/// transactions.
async fn lent_connections_come_back_outside_a_transaction(schema: String) {
    let events = PostgresDatastore::open(options(&schema)).await;
    let mut connections = Connections::new(&schema, &events.expect("opened")).await;
    let model = PostgresReadModel::open(options(&schema)).await;
    let model = model.expect("opened");
    connections.model = Some(model.clone());
    let sql = "CREATE TABLE lent (n BIGINT PRIMARY KEY)";
    let made = connections.witness.batch_execute(sql).await;
    made.expect("made");
    let mut test = DropTest::new("postgres, lent connections", &connections);
    for sql in [
        "BEGIN",
        "BEGIN; INSERT INTO lent VALUES (1)",
        "BEGIN; SELECT 1 / 0",
        "BEGIN; SELECT 1; COMMIT",
    ] {
        let execute = async || {
            let model = model.clone();
            dropped(async move {
                let client = model.connection().await.expect("a connection");
                drop(client.batch_execute(sql).await);
            })
        };
        test.operation(sql, execute).await;
    }
    let transaction = async || {
        let model = model.clone();
        dropped(async move {
            let mut client = model.connection().await.expect("a connection");
            let transaction = client.transaction().await.expect("begun");
            let sql = "INSERT INTO lent VALUES (1)";
            drop(transaction.execute(sql, &[]).await);
        })
    };
    test.operation("a transaction of the driver", transaction)
        .await;
    let mut rows = 0;
    let handler = async |point: DropPoint| {
        let transaction = model.begin().await.expect("begun");
        let sql = "INSERT INTO lent SELECT count(*) + 1 FROM lent";
        transaction.execute(sql, &[]).await.expect("inserted");
        let update = async { drop(transaction.execute("UPDATE lent SET n = n", &[]).await) };
        let is_ready = point.poll(update).await;
        rows += i64::from(model.commit(transaction).await.is_ok());
        let row = connections
            .witness
            .query_one("SELECT count(*) FROM lent", &[]);
        let seen: i64 = row.await.expect("counted").get(0);
        if seen < rows {
            return Err(format!("{seen} of {rows} committed rows are visible"));
        }
        Ok(is_ready)
    };
    test.attempts("a statement of a handler", handler).await;
    test.finish();
}

/// The caller commits after it has dropped the append.
async fn an_append_in_the_callers_transaction_is_kept_as_a_whole_or_not_at_all(schema: String) {
    let pool = pool(&schema);
    let store = PostgresDatastore::from_pool(pool.clone());
    let mut connections = Connections::new(&schema, &store).await;
    connections.pool = Some(pool.clone());
    let sql = "CREATE TABLE payments (n BIGINT)";
    let made = connections.witness.batch_execute(sql).await;
    made.expect("made");
    connections.events.setup().await.expect("made");
    let taken = item(Uuid::new_v4(), 0);
    let append = connections.events.append(vec![taken.clone()].into());
    append.await.expect("kept");
    let mut test = DropTest::new("postgres, append_in", &connections);
    let mut payments = 0;
    for (name, len, last) in [
        ("one statement", 1, None),
        ("two statements", 10_001, None),
        ("a taken position", 10_001, Some(&taken)),
    ] {
        let attempt = async |point: DropPoint| {
            let id = Uuid::new_v4();
            let items: Vec<_> = (0..len).map(|n| item(id, n)).chain(last.cloned()).collect();
            payments += 1;
            let is_ready = pay_and_append(&pool, &items, point).await;
            let is_ready = is_ready.map_err(|error| format!("the commit fails: {error:?}"))?;
            connections.check_whole(id, items.len(), payments).await?;
            Ok(is_ready)
        };
        test.attempts(name, attempt).await;
    }
    test.finish();
}

/// Inserts a row, appends up to a point, and commits.
async fn pay_and_append(
    pool: &Pool,
    items: &[SequencedItem],
    point: DropPoint,
) -> Result<bool, Error> {
    let mut client = pool.get().await.expect("a connection");
    let mut transaction = client.transaction().await?;
    transaction
        .execute("INSERT INTO payments VALUES (1)", &[])
        .await?;
    let appending = async {
        drop(append_in(&mut transaction, &Table::stored_events(), items).await);
    };
    let is_ready = point.poll(appending).await;
    transaction.commit().await?;
    Ok(is_ready)
}

impl Connections {
    /// Checks that a sequence is stored as a whole or not at all, and the committed rows.
    async fn check_whole(&self, id: Uuid, len: usize, payments: i64) -> Result<(), String> {
        let stored = self.outside.items(ItemQuery::new(id)).await;
        let stored = stored.map_err(|error| format!("{error:?}"))?.len();
        if stored != 0 && stored != len {
            return Err(format!("{stored} of {len} items are kept"));
        }
        let row = self.witness.query_one("SELECT count(*) FROM payments", &[]);
        let seen: i64 = row.await.map_err(|error| format!("{error:?}"))?.get(0);
        if seen != payments {
            return Err(format!("{seen} of {payments} committed rows are visible"));
        }
        Ok(())
    }
}
