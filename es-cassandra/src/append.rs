//! Conditional writes: one statement an append, and what became of it where no answer came.

use std::time::Duration;

use es_store::{Appended, RecordError, SequencedItem};
use scylla::client::session::Session;
use scylla::errors::ExecutionError;
use scylla::response::query_result::QueryResult;
use scylla::statement::batch::{Batch, BatchStatement, BatchType};
use scylla::value::{CqlValue, Row};
use tokio::time::{Instant, sleep};

use crate::error::{is_open, unknown};
use crate::reader::TableReader;
use crate::rows::position_value;

const OPERATION: &str = "append";

/// How long to wait before a question that was not answered is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// What a batch holds at most, by the protocol.
const MAX_ITEMS: usize = 65_535;

/// What a row takes in a mutation beside its texts: its key, its times, the lengths of its columns. A little more than the
/// server counts, so that what passes here passes there.
const ROW_BYTES: usize = 64;

/// What the rest of a mutation takes.
const MUTATION_BYTES: usize = 256;

/// What an attempt came to.
enum Attempt {
    Applied,
    /// Positions are taken: the columns of those rows.
    Refused(Vec<Vec<CqlValue>>),
    /// Nobody knows.
    Open(ExecutionError),
    Failed(ExecutionError),
}

/// Appends the items, all of one sequence and at positions that differ.
pub(crate) async fn append(
    reader: &TableReader<'_>,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    check(reader, items)?;
    let kept = Ok(Appended::without_ids(items.len()));
    let session = reader.database.session()?;
    let deadline = Instant::now() + reader.database.patience();
    let mut open = None;
    loop {
        match attempt(reader, session.get_session(), items).await {
            Attempt::Applied => return kept,
            // It may be an attempt of our own that took them.
            Attempt::Refused(rows) if open.is_some() && are_ours(&rows, items) => return kept,
            Attempt::Refused(rows) => return Err(conflict(first_taken(&rows, items))),
            Attempt::Open(error) => {
                tracing::debug!(%error, "what became of an append is looked for");
                open = Some(error);
            }
            Attempt::Failed(error) if open.is_none() => {
                return Err(reader
                    .database
                    .explain(OPERATION, reader.table, error)
                    .await);
            }
            // An attempt before it is open still.
            Attempt::Failed(error) => open = Some(error),
        }
        let error = match open.take() {
            Some(error) if Instant::now() < deadline => error,
            Some(error) => return Err(unknown(error)),
            None => continue,
        };
        if let Some(decided) = decided(reader, &items[0], deadline).await {
            return decided.map(|()| Appended::without_ids(items.len()));
        }
        sleep(PAUSE).await;
        open = Some(error);
    }
}

/// Looks for the first item of an append of which nobody knows what became; for a list is all or nothing. None where it
/// is not there, or cannot be looked for: it is to be sent again, if there is time.
async fn decided(
    reader: &TableReader<'_>,
    first: &SequencedItem,
    deadline: Instant,
) -> Option<Result<(), RecordError>> {
    loop {
        match reader.find_serial(first.sequence_id, first.position).await {
            Ok(Some(found)) if found == *first => return Some(Ok(())),
            Ok(Some(_)) => return Some(Err(conflict(first))),
            Ok(None) => return None,
            Err(error) => {
                if Instant::now() >= deadline {
                    return Some(Err(RecordError::Unknown {
                        source: error.into(),
                    }));
                }
                sleep(PAUSE).await;
            }
        }
    }
}

/// What the server would refuse, or take too long to refuse.
fn check(reader: &TableReader<'_>, items: &[SequencedItem]) -> Result<(), RecordError> {
    let invalid = |reason| Err(RecordError::Invalid { reason });
    let sequence_id = items.first().map(|item| item.sequence_id);
    if items
        .iter()
        .any(|item| Some(item.sequence_id) != sequence_id)
    {
        return invalid(
            "an append to Cassandra holds items of one sequence: what is of several is appended one by one"
                .to_owned(),
        );
    }
    if let Some(twice) = SequencedItem::repeated(items) {
        return Err(conflict(twice));
    }
    if items.len() > MAX_ITEMS {
        return invalid(format!(
            "an append to Cassandra holds {MAX_ITEMS} items at most, and this one {}",
            items.len()
        ));
    }
    let size = |item: &SequencedItem| ROW_BYTES + item.topic.as_str().len() + item.data.len();
    let bytes = MUTATION_BYTES + items.iter().map(size).sum::<usize>();
    let max = reader.database.max_mutation_bytes();
    if bytes > max {
        return invalid(format!(
            "the server takes {max} bytes in one append, and these are {bytes}: append less at once, or raise its \
             `commitlog_segment_size`"
        ));
    }
    Ok(())
}

async fn attempt(reader: &TableReader<'_>, session: &Session, items: &[SequencedItem]) -> Attempt {
    match send(reader, session, items).await {
        Ok(answer) => read(answer),
        Err(error) if is_open(&error) => Attempt::Open(error),
        Err(error) => Attempt::Failed(error),
    }
}

async fn send(
    reader: &TableReader<'_>,
    session: &Session,
    items: &[SequencedItem],
) -> Result<QueryResult, ExecutionError> {
    let insert = reader.statements.insert.on(session).await?;
    if let [item] = items {
        return session.execute_unpaged(insert, row(item)).await;
    }
    // One partition: the log of batches would add nothing.
    let statements = vec![BatchStatement::PreparedStatement(insert.clone()); items.len()];
    let mut batch = Batch::new_with_statements(BatchType::Unlogged, statements);
    batch.set_is_idempotent(false);
    let rows: Vec<_> = items.iter().map(row).collect();
    session.batch(&batch, &rows).await
}

fn row(item: &SequencedItem) -> (uuid::Uuid, CqlValue, &str, &str) {
    let position = position_value(item.position);
    (item.sequence_id, position, item.topic.as_str(), &item.data)
}

/// `[applied]` of the first row decides: a refusal has a row for each position that is taken.
fn read(answer: QueryResult) -> Attempt {
    // An answer that is none leaves it open what became of the statement.
    let unreadable = |error: String| {
        Attempt::Open(ExecutionError::from(
            scylla::errors::RequestAttemptError::DbError(
                scylla::errors::DbError::ServerError,
                error,
            ),
        ))
    };
    let answer = match answer.into_rows_result() {
        Ok(answer) => answer,
        Err(error) => return unreadable(error.to_string()),
    };
    let rows = match answer.rows::<Row>() {
        Ok(rows) => rows,
        Err(error) => return unreadable(error.to_string()),
    };
    let rows = rows.filter_map(Result::ok);
    let mut rows = rows.map(|row| row.columns.into_iter().flatten().collect::<Vec<_>>());
    match rows.next() {
        Some(first) if first.first() == Some(&CqlValue::Boolean(true)) => Attempt::Applied,
        Some(first) => Attempt::Refused(std::iter::once(first).chain(rows).collect()),
        None => unreadable("a conditional statement was answered with no row".to_owned()),
    }
}

/// Whether the row of a refusal holds an item; its columns come in an order of the server's.
fn holds(row: &[CqlValue], item: &SequencedItem) -> bool {
    let has = |value: CqlValue| row.contains(&value);
    has_position(row, item)
        && has(CqlValue::Text(item.topic.as_str().to_owned()))
        && has(CqlValue::Text(item.data.to_string()))
}

/// Decimals are the same by value, and those of our own rows by their digits, too.
fn has_position(row: &[CqlValue], item: &SequencedItem) -> bool {
    row.iter()
        .any(|value| crate::rows::is_position(value, item.position))
}

fn are_ours(rows: &[Vec<CqlValue>], items: &[SequencedItem]) -> bool {
    items
        .iter()
        .all(|item| rows.iter().any(|row| holds(row, item)))
}

/// The first item of the list whose position is taken.
fn first_taken<'i>(rows: &[Vec<CqlValue>], items: &'i [SequencedItem]) -> &'i SequencedItem {
    let taken = |item: &&SequencedItem| rows.iter().any(|row| has_position(row, item));
    items.iter().find(taken).unwrap_or(&items[0])
}

fn conflict(item: &SequencedItem) -> RecordError {
    RecordError::Conflict {
        sequence_id: item.sequence_id,
        position: item.position,
    }
}
