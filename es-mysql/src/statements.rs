//! The statements of one table.

use std::fmt::Write;
use std::ops::Bound;

use es_core::infrastructure::{ItemQuery, Order, Position, PositionKind, SequencedItem, Table};

use crate::rows::{IdForm, position_value};

/// SQL texts made once from a table's names. Positions are bound and read as whole numbers: those of times are
/// microseconds.
pub(crate) struct Statements {
    /// Begins a transaction, and takes the lock of the table in it: three statements in one packet, the last of which
    /// reads the greatest id behind the lock.
    pub(crate) begin: String,
    /// The same in the transaction at hand.
    pub(crate) lock: String,
    pub(crate) max_id: String,
    /// Parameters: sequence, position, topic, data, and the id where the table has one.
    pub(crate) insert: String,
    pub(crate) records: String,
    pub(crate) find: String,
    pub(crate) first_sequences: String,
    pub(crate) next_sequences: String,
    /// Items in the order of their times: the first, and those behind a place, whose time is bound twice.
    pub(crate) first_by_time: String,
    pub(crate) next_by_time: String,
    pub(crate) delete: String,
    pub(crate) truncate: String,
    pub(crate) drop: String,
    taken: String,
    kind: PositionKind,
    items: String,
    position: String,
}

impl Statements {
    pub(crate) fn of(table: &Table) -> Self {
        let name = quote(&table.name);
        let [sequence, position, topic, data] = [
            &table.sequence_id,
            &table.position,
            &table.topic,
            &table.data,
        ]
        .map(|name| quote(name));
        let bound = bound(table.position_kind);
        let read = match table.position_kind {
            PositionKind::Timestamp => format!("CAST({position} * 1000000 AS SIGNED)"),
            _ => position.clone(),
        };
        let id = table.record_id.as_deref().map_or("NULL".to_owned(), quote);
        let columns = format!("{sequence}, {read}, {topic}, {data}, {id}");
        let max_id = format!("SELECT COALESCE(MAX({id}), 0) FROM {name}");
        // A locking read sees what is committed, also in a transaction that reads an older state.
        let lock = format!("{}; {max_id} LOCK IN SHARE MODE", head(&table.name));
        let (column, value) = match table.record_id {
            Some(_) => (format!(", {id}"), ", ?"),
            None => (String::new(), ""),
        };
        let sequences = |condition: &str| {
            format!("SELECT DISTINCT {sequence} FROM {name} {condition}ORDER BY {sequence} LIMIT ?")
        };
        let key = format!("{sequence} = ? AND {position} = {bound}");
        let by_time = |condition: &str| {
            format!(
                "SELECT {columns} FROM {name} {condition}ORDER BY {position}, {sequence} LIMIT ?"
            )
        };
        Self {
            begin: format!("START TRANSACTION; {}; {max_id}", head(&table.name)),
            lock,
            max_id,
            insert: format!(
                "INSERT INTO {name} ({sequence}, {position}, {topic}, {data}{column}) VALUES (?, {bound}, ?, ?{value})"
            ),
            records: format!("SELECT {columns} FROM {name} WHERE {id} > ? ORDER BY {id} LIMIT ?"),
            find: format!("SELECT {columns} FROM {name} WHERE {key}"),
            first_sequences: sequences(""),
            next_sequences: sequences(&format!("WHERE {sequence} > ? ")),
            first_by_time: by_time(""),
            next_by_time: by_time(&format!(
                "WHERE {position} >= {bound} AND ({position} > {bound} OR {sequence} > ?) "
            )),
            delete: format!("DELETE FROM {name} WHERE {key}"),
            truncate: format!("TRUNCATE TABLE {name}"),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            taken: format!(
                "SELECT {sequence}, {read} FROM {name} WHERE ({sequence}, {position}) IN "
            ),
            kind: table.position_kind,
            items: format!("SELECT {columns} FROM {name} WHERE {sequence} = ?"),
            position,
        }
    }

    /// The statement that reads some items of a sequence, and its parameters behind the first, the sequence.
    pub(crate) fn items(&self, query: &ItemQuery) -> (String, Vec<i64>) {
        let position = &self.position;
        let mut sql = vec![self.items.clone()];
        let mut values = Vec::new();
        let mut bound_by = |operator: &str, at: Position| {
            values.push(position_value(at));
            sql.push(format!("AND {position} {operator} {}", bound(self.kind)));
        };
        match query.lower {
            Bound::Included(lower) => bound_by(">=", lower),
            Bound::Excluded(lower) => bound_by(">", lower),
            Bound::Unbounded => {}
        }
        match query.upper {
            Bound::Included(upper) => bound_by("<=", upper),
            Bound::Excluded(upper) => bound_by("<", upper),
            Bound::Unbounded => {}
        }
        let order = match query.order {
            Order::Ascending => "ASC",
            Order::Descending => "DESC",
        };
        values.push(limit(query.limit.unwrap_or(usize::MAX)));
        sql.push(format!("ORDER BY {position} {order} LIMIT ?"));
        (sql.join(" "), values)
    }

    /// The statement that tells which of the items' positions are taken. Ids and numbers are written into it: there are
    /// as many of them as items, and a statement that is prepared for a number of items is seldom used again.
    pub(crate) fn taken(&self, items: &[&SequencedItem], form: IdForm) -> String {
        let mut sql = self.taken.clone();
        for (n, item) in items.iter().enumerate() {
            sql.push(if n == 0 { '(' } else { ',' });
            let id = form.literal(item.sequence_id);
            let _infallible = write!(sql, "({id},{})", literal(item.position));
        }
        sql.push_str(") LOCK IN SHARE MODE");
        sql
    }
}

/// Reads the row that is a table's lock. Transactions that write to the table begin with it.
fn head(table: &str) -> String {
    format!(
        "SELECT version FROM es_tables WHERE name = {} FOR UPDATE",
        text(table)
    )
}

/// A position as it is stored, from the whole number that is bound.
fn bound(kind: PositionKind) -> &'static str {
    match kind {
        PositionKind::Timestamp => "? * 0.000001",
        _ => "?",
    }
}

fn literal(position: Position) -> String {
    let value = position_value(position);
    match position {
        Position::Timestamp(_) => {
            let sign = if value < 0 { "-" } else { "" };
            let micros = value.unsigned_abs();
            format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
        }
        _ => value.to_string(),
    }
}

/// A limit as the server takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A name as a quoted identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as a literal, whatever the server takes for an escape.
pub(crate) fn text(text: &str) -> String {
    let mut literal = "CONVERT(0x".to_owned();
    for byte in text.bytes() {
        let _infallible = write!(literal, "{byte:02x}");
    }
    literal.push_str(" USING utf8mb4)");
    literal
}
