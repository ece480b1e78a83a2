//! The primary key and the indexes of record tables.

use super::{PositionKind, Table};

/// An index of a table. A store creates the indexes in [`Table::indexes`] together with the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index<'t> {
    /// The index's name.
    pub name: String,
    /// The columns, in their order.
    pub columns: Vec<&'t str>,
    /// Whether the index is unique.
    pub uniqueness: Uniqueness,
}

/// Distinguishes unique indexes from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// No two rows have equal values.
    Unique,
    /// Rows may have equal values.
    NonUnique,
}

impl Table {
    /// Returns the columns of the primary key: the record id, or sequence and position in a table
    /// without record ids.
    #[must_use]
    pub fn primary_key(&self) -> Vec<&str> {
        match &self.record_id {
            Some(id) => vec![id],
            None => vec![&self.sequence_id, &self.position],
        }
    }

    /// Returns the indexes besides the primary key, sorted by name.
    #[must_use]
    pub fn indexes(&self) -> Vec<Index<'_>> {
        let name = &self.name;
        let index = |name: String, columns, uniqueness| Index {
            name,
            columns,
            uniqueness,
        };
        let mut indexes = Vec::new();
        if let Some(id) = &self.record_id {
            indexes.push(index(
                format!("ix_{name}_{id}"),
                vec![&**id],
                Uniqueness::Unique,
            ));
            indexes.push(index(
                format!("{name}_sequence_id_position_index"),
                vec![&self.sequence_id, &self.position],
                Uniqueness::Unique,
            ));
        }
        if self.position_kind == PositionKind::Timestamp {
            indexes.push(index(
                format!("{name}_position_index"),
                vec![&self.position],
                Uniqueness::NonUnique,
            ));
        }
        indexes.sort_by(|a, b| a.name.cmp(&b.name));
        indexes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index_names(table: &Table) -> Vec<String> {
        let indexes = table.indexes().into_iter();
        indexes.map(|index| index.name).collect()
    }

    #[test]
    fn indexes_are_those_of_the_format() {
        assert_eq!(
            index_names(&Table::stored_events()),
            [
                "ix_stored_events_id",
                "stored_events_sequence_id_position_index"
            ]
        );
        assert_eq!(
            index_names(&Table::timestamp_sequenced()),
            [
                "ix_timestamp_sequenced_items_id",
                "timestamp_sequenced_items_position_index",
                "timestamp_sequenced_items_sequence_id_position_index"
            ]
        );
        assert!(index_names(&Table::snapshots()).is_empty());
    }
}
