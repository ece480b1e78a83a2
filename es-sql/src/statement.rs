//! A statement and the values bound in it.

use std::borrow::Cow;

use es_store::RecordId;
use smallvec::SmallVec;
use uuid::Uuid;

use crate::IdEncoding;

/// A statement and the values bound in it, in the order of their placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'s> {
    /// The SQL text.
    pub sql: Cow<'s, str>,
    /// The values.
    pub parameters: Parameters,
}

/// Bound values. Reading and deleting items binds at most four, which need no allocation.
pub type Parameters = SmallVec<[Parameter; 4]>;

/// A bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// A sequence id, in the encoding of its table.
    Id(Uuid, IdEncoding),
    /// An integer.
    Number(i64),
    /// A time, in microseconds.
    Time(i64),
    /// A text or `NULL`.
    Text(Option<String>),
}

impl<'s> Statement<'s> {
    /// Creates a statement with its values.
    #[must_use]
    pub fn new(sql: &'s str, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            parameters: parameters.into_iter().collect(),
        }
    }
}

impl From<&str> for Parameter {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<RecordId> for Parameter {
    /// A record id beyond the signed range, which no table holds, becomes the greatest number of
    /// the range.
    fn from(id: RecordId) -> Self {
        Self::from(id.get())
    }
}

impl From<u64> for Parameter {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Parameter {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
