//! Futures that are dropped at each of their await points: no connection stays in a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Error, Pool, PoolConstraints, PoolOpts, Row, TxOpts, Value};
use es_mysql::{MysqlDatastore, MysqlOptions, MysqlReadModel, append_in};
use es_store::read_model::ReadModel;
use es_store::{Datastore, RecordManager, SequencedItem, Table, TableAdministration};
use es_testing::own_cases;
use es_testing::store::dropped::{
    DropPoint, DropTest, Probe, acknowledged_faults, drop_read_model_futures,
    drop_record_manager_futures, dropped,
};
use es_testing::store::servers::OwnCase;
use tokio::sync::Mutex;
use tokio::time::sleep;
use uuid::Uuid;

use crate::server::{connect, item, server_of};

pub(crate) const CASES: &[OwnCase] = own_cases![
    record_managers_leave_no_transaction_in_the_pool,
    record_managers_leave_no_transaction_in_the_programs_pool,
    read_models_leave_no_transaction_in_the_pool,
    lent_connections_come_back_outside_a_transaction,
    an_append_in_the_callers_transaction_leaves_no_transaction_in_the_pool,
];

/// The connections of each pool.
const CONNECTIONS: usize = 2;

/// The time in which the server notices that a connection is closed.
const CLOSING: Duration = Duration::from_secs(2);

fn options(database: &str) -> MysqlOptions {
    MysqlOptions::new(server_of(database).into()).with_connections(CONNECTIONS)
}

/// Creates a pool of the program's own that does not reset its connections.
fn pool(database: &str) -> Pool {
    let constraints = PoolConstraints::new(CONNECTIONS, CONNECTIONS).expect("valid");
    let options = PoolOpts::new()
        .with_constraints(constraints)
        .with_reset_connection(false);
    Pool::new(server_of(database).pool_opts(options))
}

/// The pools under test.
struct Connections {
    database: String,
    witness: Mutex<Conn>,
    /// A pool of the program's own.
    pool: Option<Pool>,
    model: Option<MysqlReadModel>,
    events: Arc<dyn RecordManager>,
    outside: Arc<dyn RecordManager>,
    acknowledged: AtomicI64,
    questions: AtomicI64,
}

impl Connections {
    async fn new(database: &str, store: &MysqlDatastore) -> Self {
        let mut witness = connect(server_of(database)).await.expect("a server");
        let make = "CREATE TABLE seen (n BIGINT)";
        witness.query_drop(make).await.expect("made");
        let outside = MysqlDatastore::open(options(database)).await;
        let outside = outside.expect("opened").table(Table::stored_events());
        let events = store.table(Table::stored_events());
        Self {
            database: database.to_owned(),
            witness: Mutex::new(witness),
            pool: None,
            model: None,
            events: events.expect("a table"),
            outside: outside.expect("a table"),
            acknowledged: AtomicI64::new(0),
            questions: AtomicI64::new(0),
        }
    }

    /// Waits until the server has ended the statements of closed connections, and no session stays in
    /// a transaction or holds the lock of `setup`. Returns whether that happened.
    async fn become_idle(&self) -> Result<bool, Error> {
        let end = Instant::now() + CLOSING;
        loop {
            let is_idle = self.is_idle().await?;
            if is_idle || Instant::now() > end {
                return Ok(is_idle);
            }
            sleep(Duration::from_millis(2)).await;
        }
    }

    /// Reads the report of the engine: `innodb_trx` is a copy that is not refreshed while it is read
    /// again and again.
    async fn is_idle(&self) -> Result<bool, Error> {
        let mut witness = self.witness.lock().await;
        let sql =
            "SELECT id FROM information_schema.processlist WHERE db = ? AND command = 'Sleep'";
        let sleeping: Vec<u64> = witness.exec(sql, (&self.database,)).await?;
        let sql = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = ? AND command <> 'Sleep' AND id <> \
                   CONNECTION_ID()";
        let running: Option<u64> = witness.exec_first(sql, (&self.database,)).await?;
        if running != Some(0) {
            return Ok(false);
        }
        let sql = "SELECT IS_USED_LOCK(CONCAT('es_setup ', MD5(?)))";
        let owner: Option<Option<u64>> = witness.exec_first(sql, (&self.database,)).await?;
        if owner.flatten().is_some() {
            return Ok(false);
        }
        let report: Option<(String, String, String)> =
            witness.query_first("SHOW ENGINE INNODB STATUS").await?;
        let report = report.map(|(_, _, report)| report).unwrap_or_default();
        let mut active = report
            .split("---TRANSACTION")
            .filter(|transaction| transaction.contains("ACTIVE"));
        let is_sleeping = |transaction: &str| {
            let is_of = |id: &u64| transaction.contains(&format!("thread id {id},"));
            sleeping.iter().any(is_of)
        };
        Ok(!active.any(is_sleeping))
    }

    async fn find_faults(&self) -> Result<Vec<String>, Error> {
        let mut faults = Vec::new();
        if !self.become_idle().await? {
            faults.push("a session is idle in a transaction or with a lock".to_owned());
        }
        if let Some(pool) = &self.pool {
            let mut taken = Vec::new();
            for _ in 0..CONNECTIONS {
                taken.push(pool.get_conn().await?);
            }
            for connection in &mut taken {
                self.find_faults_of(connection, &mut faults).await?;
            }
        }
        if let Some(model) = &self.model {
            let mut taken = Vec::new();
            for _ in 0..CONNECTIONS {
                taken.push(model.connection().await.expect("a connection"));
            }
            for mut connection in taken {
                self.find_faults_of(&mut connection, &mut faults).await?;
                connection.keep();
            }
        }
        faults.extend(acknowledged_faults(&self.events, &self.outside).await);
        Ok(faults)
    }

    /// Checks that a connection answers its own statements, is outside a transaction, and that its
    /// next write is visible to others. Repairs it otherwise.
    async fn find_faults_of(
        &self,
        connection: &mut Conn,
        faults: &mut Vec<String>,
    ) -> Result<(), Error> {
        let before = faults.len();
        let question = self.questions.fetch_add(1, Ordering::Relaxed);
        let sql = format!("SELECT {question}, @@in_transaction, @@autocommit");
        let answer: Result<Option<Row>, _> = connection.query_first(sql).await;
        let expected = [question, 0, 1].map(|number| Value::from(number.to_string()));
        match answer.map(|row| row.map(Row::unwrap)) {
            Ok(Some(answer)) if answer == expected => {}
            answer => faults.push(format!(
                "the next caller of question {question} gets {answer:?}"
            )),
        }
        let inserted = connection.query_drop("INSERT INTO seen VALUES (1)").await;
        if inserted.is_ok() {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        let seen: Option<i64> = {
            let mut witness = self.witness.lock().await;
            witness.query_first("SELECT COUNT(*) FROM seen").await?
        };
        let seen = seen.unwrap_or_default();
        if self.acknowledged.swap(seen, Ordering::Relaxed) != seen {
            faults.push("an acknowledged write is not visible to others".to_owned());
        }
        if faults.len() > before {
            drop(connection.query_drop("ROLLBACK").await);
            drop(connection.query_drop("SET autocommit = 1").await);
        }
        Ok(())
    }

    async fn count(&self, table: &str) -> Result<i64, String> {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = self.witness.lock().await.query_first(sql).await;
        let count: Option<i64> = count.map_err(|error| format!("{error:?}"))?;
        Ok(count.unwrap_or_default())
    }

    async fn execute(&self, sql: &str) {
        let executed = self.witness.lock().await.query_drop(sql).await;
        executed.expect("executed");
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

async fn record_managers_leave_no_transaction_in_the_pool(database: String) {
    let store = MysqlDatastore::open(options(&database)).await;
    let store = Arc::new(store.expect("opened"));
    let connections = Connections::new(&database, &store).await;
    let mut test = DropTest::new("mysql, record managers", &connections);
    let open = async || {
        let options = options(&database);
        dropped(MysqlDatastore::open(options))
    };
    test.operation("open", open).await;
    let shared: Arc<dyn Datastore> = store.clone();
    drop_record_manager_futures(&mut test, &shared).await;
    drop_migrate_futures(&mut test, &store).await;
    test.finish();
}

async fn record_managers_leave_no_transaction_in_the_programs_pool(database: String) {
    let pool = pool(&database);
    let store = Arc::new(MysqlDatastore::from_pool(pool.clone()));
    let mut connections = Connections::new(&database, &store).await;
    connections.pool = Some(pool);
    let mut test = DropTest::new("mysql, record managers, the program's pool", &connections);
    let shared: Arc<dyn Datastore> = store.clone();
    drop_record_manager_futures(&mut test, &shared).await;
    drop_migrate_futures(&mut test, &store).await;
    test.finish();
}

async fn drop_migrate_futures(test: &mut DropTest<'_>, store: &Arc<MysqlDatastore>) {
    let table = store.table(Table::stored_events()).expect("a table");
    let migrate = async || {
        table.setup().await.expect("made");
        let table = table.clone();
        dropped(async move { table.migrate().await })
    };
    test.operation("migrate", migrate).await;
}

async fn read_models_leave_no_transaction_in_the_pool(database: String) {
    let model = MysqlReadModel::open(options(&database)).await;
    let model = model.expect("opened");
    let events = MysqlDatastore::open(options(&database)).await;
    let mut connections = Connections::new(&database, &events.expect("opened")).await;
    connections.model = Some(model.clone());
    let mut test = DropTest::new("mysql, read models", &connections);
    let open = async || {
        let options = options(&database);
        dropped(MysqlReadModel::open(options))
    };
    test.operation("open", open).await;
    let drop_tables = async || {
        connections
            .execute("DROP TABLE IF EXISTS es_projections, es_dead_letters")
            .await;
    };
    drop_read_model_futures(&mut test, &model, drop_tables).await;
    let connection = async || {
        let model = model.clone();
        dropped(async move { model.connection().await })
    };
    test.operation("connection", connection).await;
    test.finish();
}

/// Statements of the program itself, on connections that the read model lends and in its
/// transactions.
async fn lent_connections_come_back_outside_a_transaction(database: String) {
    let events = MysqlDatastore::open(options(&database)).await;
    let mut connections = Connections::new(&database, &events.expect("opened")).await;
    let model = MysqlReadModel::open(options(&database)).await;
    let model = model.expect("opened");
    connections.model = Some(model.clone());
    let make = "CREATE TABLE lent (n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)";
    connections.execute(make).await;
    let mut test = DropTest::new("mysql, lent connections", &connections);
    for sql in [
        "START TRANSACTION",
        "START TRANSACTION; INSERT INTO lent VALUES (1); SELECT 1",
        "SET autocommit = 0",
        "START TRANSACTION; SELECT 1; COMMIT",
        "SELECT 1; SELECT 2",
    ] {
        let keep = async |point: DropPoint| {
            let mut connection = model.connection().await.expect("a connection");
            let query = async { drop(connection.query_drop(sql).await) };
            let is_ready = point.poll(query).await;
            connection.keep();
            Ok(is_ready)
        };
        test.attempts(sql, keep).await;
    }
    let mut rows = 0;
    for (name, goes_on) in [("a handler", false), ("a handler that goes on", true)] {
        let handler = async |point: DropPoint| {
            let mut transaction = model.begin().await.expect("begun");
            let insert = "INSERT INTO lent VALUES ()";
            transaction.query_drop(insert).await.expect("inserted");
            let query = async { drop(transaction.query_drop("SELECT 1; SELECT 2").await) };
            let is_ready = point.poll(query).await;
            if goes_on {
                drop(transaction.query_drop("DO 1").await);
            }
            rows += i64::from(model.commit(transaction).await.is_ok());
            let seen = connections.count("lent").await?;
            if seen < rows {
                return Err(format!("{seen} of {rows} committed rows are visible"));
            }
            Ok(is_ready)
        };
        test.attempts(name, handler).await;
    }
    test.finish();
}

/// The caller drops its transaction after the append, or commits an append that completed.
async fn an_append_in_the_callers_transaction_leaves_no_transaction_in_the_pool(database: String) {
    let pool = pool(&database);
    let store = MysqlDatastore::from_pool(pool.clone());
    let mut connections = Connections::new(&database, &store).await;
    connections.pool = Some(pool.clone());
    connections
        .execute("CREATE TABLE payments (n BIGINT)")
        .await;
    connections.events.setup().await.expect("made");
    let taken = item(Uuid::new_v4(), 0);
    let append = connections.events.append(vec![taken.clone()].into());
    append.await.expect("kept");
    let mut test = DropTest::new("mysql, append_in", &connections);
    let mut payments = 0;
    for (name, last) in [("an append", None), ("a taken position", Some(&taken))] {
        let attempt = async |point: DropPoint| {
            let id = Uuid::new_v4();
            let items: Vec<_> = (0..3).map(|n| item(id, n)).chain(last.cloned()).collect();
            let is_ready = pay_and_append(&pool, &items, point).await;
            let is_ready = is_ready.map_err(|error| format!("the commit fails: {error:?}"))?;
            payments += i64::from(is_ready);
            let seen = connections.count("payments").await?;
            if seen != payments {
                return Err(format!("{seen} of {payments} committed rows are visible"));
            }
            Ok(is_ready)
        };
        test.attempts(name, attempt).await;
    }
    test.finish();
}

/// Inserts a row and appends up to a point; commits if that is the end.
async fn pay_and_append(
    pool: &Pool,
    items: &[SequencedItem],
    point: DropPoint,
) -> Result<bool, Error> {
    let mut connection = pool.get_conn().await?;
    let mut transaction = connection.start_transaction(TxOpts::default()).await?;
    let pay = "INSERT INTO payments VALUES (1)";
    transaction.query_drop(pay).await?;
    let appending = async {
        drop(append_in(&mut transaction, &Table::stored_events(), items).await);
    };
    let is_ready = point.poll(appending).await;
    if is_ready {
        transaction.commit().await?;
    }
    Ok(is_ready)
}
