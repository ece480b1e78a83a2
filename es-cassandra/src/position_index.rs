//! Which items of a table have a position: a table of its own beside it.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use es_core::RecordError;
use es_core::infrastructure::application_sequence::PositionIndex;
use es_core::infrastructure::{Reference, Table};
use scylla::client::caching_session::CachingSession;
use scylla::errors::ExecutionError;
use scylla::response::query_result::QueryResult;
use scylla::serialize::row::SerializeRow;
use scylla::statement::unprepared::Statement;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::database::{Database, change};
use crate::schema;
use crate::statements::{check_name, quote};

/// How many notes are on their way at a time.
const AT_A_TIME: usize = 32;

/// The version of the row, in the partition of the array's own id, that holds the floor.
const FLOOR: i64 = -1;

/// The table `<table>_positions`, of the positions that a table's items have.
pub(crate) struct TableIndex {
    database: Arc<Database>,
    /// As errors name it.
    table: Table,
    /// The id of the array: no item stands under it.
    root: Uuid,
    cql: Arc<Cql>,
}

struct Cql {
    note: String,
    find: String,
    last: String,
    forget: String,
    create: String,
    truncate: String,
    drop: String,
}

impl TableIndex {
    pub(crate) fn open(
        database: Arc<Database>,
        table: &Table,
        root: Uuid,
    ) -> Result<Self, RecordError> {
        let name = format!("{}_positions", table.name);
        check_name(&name, "the index of the positions of a table")?;
        let keyspace = quote(&database.options().keyspace);
        let qualified = format!("{keyspace}.{}", quote(&name));
        let cql = Cql {
            note: format!(
                "INSERT INTO {qualified} (sequence_id, version, position) VALUES (?, ?, ?)"
            ),
            find: format!("SELECT position FROM {qualified} WHERE sequence_id = ? AND version = ?"),
            last: format!("SELECT version FROM {qualified} WHERE sequence_id = ? LIMIT 1"),
            forget: format!("DELETE FROM {qualified} WHERE sequence_id = ? AND version = ?"),
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
            root,
            cql: Arc::new(cql),
        })
    }

    fn floor_at(&self) -> Reference {
        Reference {
            position: FLOOR,
            sequence_id: self.root,
        }
    }

    async fn change(&self, operation: &'static str, cql: &str) -> Result<(), RecordError> {
        let session = self.database.session()?;
        match change(session.get_session(), cql).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(operation, error)),
        }
    }

    /// The first column of the first row.
    async fn number(
        &self,
        cql: &str,
        values: impl SerializeRow,
    ) -> Result<Option<i64>, RecordError> {
        let session = self.database.session()?;
        let consistency = self.database.options().consistency;
        let statement = self.database.reading(cql, consistency);
        let answer = session.execute_unpaged(statement, values).await;
        let answer = answer.map_err(|error| self.explain("read the index of positions", error))?;
        let unfit = || RecordError::Schema {
            table: self.table.name.clone().into_owned(),
            reason: "its columns are of other types; drop it: the next repair fills it again"
                .to_owned(),
        };
        let rows = answer.into_rows_result().map_err(|_| unfit())?;
        let row = rows.maybe_first_row::<(i64,)>().map_err(|_| unfit())?;
        Ok(row.map(|(number,)| number))
    }

    fn explain(&self, operation: &'static str, error: ExecutionError) -> RecordError {
        if crate::error::is_of_schema(&error) {
            return RecordError::Schema {
                table: self.table.name.clone().into_owned(),
                reason: "it is not there, or of another shape; `setup` makes it".to_owned(),
            };
        }
        crate::error::record_error(operation, error)
    }
}

/// Says the same however often it is sent.
async fn send(
    session: &CachingSession,
    cql: &str,
    values: impl SerializeRow,
) -> Result<QueryResult, ExecutionError> {
    let mut statement = Statement::new(cql);
    statement.set_is_idempotent(true);
    session.execute_unpaged(statement, values).await
}

fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn unsigned(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}

#[async_trait]
impl PositionIndex for TableIndex {
    async fn note(&self, places: &[(Reference, u64)]) -> Result<(), RecordError> {
        const OPERATION: &str = "note positions";
        let session = self.database.session()?;
        let mut notes = JoinSet::new();
        for (item, at) in places {
            if notes.len() == AT_A_TIME
                && let Some(Ok(Err(error))) = notes.join_next().await
            {
                return Err(self.explain(OPERATION, error));
            }
            let (session, cql) = (session.clone(), self.cql.clone());
            let values = (item.sequence_id, item.position, signed(*at));
            notes.spawn(async move { send(&session, &cql.note, values).await.map(drop) });
        }
        for note in notes.join_all().await {
            note.map_err(|error| self.explain(OPERATION, error))?;
        }
        Ok(())
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        let values = (item.sequence_id, item.position);
        Ok(self.number(&self.cql.find, values).await?.map(unsigned))
    }

    async fn last(&self, sequence_id: Uuid) -> Result<Option<i64>, RecordError> {
        self.number(&self.cql.last, (sequence_id,)).await
    }

    async fn forget(&self, item: Reference) -> Result<(), RecordError> {
        let session = self.database.session()?;
        let values = (item.sequence_id, item.position);
        let forgotten = send(&session, &self.cql.forget, values).await;
        forgotten.map_err(|error| self.explain("forget a position", error))?;
        Ok(())
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        Ok(self.find(self.floor_at()).await?.unwrap_or_default())
    }

    async fn set_floor(&self, floor: u64) -> Result<(), RecordError> {
        self.note(&[(self.floor_at(), floor)]).await
    }

    async fn setup(&self) -> Result<(), RecordError> {
        if schema::is_there(&self.database, &self.table).await? {
            return Ok(());
        }
        self.change("set the index of positions up", &self.cql.create)
            .await
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        self.change("truncate the index of positions", &self.cql.truncate)
            .await
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.change("drop the index of positions", &self.cql.drop)
            .await
    }
}
