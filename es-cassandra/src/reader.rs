//! What is read of one table.

use std::ops::ControlFlow;

use es_store::kit::ItemReader;
use es_store::{ItemQuery, Position, RecordError, SequencedItem, Table};
use scylla::client::caching_session::CachingSession;
use scylla::deserialize::row::DeserializeRow;
use scylla::errors::ExecutionError;
use scylla::response::query_result::QueryRowsResult;
use scylla::response::{PagingState, PagingStateResponse};
use scylla::statement::Consistency;
use scylla::statement::unprepared::Statement;
use scylla::value::CqlValue;
use uuid::Uuid;

use crate::database::Database;
use crate::rows::{self, ItemRow, position_value};
use crate::statements::Statements;

/// How many rows the server sends at a time.
const PAGE: usize = 5_000;

/// The first token of the ring.
const FIRST: i64 = i64::MIN;

/// Reads one table.
pub(crate) struct TableReader<'d> {
    pub(crate) database: &'d Database,
    pub(crate) table: &'d Table,
    pub(crate) statements: &'d Statements,
}

/// A statement that is read page by page.
pub(crate) struct Paged<'s> {
    session: &'s CachingSession,
    statement: Statement,
    values: Vec<CqlValue>,
    /// None before the first page.
    state: Option<PagingState>,
}

impl TableReader<'_> {
    pub(crate) async fn items(&self, query: &ItemQuery) -> Result<Vec<SequencedItem>, RecordError> {
        let limit = query.limit.unwrap_or(usize::MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (cql, values) = self.statements.items(query);
        let consistency = self.database.options().consistency;
        self.read_items("read items", &cql, values, consistency, limit)
            .await
    }

    /// The items at one position of a few sequences. The statement has a limit, and so is not paged: a server reads page by page
    /// one sequence after another, and otherwise all at once.
    pub(crate) async fn items_at(
        &self,
        position: Position,
        sequence_ids: Vec<Uuid>,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let count = sequence_ids.len();
        let limit = i32::try_from(count).unwrap_or(i32::MAX);
        let ids = sequence_ids.into_iter().map(CqlValue::Uuid).collect();
        let values = vec![
            CqlValue::List(ids),
            position_value(position),
            CqlValue::Int(limit),
        ];
        let consistency = self.database.options().consistency;
        let cql = &self.statements.across;
        self.read_items("read items", cql, values, consistency, count)
            .await
    }

    /// One item as the replicas agree on it, after which what was undecided of it is decided.
    pub(crate) async fn find_serial(
        &self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<SequencedItem>, RecordError> {
        let values = vec![CqlValue::Uuid(sequence_id), position_value(position)];
        let consistency = self.database.serial();
        let found = self
            .read_items("append", &self.statements.find, values, consistency, 1)
            .await?;
        Ok(found.into_iter().next())
    }

    async fn read_items(
        &self,
        operation: &'static str,
        cql: &str,
        values: Vec<CqlValue>,
        consistency: Consistency,
        limit: usize,
    ) -> Result<Vec<SequencedItem>, RecordError> {
        let session = self.database.session()?;
        let mut pages = self.paged(&session, cql, values, consistency, limit);
        let (mut items, mut reader) = (Vec::new(), ItemReader::new(self.table));
        while let Some(page) = pages.next().await.transpose() {
            let page = match page {
                Ok(page) => page,
                Err(error) => return Err(self.explain(operation, error).await),
            };
            let rows = page.rows::<ItemRow<'_>>().map_err(|_| self.unfit())?;
            for row in rows {
                let row = row.map_err(|_| self.unfit())?;
                items.push(rows::item(&mut reader, row)?);
            }
        }
        Ok(items)
    }

    /// The ids of sequences in the order of the ring. Those of one token, should there be two, are in that of their bytes.
    pub(crate) async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let cql = &self.statements.sequences;
        let id = |(id, token): (Uuid, i64)| Ok((token, id, id));
        self.along_the_ring("read sequence ids", cql, after, limit, id)
            .await
    }

    /// The last positions of the same sequences.
    pub(crate) async fn last_positions(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Position)>, RecordError> {
        let cql = &self.statements.lasts;
        let last = |(id, token, last): (Uuid, i64, CqlValue)| {
            let last = rows::from_value(self.table.position_kind, &last);
            Ok((token, id, (id, last.ok_or_else(|| self.unfit())?)))
        };
        self.along_the_ring("read last positions", cql, after, limit, last)
            .await
    }

    /// What `read` makes of the rows of a statement, of which each sequence behind `after` has one.
    async fn along_the_ring<R, T>(
        &self,
        operation: &'static str,
        cql: &str,
        after: Option<Uuid>,
        limit: usize,
        read: impl Fn(R) -> Result<(i64, Uuid, T), RecordError>,
    ) -> Result<Vec<T>, RecordError>
    where
        R: for<'r> DeserializeRow<'r, 'r>,
    {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let session = self.database.session()?;
        let start = match after {
            Some(after) => match self.token(&session, after).await {
                Ok(token) => Some((token, after)),
                Err(error) => return Err(self.explain(operation, error).await),
            },
            None => None,
        };
        let values = vec![CqlValue::BigInt(start.map_or(FIRST, |(token, _)| token))];
        let consistency = self.database.options().consistency;
        let mut pages = self.paged(&session, cql, values, consistency, limit.saturating_add(1));
        let mut found = Vec::new();
        while found.len() < limit {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => return Err(self.explain(operation, error).await),
            };
            for row in page.rows::<R>().map_err(|_| self.unfit())? {
                let (token, id, one) = read(row.map_err(|_| self.unfit())?)?;
                if start.is_none_or(|start| (token, id) > start) {
                    found.push(one);
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The place of a sequence on the ring.
    async fn token(&self, session: &CachingSession, id: Uuid) -> Result<i64, ExecutionError> {
        let consistency = self.database.options().consistency;
        let statement = self.database.reading(&self.statements.token, consistency);
        let prepared = session.add_prepared_statement(&statement).await?;
        let token = prepared.calculate_token(&(id,)).ok().flatten();
        Ok(token.map_or(FIRST, |token| token.value()))
    }

    fn paged<'s>(
        &self,
        session: &'s CachingSession,
        cql: &str,
        values: Vec<CqlValue>,
        consistency: Consistency,
        wanted: usize,
    ) -> Paged<'s> {
        let statement = self.database.reading(cql, consistency);
        Paged::of(session, statement, values, wanted)
    }

    async fn explain(&self, operation: &'static str, error: ExecutionError) -> RecordError {
        self.database.explain(operation, self.table, error).await
    }

    /// The columns are of other types than they were when the table was set up.
    fn unfit(&self) -> RecordError {
        RecordError::Schema {
            table: self.table.name.clone().into_owned(),
            reason: "its columns are of other types; `setup` says which".to_owned(),
        }
    }
}

impl<'s> Paged<'s> {
    /// Of as many rows a page as are wanted in all, if that is not too much.
    pub(crate) fn of(
        session: &'s CachingSession,
        statement: Statement,
        values: Vec<CqlValue>,
        wanted: usize,
    ) -> Self {
        let page = i32::try_from(wanted.min(PAGE)).unwrap_or(i32::MAX);
        Self {
            session,
            statement: statement.with_page_size(page),
            values,
            state: Some(PagingState::start()),
        }
    }

    /// The next page, until there is none.
    pub(crate) async fn next(&mut self) -> Result<Option<QueryRowsResult>, ExecutionError> {
        let Some(state) = self.state.take() else {
            return Ok(None);
        };
        let (page, next): (_, PagingStateResponse) = self
            .session
            .execute_single_page(self.statement.clone(), &self.values, state)
            .await?;
        if let ControlFlow::Continue(state) = next.into_paging_control_flow() {
            self.state = Some(state);
        }
        Ok(page.into_rows_result().ok())
    }
}
