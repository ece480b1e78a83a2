//! Reads of one table.

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

/// Maximum number of rows in a page: enough that round trips cost little (689,000 rows/s for a
/// sequence of 100,000 items on one node), with bounded memory for a page.
const PAGE_SIZE: usize = 5_000;

/// The first token of the ring.
const FIRST_TOKEN: i64 = i64::MIN;

/// A reader of one table.
pub(crate) struct TableReader<'d> {
    pub(crate) database: &'d Database,
    pub(crate) table: &'d Table,
    pub(crate) statements: &'d Statements,
}

/// The result of a statement, page by page.
///
/// The row stream of the driver is not used, because it returns only owned values. Rows of a page
/// borrow their texts, which are then copied once, into the items.
pub(crate) struct Paged<'s> {
    session: &'s CachingSession,
    statement: Statement,
    values: Vec<CqlValue>,
    /// `None` after the last page.
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

    /// Returns the items at one position of several sequences.
    ///
    /// The statement has a limit, so it is not paged: a server reads the sequences of a paged
    /// statement one after another, and otherwise at the same time.
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
        let cql = &self.statements.items_at;
        self.read_items("read items", cql, values, consistency, count)
            .await
    }

    /// Reads one item at serial consistency, which first completes an undecided write to it.
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
            let rows = page
                .rows::<ItemRow<'_>>()
                .map_err(|_| self.schema_error())?;
            for row in rows {
                let row = row.map_err(|_| self.schema_error())?;
                items.push(rows::item(&mut reader, row)?);
            }
        }
        Ok(items)
    }

    /// Returns the ids of sequences in the order of the token ring. Ids with the same token are
    /// ordered by their bytes.
    pub(crate) async fn sequence_ids(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Uuid>, RecordError> {
        let cql = &self.statements.sequences;
        let id = |(id, token): (Uuid, i64)| Ok((token, id, id));
        self.scan_ring("read sequence ids", cql, after, limit, id)
            .await
    }

    /// Returns the last position of each sequence, in the order of
    /// [`sequence_ids`](Self::sequence_ids).
    pub(crate) async fn last_positions(
        &self,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<(Uuid, Position)>, RecordError> {
        let cql = &self.statements.last_positions;
        let last = |(id, token, last): (Uuid, i64, CqlValue)| {
            let last = rows::from_value(self.table.position_kind, &last);
            Ok((token, id, (id, last.ok_or_else(|| self.schema_error())?)))
        };
        self.scan_ring("read last positions", cql, after, limit, last)
            .await
    }

    /// Reads a statement that returns a row for each sequence, from the sequence after `after` on
    /// along the token ring.
    async fn scan_ring<R, T>(
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
        let values = vec![CqlValue::BigInt(
            start.map_or(FIRST_TOKEN, |(token, _)| token),
        )];
        let consistency = self.database.options().consistency;
        let mut pages = self.paged(&session, cql, values, consistency, limit.saturating_add(1));
        let mut found = Vec::new();
        while found.len() < limit {
            let page = match pages.next().await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => return Err(self.explain(operation, error).await),
            };
            for row in page.rows::<R>().map_err(|_| self.schema_error())? {
                let (token, id, value) = read(row.map_err(|_| self.schema_error())?)?;
                if start.is_none_or(|start| (token, id) > start) {
                    found.push(value);
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Returns the token of a sequence.
    async fn token(&self, session: &CachingSession, id: Uuid) -> Result<i64, ExecutionError> {
        let consistency = self.database.options().consistency;
        let statement = self
            .database
            .read_statement(&self.statements.token, consistency);
        let prepared = session.add_prepared_statement(&statement).await?;
        let token = prepared.calculate_token(&(id,)).ok().flatten();
        Ok(token.map_or(FIRST_TOKEN, |token| token.value()))
    }

    fn paged<'s>(
        &self,
        session: &'s CachingSession,
        cql: &str,
        values: Vec<CqlValue>,
        consistency: Consistency,
        wanted: usize,
    ) -> Paged<'s> {
        let statement = self.database.read_statement(cql, consistency);
        Paged::new(session, statement, values, wanted)
    }

    async fn explain(&self, operation: &'static str, error: ExecutionError) -> RecordError {
        self.database.explain(operation, self.table, error).await
    }

    /// The error of a column that was replaced by one of another type after the table was set up.
    fn schema_error(&self) -> RecordError {
        RecordError::Schema {
            table: self.table.name.clone().into_owned(),
            reason: "its columns have other types than expected; call `setup` to see which"
                .to_owned(),
        }
    }
}

impl<'s> Paged<'s> {
    /// Creates a page reader for about `wanted` rows, which fit in one page if possible.
    pub(crate) fn new(
        session: &'s CachingSession,
        statement: Statement,
        values: Vec<CqlValue>,
        wanted: usize,
    ) -> Self {
        let page = i32::try_from(wanted.min(PAGE_SIZE)).unwrap_or(i32::MAX);
        Self {
            session,
            statement: statement.with_page_size(page),
            values,
            state: Some(PagingState::start()),
        }
    }

    /// Returns the next page; `None` after the last one.
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
