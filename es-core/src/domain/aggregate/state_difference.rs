//! The comparison of the fields of two states, which expansions of `#[aggregate(snapshot)]` call.

use std::fmt;

use es_json as json;

use crate::domain::round_trip::{Comparison, FLOAT_ZERO};

/// A type whose values can be compared with those that are read from a snapshot.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared with the value that is read from a snapshot",
    label = "no `Debug` or no `PartialEq`",
    note = "derive `Debug` and `PartialEq` for it; to store snapshots without the comparison, add `round_trip = off` to the attribute of the aggregate"
)]
pub trait Comparable: fmt::Debug + PartialEq {}

#[diagnostic::do_not_recommend]
impl<T: fmt::Debug + PartialEq> Comparable for T {}

/// The first difference between two states.
#[derive(Default)]
pub struct StateDifference {
    error: Option<json::Error>,
    buffer: String,
}

impl StateDifference {
    /// Returns the difference as an error.
    pub(super) fn into_result(self) -> Result<(), json::Error> {
        self.error.map_or(Ok(()), Err)
    }
}

/// Compares a field of two states.
pub fn compare<T: Comparable>(difference: &mut StateDifference, field: &str, one: &T, other: &T) {
    if difference.error.is_some() {
        return;
    }
    // The text of one field is not at hand: it may have a float zero.
    let compared = Comparison::new().check(one, other, FLOAT_ZERO, &mut difference.buffer);
    difference.error = compared.err().map(|error| error.inside(field));
}
