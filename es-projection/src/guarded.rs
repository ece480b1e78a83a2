use es_store::RecordId;
use serde::{Deserialize, Serialize};

/// A value that knows which event changed it last, so that one that is handled again changes nothing: for read models
/// without transactions.
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
/// In a database it is one statement, `UPDATE … SET balance = balance + 10, position = 7 WHERE id = … AND position < 7`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarded<V> {
    position: u64,
    value: V,
}

impl<V> Guarded<V> {
    /// A value that no event has changed.
    pub const fn new(value: V) -> Self {
        Self { position: 0, value }
    }

    /// Changes the value by the event at a position, if it is behind the last one; says whether it is.
    pub fn apply(&mut self, at: RecordId, change: impl FnOnce(&mut V)) -> bool {
        let is_new = at.get() > self.position;
        if is_new {
            change(&mut self.value);
            self.position = at.get();
        }
        is_new
    }

    /// The value.
    pub const fn get(&self) -> &V {
        &self.value
    }

    /// The value alone.
    pub fn into_inner(self) -> V {
        self.value
    }
}
