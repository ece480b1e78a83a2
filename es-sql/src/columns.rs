//! How the rows of `es_projections` and `es_dead_letters` are stored, alike in all databases that know SQL: numbers with a
//! sign, times in milliseconds, ids as text with hyphens.

use std::time::Duration;

use es_store::read_model::{DeadLetter, Mode, ProjectionRow, Request};
use es_store::{RecordError, RecordId, Topic};
use uuid::Uuid;

/// The table of projections.
pub const PROJECTIONS: &str = "es_projections";

/// The table of dead letters.
pub const DEAD_LETTERS: &str = "es_dead_letters";

/// A row of `es_projections`, as it is read.
#[derive(Debug, Clone)]
pub struct ProjectionColumns {
    /// The name.
    pub name: String,
    /// The position.
    pub position: i64,
    /// The epoch.
    pub epoch: i64,
    /// The owner's id.
    pub owner: Option<String>,
    /// What is left of the lease, in milliseconds; below zero where it has ended.
    pub left: i64,
    /// The mode.
    pub mode: String,
}

impl TryFrom<ProjectionColumns> for ProjectionRow {
    type Error = RecordError;

    fn try_from(columns: ProjectionColumns) -> Result<Self, RecordError> {
        let name = columns.name;
        let damaged = |what: &str| damaged(PROJECTIONS, format!("{what} of `{name}`"));
        let owner = columns.owner.map(|owner| Uuid::parse_str(&owner));
        let mode = Mode::stored(&columns.mode);
        Ok(Self {
            position: RecordId::new(number(columns.position)),
            epoch: number(columns.epoch),
            owner: owner.transpose().map_err(|_| damaged("the owner"))?,
            lease_left: Duration::from_millis(number(columns.left)),
            mode: mode.ok_or_else(|| damaged("the mode"))?,
            name,
        })
    }
}

/// A row of `es_dead_letters`, as it is read.
#[derive(Debug, Clone)]
pub struct LetterColumns {
    /// The aggregate's id.
    pub aggregate_id: String,
    /// The position.
    pub position: i64,
    /// The topic.
    pub topic: String,
    /// The stored text.
    pub data: String,
    /// Why it could not be handled.
    pub error: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What is asked of it.
    pub request: Option<String>,
}

impl TryFrom<LetterColumns> for DeadLetter {
    type Error = RecordError;

    fn try_from(columns: LetterColumns) -> Result<Self, RecordError> {
        Ok(Self {
            aggregate_id: aggregate_id(&columns.aggregate_id)?,
            record_id: RecordId::new(number(columns.position)),
            topic: Topic::stored(&columns.topic),
            data: columns.data.into(),
            error: columns.error,
            attempts: u32::try_from(number(columns.attempts)).unwrap_or(u32::MAX),
            request: columns.request.as_deref().and_then(Request::stored),
        })
    }
}

/// The id of an aggregate in `es_dead_letters`.
///
/// # Errors
///
/// [`RecordError::Damaged`] where it is none.
pub fn aggregate_id(text: &str) -> Result<Uuid, RecordError> {
    Uuid::parse_str(text)
        .map_err(|_| damaged(DEAD_LETTERS, format!("`{text}` is no id of an aggregate")))
}

/// A number as it is stored: with a sign.
#[must_use]
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A lease as it is added to the time of the clock. It ends not before its time.
#[must_use]
pub fn milliseconds(lease: Duration) -> i64 {
    // A quarter of what there is, so that a sum with a time is one as well.
    const LONGEST: i64 = i64::MAX / 4;
    let exact = i64::try_from(lease.as_micros().div_ceil(1_000));
    exact.unwrap_or(LONGEST).min(LONGEST)
}

/// Below zero nothing is left.
fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

fn damaged(table: &str, reason: String) -> RecordError {
    RecordError::Damaged {
        table: table.to_owned(),
        reason,
    }
}
