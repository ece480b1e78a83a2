//! Futures that are dropped at each of their await points: no connection stays in a transaction.
//! Work that was started goes on off the threads of the runtime, and ends its own transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use es_sqlite::{SqliteDatastore, SqliteOptions, SqliteReadModel};
use es_store::{Datastore, RecordError, RecordManager, Table};
use es_testing::store::dropped::{
    DropTest, Probe, acknowledged_faults, drop_read_model_futures, drop_record_manager_futures,
    dropped,
};
use rusqlite::Connection;

use crate::test_folder::TestFolder;

/// The time in which work that was started ends.
const ENDING: Duration = Duration::from_secs(5);

/// The number of connections that read.
const READERS: usize = 2;

struct Connections {
    events: Arc<dyn RecordManager>,
    outside: Arc<dyn RecordManager>,
    /// `None` for the model in memory, which no other connection reads.
    foreign: Option<std::sync::Mutex<Connection>>,
    model: Option<SqliteReadModel>,
    acknowledged: AtomicI64,
}

impl Connections {
    async fn new(place: &TestFolder, store: &SqliteDatastore) -> Self {
        let outside = SqliteDatastore::open(options(place)).await;
        let outside = outside.expect("opened").table(Table::stored_events());
        let foreign = place.foreign();
        foreign.busy_timeout(ENDING).expect("set");
        Self {
            events: store.table(Table::stored_events()).expect("a table"),
            outside: outside.expect("a table"),
            foreign: Some(std::sync::Mutex::new(foreign)),
            model: None,
            acknowledged: AtomicI64::new(0),
        }
    }

    async fn with_model(mut self, model: SqliteReadModel) -> Self {
        let make = |connection: &Connection| connection.execute_batch("CREATE TABLE seen (n)");
        model.write(make).await.expect("made");
        self.model = Some(model);
        self
    }

    /// Returns the fault of a lock that is not released.
    fn lock_fault(&self) -> Option<String> {
        let foreign = self.foreign.as_ref()?.lock().expect("no panic");
        let locked = foreign.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
        let error = locked.err()?;
        Some(format!("another program cannot write: {error}"))
    }

    async fn model_faults(&self, model: &SqliteReadModel) -> Result<Vec<String>, RecordError> {
        let mut faults = Vec::new();
        let insert =
            |connection: &Connection| connection.execute("INSERT INTO seen VALUES (1)", []);
        model.write(insert).await?;
        let acknowledged = self.acknowledged.fetch_add(1, Ordering::Relaxed) + 1;
        // The connections of the pool are read at the same time.
        let read = || {
            model.read(|connection| {
                std::thread::sleep(Duration::from_millis(1));
                let sql = "SELECT count(*) FROM seen";
                let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
                Ok((connection.is_autocommit(), count))
            })
        };
        let (one, two) = tokio::join!(read(), read());
        for (is_outside, seen) in [one?, two?] {
            if !is_outside {
                faults.push("the next reader is inside a transaction".to_owned());
            }
            if seen != acknowledged {
                faults.push(format!(
                    "{seen} of {acknowledged} acknowledged rows are read"
                ));
            }
        }
        Ok(faults)
    }

    async fn find_faults(&self) -> Result<Vec<String>, RecordError> {
        let mut faults: Vec<_> = self.lock_fault().into_iter().collect();
        if let Some(model) = &self.model {
            faults.extend(self.model_faults(model).await?);
        }
        faults.extend(acknowledged_faults(&self.events, &self.outside).await);
        Ok(faults)
    }
}

#[async_trait]
impl Probe for Connections {
    async fn faults(&self) -> Vec<String> {
        match self.find_faults().await {
            Ok(faults) => faults,
            Err(error) => vec![format!("the next caller fails: {error:?}")],
        }
    }
}

fn options(place: &TestFolder) -> SqliteOptions {
    let mut options = SqliteOptions::file(place.database()).with_timeout(ENDING);
    options.readers = READERS;
    options
}

pub(crate) async fn record_managers_leave_no_transaction() {
    let place = TestFolder::new();
    let store = SqliteDatastore::open(options(&place)).await;
    let store = Arc::new(store.expect("opened"));
    let connections = Connections::new(&place, &store).await;
    let mut test = DropTest::new("sqlite, record managers", &connections);
    let open = async || {
        let options = options(&place);
        dropped(SqliteDatastore::open(options))
    };
    test.operation("open", open).await;
    let shared: Arc<dyn Datastore> = store;
    drop_record_manager_futures(&mut test, &shared).await;
    test.finish();
}

pub(crate) async fn read_models_in_a_file_leave_no_transaction() {
    let place = TestFolder::new();
    let store = SqliteDatastore::open(options(&place)).await;
    let model = SqliteReadModel::open(options(&place)).await;
    let connections = Connections::new(&place, &store.expect("opened")).await;
    drop_model_futures("sqlite, read models", connections, model.expect("opened")).await;
}

pub(crate) async fn read_models_in_memory_leave_no_transaction() {
    let place = TestFolder::new();
    let store = SqliteDatastore::open(options(&place)).await;
    let model = SqliteReadModel::open(SqliteOptions::memory()).await;
    let mut connections = Connections::new(&place, &store.expect("opened")).await;
    connections.foreign = None;
    let name = "sqlite, read models in memory";
    drop_model_futures(name, connections, model.expect("opened")).await;
}

async fn drop_model_futures(store: &'static str, connections: Connections, model: SqliteReadModel) {
    let connections = connections.with_model(model.clone()).await;
    let mut test = DropTest::new(store, &connections);
    let drop_tables = async || {
        let drop = |connection: &Connection| {
            connection.execute_batch(
                "DROP TABLE IF EXISTS es_projections; DROP TABLE IF EXISTS es_dead_letters",
            )
        };
        model.write(drop).await.expect("dropped");
    };
    drop_read_model_futures(&mut test, &model, drop_tables).await;
    let write = async || {
        let model = model.clone();
        let nothing = |connection: &Connection| connection.execute_batch("SELECT 1");
        dropped(async move { model.write(nothing).await })
    };
    test.operation("write", write).await;
    for sql in [
        "SELECT count(*) FROM seen",
        "BEGIN; SELECT count(*) FROM seen",
    ] {
        let read = async || {
            let model = model.clone();
            let read = move |connection: &Connection| connection.execute_batch(sql);
            dropped(async move { model.read(read).await })
        };
        test.operation(sql, read).await;
    }
    test.finish();
}
