//! The statements of one table.

use std::ops::Deref;

use es_sql::{QuotedNames, TableStatements};
use es_store::Table;

use crate::dialect::{DIALECT, quote, stored};

/// The first key of the advisory locks of this library; the second is the table's object id.
const LOCK_CLASS: i32 = 0x6573_0001;

/// SQL texts made once from a table's names. They deref to those that all databases have.
pub(crate) struct Statements {
    table: TableStatements,
    /// Begins a transaction, and takes the lock of the table in it.
    pub(crate) begin: String,
    /// Takes the lock of the table in the transaction at hand.
    pub(crate) lock: String,
    /// Parameters: arrays of sequences, positions, topics and data, then the id before the first.
    pub(crate) insert: String,
    /// Which of the keys, in two arrays, are there.
    pub(crate) taken: String,
    pub(crate) first_sequences: String,
    pub(crate) next_sequences: String,
    /// The channel that followers listen to.
    pub(crate) channel: String,
}

impl Statements {
    pub(crate) fn of(table: &Table) -> Self {
        let names = QuotedNames::of(table, quote);
        let lock = format!(
            "SELECT pg_advisory_xact_lock({LOCK_CLASS}, {}::regclass::oid::int4)",
            literal(&names.table)
        );
        Self {
            table: TableStatements::of(table, &DIALECT),
            begin: format!("BEGIN ISOLATION LEVEL READ COMMITTED; {lock}"),
            lock,
            insert: insert(table, &names),
            taken: taken(table, &names),
            first_sequences: sequences(&names, "true"),
            next_sequences: sequences(&names, &format!("{} > $2", names.sequence_id)),
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

/// One statement text for any number of rows: a text with a row each would be planned anew for each number.
fn insert(table: &Table, names: &QuotedNames) -> String {
    let QuotedNames {
        table: name,
        record_id,
        sequence_id,
        position,
        topic,
        data,
    } = names;
    let value = stored(table.position_kind, "pos");
    let (column, id) = match table.record_id {
        Some(_) => (format!("{record_id}, "), "$5::int8 + ord, "),
        None => (String::new(), ""),
    };
    format!(
        "INSERT INTO {name} ({column}{sequence_id}, {position}, {topic}, {data}) SELECT {id}seq, {value}, topic, data FROM \
         unnest($1::uuid[], $2::int8[], $3::text[], $4::text[]) WITH ORDINALITY AS item(seq, pos, topic, data, ord)"
    )
}

/// The sub-select keeps the plan on the index: a join may become one with the whole table.
fn taken(table: &Table, names: &QuotedNames) -> String {
    let value = stored(table.position_kind, "item.pos");
    format!(
        "SELECT seq, pos FROM unnest($1::uuid[], $2::int8[]) AS item(seq, pos) WHERE (SELECT true FROM {} WHERE {} = item.seq \
         AND {} = {value})",
        names.table, names.sequence_id, names.position
    )
}

/// Looks for one sequence after another: a look is cheap, and a sequence may be long.
fn sequences(names: &QuotedNames, condition: &str) -> String {
    let (name, sequence) = (&names.table, &names.sequence_id);
    let one = |condition: &str| {
        format!("SELECT {sequence} FROM {name} WHERE {condition} ORDER BY {sequence} LIMIT 1")
    };
    let (first, next) = (one(condition), one(&format!("{sequence} > found.id")));
    format!(
        "WITH RECURSIVE found(id) AS (({first}) UNION ALL SELECT ({next}) FROM found WHERE found.id IS NOT NULL) \
         SELECT id FROM found WHERE id IS NOT NULL LIMIT $1"
    )
}

/// Channels are names of 63 bytes at most.
fn channel(table: &str) -> String {
    let mut channel = format!("es_{table}");
    let mut len = channel.len().min(63);
    while !channel.is_char_boundary(len) {
        len -= 1;
    }
    channel.truncate(len);
    channel
}

/// A text as a literal, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
