//! The statements of one table.

use std::ops::Bound;

use es_store::{ItemQuery, Position, RecordError, Table};
use scylla::value::CqlValue;

use crate::prepared::Prepared;
use crate::rows::position_value;

/// CQL texts made once from a table's names.
pub(crate) struct Statements {
    /// Values: sequence, position, topic, data.
    pub(crate) insert: Prepared,
    /// One item, by sequence and position.
    pub(crate) find: String,
    /// Items at one position of several sequences, at most as many.
    pub(crate) across: String,
    /// The ids of sequences from a token on, with their tokens.
    pub(crate) sequences: String,
    /// The last positions of sequences from a token on, with their ids and tokens. A table's order is descending.
    pub(crate) lasts: String,
    /// Only to know the token of a sequence.
    pub(crate) token: String,
    pub(crate) delete: String,
    /// Values: topic, data, sequence, position.
    pub(crate) replace: String,
    pub(crate) truncate: String,
    pub(crate) drop: String,
    items: String,
    position: String,
}

impl Statements {
    pub(crate) fn of(keyspace: &str, table: &Table) -> Self {
        let name = qualified(keyspace, table);
        let [sequence, position, topic, data] = [
            &table.sequence_id,
            &table.position,
            &table.topic,
            &table.data,
        ]
        .map(|name| quote(name));
        let columns = format!("{sequence}, {position}, {topic}, {data}");
        let key = format!("{sequence} = ? AND {position} = ?");
        Self {
            insert: Prepared::conditional(format!(
                "INSERT INTO {name} ({columns}) VALUES (?, ?, ?, ?) IF NOT EXISTS"
            )),
            find: format!("SELECT {columns} FROM {name} WHERE {key}"),
            across: format!(
                "SELECT {columns} FROM {name} WHERE {sequence} IN ? AND {position} = ? LIMIT ?"
            ),
            sequences: format!(
                "SELECT DISTINCT {sequence}, token({sequence}) FROM {name} WHERE token({sequence}) >= ?"
            ),
            lasts: format!(
                "SELECT {sequence}, token({sequence}), {position} FROM {name} WHERE token({sequence}) >= ? PER PARTITION \
                 LIMIT 1"
            ),
            token: format!("SELECT {sequence} FROM {name} WHERE {sequence} = ?"),
            delete: format!("DELETE FROM {name} WHERE {key} IF EXISTS"),
            replace: format!("UPDATE {name} SET {topic} = ?, {data} = ? WHERE {key} IF EXISTS"),
            truncate: format!("TRUNCATE {name}"),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            items: format!("SELECT {columns} FROM {name} WHERE {sequence} = ?"),
            position,
        }
    }

    /// The statement that reads some items of a sequence, and its values.
    pub(crate) fn items(&self, query: &ItemQuery) -> (String, Vec<CqlValue>) {
        // One item is found faster by its key than between bounds.
        if let (Bound::Included(lower @ Position::Integer(_)), Bound::Included(upper)) =
            (query.lower, query.upper)
            && lower == upper
        {
            let key = vec![CqlValue::Uuid(query.sequence_id), position_value(lower)];
            return (self.find.clone(), key);
        }
        let position = &self.position;
        let mut cql = vec![self.items.clone()];
        let mut values = vec![CqlValue::Uuid(query.sequence_id)];
        for (operator, at) in query.comparisons() {
            values.push(position_value(at));
            cql.push(format!("AND {position} {operator} ?"));
        }
        // Said always: a table's own order may be another.
        let order = query.order.keyword();
        cql.push(format!("ORDER BY {position} {order}"));
        if let Some(limit) = query.limit.and_then(|limit| i32::try_from(limit).ok()) {
            cql.push("LIMIT ?".to_owned());
            values.push(CqlValue::Int(limit));
        }
        (cql.join(" "), values)
    }
}

/// A table's name with that of its keyspace.
pub(crate) fn qualified(keyspace: &str, table: &Table) -> String {
    format!("{}.{}", quote(keyspace), quote(&table.name))
}

/// A name as a quoted identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Checks that Cassandra can have a keyspace or table of such a name.
pub(crate) fn check_name(name: &str, what: &str) -> Result<(), RecordError> {
    let is_fitting = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.len() <= 48 && name.chars().all(is_fitting) {
        return Ok(());
    }
    Err(RecordError::Schema {
        table: name.to_owned(),
        reason: format!(
            "{what} of a Cassandra cluster has a name of letters, digits and underscores, 48 at most"
        ),
    })
}
