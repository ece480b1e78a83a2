//! A value that applies each event once.

use es_store::RecordId;
use serde::{Deserialize, Serialize};

/// A value with the record id of the last event that changed it, so that handling an event twice
/// changes it once. For read models without transactions.
///
/// ```
/// use es_store::RecordId;
/// use es_projection::Guarded;
///
/// let mut balance = Guarded::new(0);
/// balance.apply(RecordId::new(7), |balance| *balance += 10);
/// balance.apply(RecordId::new(7), |balance| *balance += 10);
/// assert_eq!(*balance.get(), 10);
/// ```
///
/// In a database the same is one statement: `UPDATE … SET balance = balance + 10, position = 7 WHERE
/// id = … AND position < 7`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarded<V> {
    position: u64,
    value: V,
}

impl<V> Guarded<V> {
    /// Creates a value that no event has changed.
    pub const fn new(value: V) -> Self {
        Self { position: 0, value }
    }

    /// Applies the change of the event at a record id unless that event, or a later one, was applied;
    /// returns whether it was applied now.
    pub fn apply(&mut self, record_id: RecordId, change: impl FnOnce(&mut V)) -> bool {
        let is_new = record_id.get() > self.position;
        if is_new {
            change(&mut self.value);
            self.position = record_id.get();
        }
        is_new
    }

    /// Returns the value.
    pub const fn get(&self) -> &V {
        &self.value
    }

    /// Consumes the guard and returns the value.
    pub fn into_inner(self) -> V {
        self.value
    }
}
