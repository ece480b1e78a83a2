//! The statements of one table.

use std::fmt::Write;
use std::ops::Deref;

use es_sql::{QuotedNames, TableStatements, position_number};
use es_store::{PositionKind, RecordError, SequencedItem, Table};

use crate::dialect::{DIALECT, quote, read, text};
use crate::rows::IdForm;

/// SQL texts made once from a table's names. They deref to those that all databases have.
pub(crate) struct Statements {
    table: TableStatements,
    /// Begins a transaction, and takes the lock of the table in it: three statements in one packet, the last of which
    /// reads the greatest id behind the lock.
    pub(crate) begin: String,
    /// The same in the transaction at hand.
    pub(crate) lock: String,
    pub(crate) first_sequences: String,
    pub(crate) next_sequences: String,
    taken: String,
}

impl Statements {
    pub(crate) fn of(table: &Table) -> Self {
        let statements = TableStatements::of(table, &DIALECT);
        let QuotedNames {
            table: name,
            sequence_id: sequence,
            position,
            ..
        } = QuotedNames::of(table, quote);
        let sequences = |condition: &str| {
            format!("SELECT DISTINCT {sequence} FROM {name} {condition}ORDER BY {sequence} LIMIT ?")
        };
        let (head, max_id) = (head(&table.name), &statements.max_id);
        Self {
            begin: format!("START TRANSACTION; {head}; {max_id}"),
            // A locking read sees what is committed, also in a transaction that reads an older state.
            lock: format!("{head}; {max_id} LOCK IN SHARE MODE"),
            first_sequences: sequences(""),
            next_sequences: sequences(&format!("WHERE {sequence} > ? ")),
            taken: format!(
                "SELECT {sequence}, {} FROM {name} WHERE ({sequence}, {position}) IN ",
                read(table.position_kind, &position)
            ),
            table: statements,
        }
    }

    /// The statement that tells which of the items' positions are taken. Ids and numbers are written into it: there are
    /// as many of them as items, and a statement that is prepared for a number of items is seldom used again.
    pub(crate) fn taken(
        &self,
        table: &Table,
        items: &[&SequencedItem],
        form: IdForm,
    ) -> Result<String, RecordError> {
        let mut sql = self.taken.clone();
        for (n, item) in items.iter().enumerate() {
            sql.push(if n == 0 { '(' } else { ',' });
            let id = form.literal(item.sequence_id);
            let number = position_number(table, item.position)?;
            let _infallible = write!(sql, "({id},{})", literal(table.position_kind, number));
        }
        sql.push_str(") LOCK IN SHARE MODE");
        Ok(sql)
    }
}

impl Deref for Statements {
    type Target = TableStatements;

    fn deref(&self) -> &TableStatements {
        &self.table
    }
}

/// Reads the row that is a table's lock. Transactions that write to the table begin with it.
fn head(table: &str) -> String {
    format!(
        "SELECT version FROM es_tables WHERE name = {} FOR UPDATE",
        text(table)
    )
}

/// A position as it is stored.
fn literal(kind: PositionKind, number: i64) -> String {
    match kind {
        PositionKind::Timestamp => {
            let sign = if number < 0 { "-" } else { "" };
            let micros = number.unsigned_abs();
            format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
        }
        _ => number.to_string(),
    }
}
