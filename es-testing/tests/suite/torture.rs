//! Tests that the torture test finds stores with common defects.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use es_store::{
    Append, Appended, Capabilities, ItemQuery, Position, Record, RecordError, RecordId,
    RecordManager, SequencedItem, Table, TableAdministration, Topic,
};
use es_testing::store::torture::{Report, Torture, become_writer};
use es_testing::store::{Backend, Reach};
use libtest_mimic::{Failed, Trial};
use rusqlite::{Connection, Row, TransactionBehavior, params};
use uuid::Uuid;

/// The variables with the folder of the databases and the fault, for writers.
const DIRECTORY: &str = "ES_TESTING_DIRECTORY";
const FAULT: &str = "ES_TESTING_FAULT";

/// The fault of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Ids come from a counter and their rows are committed later, as with sequences and identity
    /// columns.
    IdsBeforeTheCommit,
    /// Answers come before the commit, as with a buffer in memory.
    AnswersBeforeTheCommit,
}

/// Writes and returns true if this process was started to be a writer.
pub(crate) fn is_writer() -> bool {
    let (Some(directory), Ok(fault)) = (std::env::var_os(DIRECTORY), std::env::var(FAULT)) else {
        return false;
    };
    let fault = [Fault::IdsBeforeTheCommit, Fault::AnswersBeforeTheCommit]
        .into_iter()
        .find(|known| format!("{known:?}") == fault);
    let fault = fault.expect("a known fault");
    assert!(
        become_writer(&broken(directory.into(), fault)),
        "the variables are given to writers only"
    );
    true
}

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("torture::ids_taken_before_the_commit_are_detected", || {
            let report = torture(Fault::IdsBeforeTheCommit);
            found(
                report.skipped > 0 && report.holes > 0 && !report.is_clean(),
                &report,
            )
        }),
        Trial::test(
            "torture::answers_given_before_the_commit_are_detected",
            || {
                let report = torture(Fault::AnswersBeforeTheCommit);
                found(report.lost > 0 && !report.is_clean(), &report)
            },
        ),
    ]
}

fn found(is_found: bool, report: &Report) -> Result<(), Failed> {
    if is_found {
        Ok(())
    } else {
        Err(Failed::from(report.to_string()))
    }
}

fn torture(fault: Fault) -> Report {
    let directory = tempfile::tempdir().expect("a directory");
    let mut torture = Torture::default()
        .with_variable(DIRECTORY, directory.path().to_string_lossy())
        .with_variable(FAULT, format!("{fault:?}"));
    torture.duration = Duration::from_secs(3);
    torture.run(&broken(directory.path().to_owned(), fault))
}

fn broken(directory: PathBuf, fault: Fault) -> Arc<dyn Backend> {
    Arc::new(BrokenStores { directory, fault })
}

struct BrokenStores {
    directory: PathBuf,
    fault: Fault,
}

#[async_trait]
impl Backend for BrokenStores {
    async fn open(&self, name: &str, _: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        let path = self.directory.join(name);
        let connection = Connection::open(&path).map_err(failed)?;
        connection
            .busy_timeout(Duration::from_secs(20))
            .map_err(failed)?;
        Ok(Arc::new(BrokenStore {
            connection: Arc::new(Mutex::new(connection)),
            path,
            fault: self.fault,
        }))
    }

    fn reach(&self) -> Reach {
        Reach::Durable
    }
}

struct BrokenStore {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
    fault: Fault,
}

const SETUP: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE counter (n INTEGER NOT NULL);
    INSERT INTO counter VALUES (0);
    CREATE TABLE events (id INTEGER PRIMARY KEY, sequence BLOB, position INTEGER, data TEXT, UNIQUE (sequence, position));
";

/// The delay of a row.
const LATER: Duration = Duration::from_millis(3);

impl BrokenStore {
    fn connect(&self) -> Result<Connection, RecordError> {
        let connection = Connection::open(&self.path).map_err(failed)?;
        connection
            .busy_timeout(Duration::from_secs(20))
            .map_err(failed)?;
        connection
            .pragma_update(None, "synchronous", "OFF")
            .map_err(failed)?;
        Ok(connection)
    }

    fn read<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, RecordError> {
        let connection = self.connection.lock().expect("no panic");
        let mut statement = connection.prepare_cached(sql).map_err(failed)?;
        let rows = statement.query_map(parameters, read).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }
}

fn failed(error: rusqlite::Error) -> RecordError {
    RecordError::Unavailable {
        source: error.into(),
    }
}

/// Takes ids in a transaction of its own.
fn take_ids(connection: &Connection, len: usize) -> Result<u64, RecordError> {
    let sql = "UPDATE counter SET n = n + ?1 RETURNING n";
    let last: i64 = connection
        .query_row(sql, [i64::try_from(len).expect("small")], |row| row.get(0))
        .map_err(failed)?;
    Ok(u64::try_from(last).expect("it counts up") + 1 - len as u64)
}

fn insert(
    connection: &mut Connection,
    first: u64,
    items: &[SequencedItem],
) -> Result<(), RecordError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    for (id, item) in (first..).zip(items) {
        let Position::Integer(position) = item.position else {
            panic!("whole numbers only")
        };
        let row = params![
            i64::try_from(id).expect("small"),
            item.sequence_id.as_bytes().as_slice(),
            position,
            &*item.data
        ];
        transaction
            .execute("INSERT INTO events VALUES (?1, ?2, ?3, ?4)", row)
            .map_err(|_| RecordError::Conflict {
                sequence_id: item.sequence_id,
                position: item.position,
            })?;
    }
    transaction.commit().map_err(failed)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let (id, sequence, position, data): (i64, Vec<u8>, i64, String) =
        (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Record {
        id: RecordId::new(id.unsigned_abs()),
        item: SequencedItem {
            sequence_id: Uuid::from_slice(&sequence).expect("16 bytes"),
            position: Position::Integer(position),
            topic: Topic::new("Torture.Happened"),
            data: data.into(),
        },
    })
}

#[async_trait]
impl RecordManager for BrokenStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::full()
    }

    async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let items = append.into_items();
        let (mut connection, fault, len) = (self.connect()?, self.fault, items.len());
        let write = move || {
            let first = take_ids(&connection, len)?;
            let mut late = move || {
                thread::sleep(LATER);
                insert(&mut connection, first, &items)
            };
            match fault {
                Fault::IdsBeforeTheCommit => late()?,
                Fault::AnswersBeforeTheCommit => drop(thread::spawn(late)),
            }
            Ok(Appended::with_ids(RecordId::new(first), len))
        };
        tokio::task::spawn_blocking(write).await.expect("no panic")
    }

    /// Supports only the query of the torture test: the last item.
    async fn items(&self, query: ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        let sql = "SELECT * FROM events WHERE sequence = ?1 ORDER BY position DESC LIMIT 1";
        let records = self.read(sql, [query.sequence_id.as_bytes().as_slice()], record)?;
        Ok(records.into_iter().map(|record| record.item).collect())
    }

    async fn records(&self, after: RecordId, limit: usize) -> Result<Vec<Record>, RecordError> {
        let page = [after.get(), limit as u64].map(|n| i64::try_from(n).expect("small"));
        self.read(
            "SELECT * FROM events WHERE id > ?1 ORDER BY id LIMIT ?2",
            page,
            record,
        )
    }

    async fn max_record_id(&self) -> Result<RecordId, RecordError> {
        Err(RecordError::unsupported("max_record_id"))
    }

    async fn sequence_ids(&self, _: Option<Uuid>, _: usize) -> Result<Vec<Uuid>, RecordError> {
        Err(RecordError::unsupported("sequence_ids"))
    }
}

#[async_trait]
impl TableAdministration for BrokenStore {
    async fn setup(&self) -> Result<(), RecordError> {
        self.connection
            .lock()
            .expect("no panic")
            .execute_batch(SETUP)
            .map_err(failed)
    }
}
