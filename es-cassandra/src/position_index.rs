//! Which items of a table have a position: a table of its own beside it.

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

use crate::database::{Database, change};
use crate::reader::Paged;
use crate::schema;
use crate::statements::{check_name, quote};

/// How many notes are on their way at a time.
const AT_A_TIME: usize = 32;

const NOTE: &str = "note positions";
const READ: &str = "read the index of positions";

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
    lasts: String,
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
                "INSERT INTO {qualified} (sequence_id, version, position) VALUES (?, ?, ?) USING TIMESTAMP ?"
            ),
            find: format!("SELECT position FROM {qualified} WHERE sequence_id = ? AND version = ?"),
            lasts: format!(
                "SELECT sequence_id, version FROM {qualified} WHERE token(sequence_id) >= token(?) AND token(sequence_id) <= \
                 token(?) PER PARTITION LIMIT 1"
            ),
            forget: format!(
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
        let answer = answer.map_err(|error| self.explain(READ, error))?;
        let rows = answer.into_rows_result().map_err(|_| self.unfit())?;
        let row = rows.maybe_first_row::<(i64,)>();
        let row = row.map_err(|_| self.unfit())?;
        Ok(row.map(|(number,)| number))
    }

    fn unfit(&self) -> RecordError {
        RecordError::Schema {
            table: self.table.name.clone().into_owned(),
            reason: "its columns are of other types; drop it: the next repair fills it again"
                .to_owned(),
        }
    }

    /// What became of a note.
    fn noted(
        &self,
        ended: Result<Result<(), ExecutionError>, JoinError>,
    ) -> Result<(), RecordError> {
        match ended {
            Ok(noted) => noted.map_err(|error| self.explain(NOTE, error)),
            Err(error) => Err(RecordError::Backend {
                operation: NOTE,
                source: error.into(),
            }),
        }
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

/// The write time of a note, made of the position: so the highest counts, whatever comes last and whose clock is wrong. Above
/// 0, and with room for the one at which it is forgotten.
fn time_of_note(at: u64) -> i64 {
    signed(at).saturating_mul(2).saturating_add(2)
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
        let session = self.database.session()?;
        let mut notes = JoinSet::new();
        for (item, at) in places {
            if notes.len() == AT_A_TIME
                && let Some(ended) = notes.join_next().await
            {
                self.noted(ended)?;
            }
            let (session, cql) = (session.clone(), self.cql.clone());
            let (at, time) = (signed(*at), time_of_note(*at));
            let values = (item.sequence_id, item.position, at, time);
            notes.spawn(async move { send(&session, &cql.note, values).await.map(drop) });
        }
        while let Some(ended) = notes.join_next().await {
            self.noted(ended)?;
        }
        Ok(())
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        let values = (item.sequence_id, item.position);
        Ok(self.number(&self.cql.find, values).await?.map(unsigned))
    }

    /// Of what others there are in between, no more is kept at a time than a page.
    async fn lasts(&self, sequence_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, RecordError> {
        let (Some(first), Some(last)) = (sequence_ids.first(), sequence_ids.last()) else {
            return Ok(HashMap::new());
        };
        let session = self.database.session()?;
        let consistency = self.database.options().consistency;
        let statement = self.database.reading(&self.cql.lasts, consistency);
        let span = vec![CqlValue::Uuid(*first), CqlValue::Uuid(*last)];
        let mut pages = Paged::of(&session, statement, span, sequence_ids.len() + 1);
        let wanted: HashSet<_> = sequence_ids.iter().collect();
        let mut lasts = HashMap::with_capacity(sequence_ids.len());
        while let Some(page) = pages.next().await.transpose() {
            let page = page.map_err(|error| self.explain(READ, error))?;
            for row in page.rows::<(Uuid, i64)>().map_err(|_| self.unfit())? {
                let (id, version) = row.map_err(|_| self.unfit())?;
                if wanted.contains(&id) {
                    lasts.insert(id, version);
                }
            }
        }
        Ok(lasts)
    }

    async fn forget(&self, item: Reference, at: u64) -> Result<(), RecordError> {
        let session = self.database.session()?;
        let time = time_of_note(at).saturating_add(1);
        let values = (time, item.sequence_id, item.position);
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
