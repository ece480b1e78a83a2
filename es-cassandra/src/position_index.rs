//! The index of array positions, in a table beside the table of the items.
//!
//! With the index, a repair compares the last versions of the sequences instead of scanning the
//! array. Its writes cost 15 to 20 % of the rate of appends.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use es_store::{RecordError, Table};
use es_structures::Reference;
use es_structures::application_sequence::PositionIndex;
use scylla::client::caching_session::CachingSession;
use scylla::errors::ExecutionError;
use scylla::response::query_result::QueryResult;
use scylla::serialize::row::SerializeRow;
use scylla::statement::unprepared::Statement;
use scylla::value::CqlValue;
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

use crate::database::{Database, change_schema};
use crate::reader::Paged;
use crate::schema;
use crate::statements::{check_name, quote};

/// Maximum number of concurrent statements of one call.
const CONCURRENT_WRITES: usize = 32;

const INSERT: &str = "write to the index of positions";
const READ: &str = "read the index of positions";

/// The version of the row that holds the floor, in the partition of the array's id.
const FLOOR: i64 = -1;

/// The table `<table>_positions`, an index from items to their positions in the array.
pub(crate) struct TableIndex {
    database: Arc<Database>,
    /// The table of the index, for error messages.
    table: Table,
    /// The id of the array. No sequence of events has this id, so its partition is free for the
    /// floor.
    array_id: Uuid,
    cql: Arc<Cql>,
}

struct Cql {
    insert: String,
    find: String,
    last_versions: String,
    delete: String,
    create: String,
    truncate: String,
    drop: String,
}

impl TableIndex {
    pub(crate) fn open(
        database: Arc<Database>,
        table: &Table,
        array_id: Uuid,
    ) -> Result<Self, RecordError> {
        let name = format!("{}_positions", table.name);
        check_name(&name, "the index of the positions of a table")?;
        let keyspace = quote(&database.options().keyspace);
        let qualified = format!("{keyspace}.{}", quote(&name));
        let cql = Cql {
            insert: format!(
                "INSERT INTO {qualified} (sequence_id, version, position) VALUES (?, ?, ?) USING TIMESTAMP ?"
            ),
            find: format!("SELECT position FROM {qualified} WHERE sequence_id = ? AND version = ?"),
            last_versions: format!(
                "SELECT sequence_id, version FROM {qualified} WHERE token(sequence_id) >= token(?) AND token(sequence_id) <= \
                 token(?) PER PARTITION LIMIT 1"
            ),
            delete: format!(
                "DELETE FROM {qualified} USING TIMESTAMP ? WHERE sequence_id = ? AND version = ?"
            ),
            create: format!(
                "CREATE TABLE IF NOT EXISTS {qualified} (sequence_id uuid, version bigint, position bigint, PRIMARY KEY \
                 ((sequence_id), version)) WITH CLUSTERING ORDER BY (version DESC)"
            ),
            truncate: format!("TRUNCATE {qualified}"),
            drop: format!("DROP TABLE IF EXISTS {qualified}"),
        };
        Ok(Self {
            database,
            table: Table::stored_events().named(Cow::Owned(name)),
            array_id,
            cql: Arc::new(cql),
        })
    }

    /// Returns the key of the row that holds the floor.
    fn floor_key(&self) -> Reference {
        Reference {
            position: FLOOR,
            sequence_id: self.array_id,
        }
    }

    async fn change_schema(&self, operation: &'static str, cql: &str) -> Result<(), RecordError> {
        let session = self.database.session()?;
        match change_schema(session.get_session(), cql).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(operation, error)),
        }
    }

    /// Reads the first column of the first row.
    async fn read_number(
        &self,
        cql: &str,
        values: impl SerializeRow,
    ) -> Result<Option<i64>, RecordError> {
        let session = self.database.session()?;
        let consistency = self.database.options().consistency;
        let statement = self.database.read_statement(cql, consistency);
        let answer = session.execute_unpaged(statement, values).await;
        let answer = answer.map_err(|error| self.explain(READ, error))?;
        let rows = answer.into_rows_result().map_err(|_| self.schema_error())?;
        let row = rows.maybe_first_row::<(i64,)>();
        let row = row.map_err(|_| self.schema_error())?;
        Ok(row.map(|(number,)| number))
    }

    fn schema_error(&self) -> RecordError {
        RecordError::Schema {
            table: self.table.name.clone().into_owned(),
            reason: "its columns have other types than expected; drop it, and the next repair fills it again"
                .to_owned(),
        }
    }

    /// Maps the outcome of a task that wrote an entry.
    fn write_result(
        &self,
        outcome: Result<Result<(), ExecutionError>, JoinError>,
    ) -> Result<(), RecordError> {
        match outcome {
            Ok(written) => written.map_err(|error| self.explain(INSERT, error)),
            Err(error) => Err(RecordError::Backend {
                operation: INSERT,
                source: error.into(),
            }),
        }
    }

    fn explain(&self, operation: &'static str, error: ExecutionError) -> RecordError {
        if crate::error::is_schema_error(&error) {
            return RecordError::Schema {
                table: self.table.name.clone().into_owned(),
                reason: "it does not exist or has another shape; call `setup` to create it"
                    .to_owned(),
            };
        }
        crate::error::record_error(operation, error)
    }
}

/// Executes a statement with an explicit write time. It is idempotent, so the driver may retry it.
async fn execute(
    session: &CachingSession,
    cql: &str,
    values: impl SerializeRow,
) -> Result<QueryResult, ExecutionError> {
    let mut statement = Statement::new(cql);
    statement.set_is_idempotent(true);
    session.execute_unpaged(statement, values).await
}

/// Returns the write time of an entry, derived from its position: the entry with the highest
/// position wins, whichever arrives last, and no clock matters. Even numbers leave room for the
/// write times of deletions.
fn write_time(position: u64) -> i64 {
    signed(position).saturating_mul(2).saturating_add(2)
}

fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn unsigned(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}

#[async_trait]
impl PositionIndex for TableIndex {
    async fn insert(&self, positions: &[(Reference, u64)]) -> Result<(), RecordError> {
        let session = self.database.session()?;
        let mut writes = JoinSet::new();
        for (item, position) in positions {
            if writes.len() == CONCURRENT_WRITES
                && let Some(outcome) = writes.join_next().await
            {
                self.write_result(outcome)?;
            }
            let (session, cql) = (session.clone(), self.cql.clone());
            let (signed, time) = (signed(*position), write_time(*position));
            let values = (item.sequence_id, item.position, signed, time);
            writes.spawn(async move { execute(&session, &cql.insert, values).await.map(drop) });
        }
        while let Some(outcome) = writes.join_next().await {
            self.write_result(outcome)?;
        }
        Ok(())
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        let values = (item.sequence_id, item.position);
        Ok(self
            .read_number(&self.cql.find, values)
            .await?
            .map(unsigned))
    }

    /// Reads the whole token range from the first id to the last, and skips other sequences page by
    /// page.
    async fn last_versions(
        &self,
        sequence_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, RecordError> {
        let (Some(first), Some(last)) = (sequence_ids.first(), sequence_ids.last()) else {
            return Ok(HashMap::new());
        };
        let session = self.database.session()?;
        let consistency = self.database.options().consistency;
        let statement = self
            .database
            .read_statement(&self.cql.last_versions, consistency);
        let range = vec![CqlValue::Uuid(*first), CqlValue::Uuid(*last)];
        let mut pages = Paged::new(&session, statement, range, sequence_ids.len() + 1);
        let wanted: HashSet<_> = sequence_ids.iter().collect();
        let mut last_versions = HashMap::with_capacity(sequence_ids.len());
        while let Some(page) = pages.next().await.transpose() {
            let page = page.map_err(|error| self.explain(READ, error))?;
            for row in page
                .rows::<(Uuid, i64)>()
                .map_err(|_| self.schema_error())?
            {
                let (id, version) = row.map_err(|_| self.schema_error())?;
                if wanted.contains(&id) {
                    last_versions.insert(id, version);
                }
            }
        }
        Ok(last_versions)
    }

    async fn remove(&self, item: Reference, position: u64) -> Result<(), RecordError> {
        let session = self.database.session()?;
        let time = write_time(position).saturating_add(1);
        let values = (time, item.sequence_id, item.position);
        let deleted = execute(&session, &self.cql.delete, values).await;
        deleted.map_err(|error| self.explain("delete from the index of positions", error))?;
        Ok(())
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        Ok(self.find(self.floor_key()).await?.unwrap_or_default())
    }

    async fn raise_floor(&self, floor: u64) -> Result<(), RecordError> {
        self.insert(&[(self.floor_key(), floor)]).await
    }

    async fn setup(&self) -> Result<(), RecordError> {
        if schema::exists(&self.database, &self.table).await? {
            return Ok(());
        }
        self.change_schema("set up the index of positions", &self.cql.create)
            .await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.change_schema("truncate the index of positions", &self.cql.truncate)
            .await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.change_schema("drop the index of positions", &self.cql.drop)
            .await
    }
}
