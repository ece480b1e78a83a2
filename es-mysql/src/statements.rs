//! The statements on one table that only `MySQL` and `MariaDB` have.

use std::fmt::Write;
use std::ops::Deref;

use es_sql::server::ServerStatements;
use es_sql::{IdEncoding, QuotedNames, TableStatements, position_number};
use es_store::{PositionKind, RecordError, SequencedItem, Table};
use uuid::Uuid;

use crate::dialect::{DIALECT, from_stored, quote, text};

/// The statements on one table. They dereference to those that all databases share.
pub struct Statements {
    table: TableStatements,
    /// Begins a transaction, takes the lock of the table, and reads the greatest record id: three
    /// statements in one packet.
    pub(crate) begin: String,
    /// Does the same in the current transaction.
    pub(crate) lock: String,
    taken: String,
}

impl ServerStatements for Statements {
    fn new(table: &Table) -> Self {
        let statements = TableStatements::new(table, &DIALECT);
        let QuotedNames {
            table: name,
            sequence_id: sequence,
            position,
            ..
        } = QuotedNames::new(table, quote);
        // The lock is the table's row in `es_tables`: the server has no lock that ends with a
        // transaction.
        let lock = format!(
            "SELECT version FROM es_tables WHERE name = {} FOR UPDATE",
            text(&table.name)
        );
        let max_id = &statements.max_id;
        Self {
            begin: format!("START TRANSACTION; {lock}; {max_id}"),
            // A locking read sees the last commit, also in a transaction that reads an older state.
            lock: format!("{lock}; {max_id} LOCK IN SHARE MODE"),
            taken: format!(
                "SELECT {sequence}, {} FROM {name} WHERE ({sequence}, {position}) IN ",
                from_stored(table.position_kind, &position)
            ),
            table: statements,
        }
    }
}

impl Statements {
    /// Returns the statement that selects the stored keys of items. Ids and numbers are written
    /// into its text: it has as many of them as items, so that a prepared statement would seldom be
    /// used again.
    pub(crate) fn taken(
        &self,
        items: &[&SequencedItem],
        encoding: IdEncoding,
    ) -> Result<String, RecordError> {
        let table = &self.table.table;
        let mut sql = self.taken.clone();
        for (n, item) in items.iter().enumerate() {
            sql.push(if n == 0 { '(' } else { ',' });
            let id = id_literal(item.sequence_id, encoding);
            let number = position_number(table, item.position)?;
            let position = position_literal(table.position_kind, number);
            let _infallible = write!(sql, "({id},{position})");
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

fn id_literal(id: Uuid, encoding: IdEncoding) -> String {
    match encoding {
        IdEncoding::Bytes => format!("0x{}", id.simple()),
        IdEncoding::Digits => format!("'{}'", id.simple()),
    }
}

fn position_literal(kind: PositionKind, number: i64) -> String {
    match kind {
        PositionKind::Timestamp => {
            let sign = if number < 0 { "-" } else { "" };
            let micros = number.unsigned_abs();
            format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
        }
        _ => number.to_string(),
    }
}
