//! The statements of one table.

use std::ops::Bound;

use es_core::infrastructure::{ItemQuery, Order, Position, PositionKind, Table};

use crate::rows::position_value;

/// The first key of the advisory locks of this library; the second is the table's object id.
const LOCK_CLASS: i32 = 0x6573_0001;

/// SQL texts made once from a table's names. Positions are bound and read as whole numbers: those of times are
/// microseconds.
pub(crate) struct Statements {
    /// Begins a transaction, and takes the lock of the table in it.
    pub(crate) begin: String,
    /// Takes the lock of the table in the transaction at hand.
    pub(crate) lock: String,
    pub(crate) max_id: String,
    /// Parameters: arrays of sequences, positions, topics and data, then the id before the first.
    pub(crate) insert: String,
    /// Which of the keys, in two arrays, are there.
    pub(crate) taken: String,
    pub(crate) records: String,
    pub(crate) find: String,
    pub(crate) first_sequences: String,
    pub(crate) next_sequences: String,
    /// Items in the order of their times: the first, and those behind a place.
    pub(crate) first_by_time: String,
    pub(crate) next_by_time: String,
    pub(crate) delete: String,
    pub(crate) truncate: String,
    pub(crate) drop: String,
    /// The channel that followers listen to.
    pub(crate) channel: String,
    items: String,
    position: String,
    bound: fn(usize) -> String,
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
            PositionKind::Timestamp => format!("({position} * 1000000)::int8"),
            _ => format!("{position}::int8"),
        };
        let id = table.record_id.as_deref().map_or("NULL".to_owned(), quote);
        let columns = format!("{sequence}, {read}, {topic}, {data}, {id}::int8");
        let lock = format!(
            "SELECT pg_advisory_xact_lock({LOCK_CLASS}, {}::regclass::oid::int4)",
            literal(&name)
        );
        let sequences = |condition: &str| sequences(&name, &sequence, condition);
        let key = format!("{sequence} = $1 AND {position} = {}", bound(2));
        let by_time = |condition: &str| {
            format!(
                "SELECT {columns} FROM {name} {condition}ORDER BY {position}, {sequence} LIMIT $1"
            )
        };
        let time = bound(2);
        Self {
            begin: format!("BEGIN ISOLATION LEVEL READ COMMITTED; {lock}"),
            lock,
            max_id: format!("SELECT COALESCE(max({id}), 0)::int8 FROM {name}"),
            insert: insert(table),
            taken: taken(table),
            records: format!("SELECT {columns} FROM {name} WHERE {id} > $1 ORDER BY {id} LIMIT $2"),
            find: format!("SELECT {columns} FROM {name} WHERE {key}"),
            first_sequences: sequences("true"),
            next_sequences: sequences(&format!("{sequence} > $2")),
            first_by_time: by_time(""),
            next_by_time: by_time(&format!(
                "WHERE {position} >= {time} AND ({position} > {time} OR {sequence} > $3) "
            )),
            delete: format!("DELETE FROM {name} WHERE {key}"),
            truncate: format!("TRUNCATE {name}"),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            channel: channel(&table.name),
            items: format!("SELECT {columns} FROM {name} WHERE {sequence} = $1"),
            position,
            bound,
        }
    }

    /// The statement that reads some items of a sequence, and its parameters behind the first, the sequence.
    pub(crate) fn items(&self, query: &ItemQuery) -> (String, Vec<i64>) {
        let position = &self.position;
        let mut sql = vec![self.items.clone()];
        let mut values = Vec::new();
        let mut bound = |operator: &str, at: Position| {
            values.push(position_value(at));
            let value = (self.bound)(values.len() + 1);
            sql.push(format!("AND {position} {operator} {value}"));
        };
        match query.lower {
            Bound::Included(lower) => bound(">=", lower),
            Bound::Excluded(lower) => bound(">", lower),
            Bound::Unbounded => {}
        }
        match query.upper {
            Bound::Included(upper) => bound("<=", upper),
            Bound::Excluded(upper) => bound("<", upper),
            Bound::Unbounded => {}
        }
        let order = match query.order {
            Order::Ascending => "ASC",
            Order::Descending => "DESC",
        };
        values.push(limit(query.limit.unwrap_or(usize::MAX)));
        sql.push(format!(
            "ORDER BY {position} {order} LIMIT ${}",
            values.len() + 1
        ));
        (sql.join(" "), values)
    }
}

/// One statement text for any number of rows: a text with a row each would be planned anew for each number.
fn insert(table: &Table) -> String {
    let [name, sequence, position, topic, data] = [
        &table.name,
        &table.sequence_id,
        &table.position,
        &table.topic,
        &table.data,
    ]
    .map(|name| quote(name));
    let value = stored(table.position_kind, "pos");
    let (column, id) = match &table.record_id {
        Some(id) => (format!("{}, ", quote(id)), "$5::int8 + ord, "),
        None => (String::new(), ""),
    };
    format!(
        "INSERT INTO {name} ({column}{sequence}, {position}, {topic}, {data}) SELECT {id}seq, {value}, topic, data FROM \
         unnest($1::uuid[], $2::int8[], $3::text[], $4::text[]) WITH ORDINALITY AS item(seq, pos, topic, data, ord)"
    )
}

/// The sub-select keeps the plan on the index: a join may become one with the whole table.
fn taken(table: &Table) -> String {
    let [name, sequence, position] =
        [&table.name, &table.sequence_id, &table.position].map(|name| quote(name));
    let value = stored(table.position_kind, "item.pos");
    format!(
        "SELECT seq, pos FROM unnest($1::uuid[], $2::int8[]) AS item(seq, pos) WHERE (SELECT true FROM {name} WHERE \
         {sequence} = item.seq AND {position} = {value})"
    )
}

/// Looks for one sequence after another: a look is cheap, and a sequence may be long.
fn sequences(name: &str, sequence: &str, condition: &str) -> String {
    let one = |condition: &str| {
        format!("SELECT {sequence} FROM {name} WHERE {condition} ORDER BY {sequence} LIMIT 1")
    };
    let (first, next) = (one(condition), one(&format!("{sequence} > found.id")));
    format!(
        "WITH RECURSIVE found(id) AS (({first}) UNION ALL SELECT ({next}) FROM found WHERE found.id IS NOT NULL) \
         SELECT id FROM found WHERE id IS NOT NULL LIMIT $1"
    )
}

/// A position as it is stored, from the whole number that is bound. (A quotient would be rounded.)
fn stored(kind: PositionKind, number: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("{number}::numeric * 0.000001"),
        _ => number.to_owned(),
    }
}

fn bound(kind: PositionKind) -> fn(usize) -> String {
    match kind {
        PositionKind::Timestamp => |n| format!("(${n}::int8::numeric * 0.000001)"),
        _ => |n| format!("${n}::int8"),
    }
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

/// A limit as `PostgreSQL` takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A name as a quoted identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a literal, whatever `standard_conforming_strings` says.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
