//! Appends: one conditional statement each, and the search for its outcome if no answer comes.
//!
//! All rows of a batch are conditional. With a condition only on the first row, the server
//! overwrites a later row whose position is taken. A static version column with compare-and-set
//! would be an alternative, but the stored format has no such column, and it was at most 15 %
//! faster.
//!
//! Appends are lightweight transactions, because only these detect a conflict. They cost 2 to 8
//! times as much as plain inserts on one node.

use std::time::Duration;

use es_store::{Appended, RecordError, SequencedItem};
use scylla::client::session::Session;
use scylla::errors::ExecutionError;
use scylla::response::query_result::QueryResult;
use scylla::statement::batch::{Batch, BatchStatement, BatchType};
use scylla::value::{CqlValue, Row};
use tokio::time::{Instant, sleep};

use crate::error::{is_undecided, unknown};
use crate::reader::TableReader;
use crate::rows::position_value;

const OPERATION: &str = "append";

/// Pause before a statement without an answer is retried.
const PAUSE: Duration = Duration::from_millis(50);

/// Maximum number of statements in a batch, by the protocol.
const MAX_ITEMS: usize = 65_535;

/// Size of a row in a mutation without its texts: key, timestamps, lengths. It is slightly more
/// than the server counts, so that the server accepts every append that passes the check here.
const ROW_BYTES: usize = 64;

/// Size of a mutation without its rows.
const MUTATION_BYTES: usize = 256;

/// The outcome of one attempt.
enum Attempt {
    Applied,
    /// Positions are taken, by rows with these columns.
    Refused(Vec<Vec<CqlValue>>),
    /// The statement may have been applied, or may be applied later.
    Undecided(ExecutionError),
    /// The statement was not applied.
    Failed(ExecutionError),
}

/// Appends items of one sequence, all or none.
///
/// If an attempt gets no answer, the loop reads the first item at serial consistency, which
/// completes an undecided write. If nothing is there, it sends the statement again; a refusal by
/// our own earlier attempt then counts as success.
pub(crate) async fn append(
    reader: &TableReader<'_>,
    items: &[SequencedItem],
) -> Result<Appended, RecordError> {
    check(reader, items)?;
    let appended = Ok(Appended::without_ids(items.len()));
    let session = reader.database.session()?;
    let deadline = Instant::now() + reader.database.timeout();
    let mut undecided = None;
    loop {
        match attempt(reader, session.get_session(), items).await {
            Attempt::Applied => return appended,
            // An earlier attempt of this append may have taken the positions.
            Attempt::Refused(rows) if undecided.is_some() && are_ours(&rows, items) => {
                return appended;
            }
            Attempt::Refused(rows) => return Err(conflict(first_taken(&rows, items))),
            Attempt::Undecided(error) => {
                tracing::debug!(%error, "an append got no answer; reading whether it was applied");
                undecided = Some(error);
            }
            Attempt::Failed(error) if undecided.is_none() => {
                return Err(reader
                    .database
                    .explain(OPERATION, reader.table, error)
                    .await);
            }
            // An earlier attempt is still undecided.
            Attempt::Failed(error) => undecided = Some(error),
        }
        let error = match undecided.take() {
            Some(error) if Instant::now() < deadline => error,
            Some(error) => return Err(unknown(error)),
            None => continue,
        };
        if let Some(outcome) = find_outcome(reader, &items[0], deadline).await {
            return outcome.map(|()| Appended::without_ids(items.len()));
        }
        sleep(PAUSE).await;
        undecided = Some(error);
    }
}

/// Reads the outcome of an undecided append from its first item, because an append is all or
/// nothing. Returns `None` if nothing is stored: the statement is to be sent again.
async fn find_outcome(
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

/// Rejects appends that the server would reject, some of them only after a timeout.
fn check(reader: &TableReader<'_>, items: &[SequencedItem]) -> Result<(), RecordError> {
    let invalid = |reason| Err(RecordError::Invalid { reason });
    let sequence_id = items.first().map(|item| item.sequence_id);
    if items
        .iter()
        .any(|item| Some(item.sequence_id) != sequence_id)
    {
        return invalid(
            "an append to Cassandra holds items of one sequence; append the items of each sequence separately"
                .to_owned(),
        );
    }
    if let Some(repeated) = SequencedItem::first_duplicate(items) {
        return Err(conflict(repeated));
    }
    if items.len() > MAX_ITEMS {
        return invalid(format!(
            "an append to Cassandra holds at most {MAX_ITEMS} items, and this one holds {}",
            items.len()
        ));
    }
    let size = |item: &SequencedItem| ROW_BYTES + item.topic.as_str().len() + item.data.len();
    let bytes = MUTATION_BYTES + items.iter().map(size).sum::<usize>();
    let max = reader.database.max_mutation_bytes();
    if bytes > max {
        return invalid(format!(
            "the server accepts {max} bytes in one append, and this one has {bytes}; append fewer items at once, or raise \
             the server's `commitlog_segment_size`"
        ));
    }
    Ok(())
}

async fn attempt(reader: &TableReader<'_>, session: &Session, items: &[SequencedItem]) -> Attempt {
    match send(reader, session, items).await {
        Ok(answer) => read(answer),
        Err(error) if is_undecided(&error) => Attempt::Undecided(error),
        Err(error) => Attempt::Failed(error),
    }
}

async fn send(
    reader: &TableReader<'_>,
    session: &Session,
    items: &[SequencedItem],
) -> Result<QueryResult, ExecutionError> {
    let insert = reader.statements.insert.get(session).await?;
    if let [item] = items {
        return session.execute_unpaged(insert, row(item)).await;
    }
    // A batch in one partition is atomic without the batch log.
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

/// Reads an answer. The column `[applied]` of the first row decides; a refusal has a row for each
/// taken position.
fn read(answer: QueryResult) -> Attempt {
    // The statement may have been applied even if its answer cannot be read.
    let unreadable = |error: String| {
        Attempt::Undecided(ExecutionError::from(
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
        None => unreadable("the answer to a conditional statement has no row".to_owned()),
    }
}

/// Returns whether the row of a refusal holds an item. The server decides the order of the columns.
fn holds(row: &[CqlValue], item: &SequencedItem) -> bool {
    let has = |value: CqlValue| row.contains(&value);
    has_position(row, item)
        && has(CqlValue::Text(item.topic.as_str().to_owned()))
        && has(CqlValue::Text(item.data.to_string()))
}

/// Compares decimals by value, because other programs may write the same time with other digits.
fn has_position(row: &[CqlValue], item: &SequencedItem) -> bool {
    row.iter()
        .any(|value| crate::rows::is_position(value, item.position))
}

/// Returns whether the rows of a refusal hold all items. Equal items of another append cannot be
/// distinguished; events differ from each other by their hashes.
fn are_ours(rows: &[Vec<CqlValue>], items: &[SequencedItem]) -> bool {
    items
        .iter()
        .all(|item| rows.iter().any(|row| holds(row, item)))
}

/// Returns the first item that has a taken position.
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
