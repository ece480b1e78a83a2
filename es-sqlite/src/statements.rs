//! The statements of one table.

use std::ops::Deref;

use es_sql::{QuotedNames, TableStatements};
use es_store::Table;

use crate::dialect::{DIALECT, quote};
use crate::form::Form;

/// SQL texts made once from a table's names. They deref to those that all databases have.
pub(crate) struct Statements {
    table: TableStatements,
    pub(crate) first_sequence: String,
    pub(crate) next_sequence: String,
    pub(crate) form: Form,
}

impl Statements {
    pub(crate) fn of(table: &Table) -> Self {
        let QuotedNames {
            table: name,
            sequence_id: sequence,
            ..
        } = QuotedNames::of(table, quote);
        Self {
            table: TableStatements::of(table, &DIALECT),
            first_sequence: format!("SELECT {sequence} FROM {name} ORDER BY {sequence} LIMIT 1"),
            next_sequence: format!(
                "SELECT {sequence} FROM {name} WHERE {sequence} > ?1 ORDER BY {sequence} LIMIT 1"
            ),
            form: Form::default(),
        }
    }
}

impl Deref for Statements {
    type Target = TableStatements;

    fn deref(&self) -> &TableStatements {
        &self.table
    }
}
