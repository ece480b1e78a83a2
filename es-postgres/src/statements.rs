//! The statements on one table that only `PostgreSQL` has.

use std::ops::Deref;

use es_sql::server::ServerStatements;
use es_sql::{QuotedNames, TableStatements};
use es_store::Table;

use crate::dialect::{DIALECT, quote, to_stored};

/// The first key of the advisory locks of this library; the second is the table's object id.
const LOCK_CLASS: i32 = 0x6573_0001;

/// The statements on one table. They dereference to those that all databases share.
pub struct Statements {
    table: TableStatements,
    /// Begins a transaction and takes the lock of the table.
    pub(crate) begin: String,
    /// Takes the lock of the table in the current transaction.
    pub(crate) lock: String,
    /// Inserts items. Binds arrays of sequences, positions, topics and data, then the greatest
    /// record id.
    pub(crate) insert: String,
    /// Selects the stored keys. Binds arrays of sequences and positions.
    pub(crate) taken: String,
    /// The channel on which followers listen.
    pub(crate) channel: String,
}

impl ServerStatements for Statements {
    fn new(table: &Table) -> Self {
        let names = QuotedNames::new(table, quote);
        let lock = format!(
            "SELECT pg_advisory_xact_lock({LOCK_CLASS}, {}::regclass::oid::int4)",
            literal(&names.table)
        );
        Self {
            table: TableStatements::new(table, &DIALECT),
            begin: format!("BEGIN ISOLATION LEVEL READ COMMITTED; {lock}"),
            lock,
            insert: insert(table, &names),
            taken: taken(table, &names),
            channel: channel(&table.name),
        }
    }
}

impl Deref for Statements {
    type Target = TableStatements;

    fn deref(&self) -> &TableStatements {
        &self.table
    }
}

/// Writes one text for any number of rows: the server would plan a text with a row each anew for
/// each number.
fn insert(table: &Table, names: &QuotedNames) -> String {
    let QuotedNames {
        table: name,
        record_id,
        sequence_id,
        position,
        topic,
        data,
    } = names;
    let value = to_stored(table.position_kind, "pos");
    let (column, id) = match table.record_id {
        Some(_) => (format!("{record_id}, "), "$5::int8 + ord, "),
        None => (String::new(), ""),
    };
    format!(
        "INSERT INTO {name} ({column}{sequence_id}, {position}, {topic}, {data}) SELECT {id}seq, {value}, topic, data FROM \
         unnest($1::uuid[], $2::int8[], $3::text[], $4::text[]) WITH ORDINALITY AS item(seq, pos, topic, data, ord)"
    )
}

/// The sub-select keeps the plan on the index: a join may become a join with the whole table.
fn taken(table: &Table, names: &QuotedNames) -> String {
    let value = to_stored(table.position_kind, "item.pos");
    format!(
        "SELECT seq, pos FROM unnest($1::uuid[], $2::int8[]) AS item(seq, pos) WHERE (SELECT true FROM {} WHERE {} = item.seq \
         AND {} = {value})",
        names.table, names.sequence_id, names.position
    )
}

/// A channel is a name of at most 63 bytes.
fn channel(table: &str) -> String {
    let mut channel = format!("es_{table}");
    let mut len = channel.len().min(63);
    while !channel.is_char_boundary(len) {
        len -= 1;
    }
    channel.truncate(len);
    channel
}

/// Writes a text as a literal that does not depend on `standard_conforming_strings`.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
