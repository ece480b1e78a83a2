//! The CQL statements of one table.

use std::ops::Bound;

use es_store::{ItemQuery, Position, RecordError, Table};
use scylla::value::CqlValue;

use crate::prepared::Prepared;
use crate::rows::position_value;

/// The statements of a table, formatted once from its names.
pub(crate) struct Statements {
    /// Inserts an item. Values: sequence, position, topic, data.
    pub(crate) insert: Prepared,
    /// Selects one item. Values: sequence, position.
    pub(crate) find: String,
    /// Selects the items at one position of several sequences. Values: sequences, position, number
    /// of sequences.
    pub(crate) items_at: String,
    /// Selects the ids of sequences from a token on, with their tokens.
    pub(crate) sequences: String,
    /// Selects the last positions of sequences from a token on, with their ids and tokens. The
    /// order of the table is descending, so the first row of a partition is the last position.
    pub(crate) last_positions: String,
    /// Prepared but never executed: the driver calculates the token of a sequence from its
    /// metadata.
    pub(crate) token: String,
    /// Deletes an item. Values: sequence, position.
    pub(crate) delete: String,
    /// Replaces an item. Values: topic, data, sequence, position.
    pub(crate) replace: String,
    pub(crate) truncate: String,
    pub(crate) drop: String,
    items: String,
    position: String,
}

impl Statements {
    pub(crate) fn new(keyspace: &str, table: &Table) -> Self {
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
            items_at: format!(
                "SELECT {columns} FROM {name} WHERE {sequence} IN ? AND {position} = ? LIMIT ?"
            ),
            sequences: format!(
                "SELECT DISTINCT {sequence}, token({sequence}) FROM {name} WHERE token({sequence}) >= ?"
            ),
            last_positions: format!(
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

    /// Returns the statement of a query for items of one sequence, and its values.
    pub(crate) fn items(&self, query: &ItemQuery) -> (String, Vec<CqlValue>) {
        // The server finds one item faster by its key than between bounds.
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
        // The order is always explicit, because that of a table created by another program may
        // differ.
        let order = query.order.keyword();
        cql.push(format!("ORDER BY {position} {order}"));
        if let Some(limit) = query.limit.and_then(|limit| i32::try_from(limit).ok()) {
            cql.push("LIMIT ?".to_owned());
            values.push(CqlValue::Int(limit));
        }
        (cql.join(" "), values)
    }
}

/// Returns the name of a table, qualified by its keyspace.
pub(crate) fn qualified(keyspace: &str, table: &Table) -> String {
    format!("{}.{}", quote(keyspace), quote(&table.name))
}

/// Returns a name as a quoted identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Checks that a name is valid for a keyspace or table.
///
/// # Errors
///
/// [`RecordError::Schema`] if it is not.
pub(crate) fn check_name(name: &str, kind: &str) -> Result<(), RecordError> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.is_empty() && name.len() <= 48 && name.chars().all(is_valid) {
        return Ok(());
    }
    Err(RecordError::Schema {
        table: name.to_owned(),
        reason: format!(
            "the name of {kind} on Cassandra must have 1 to 48 letters, digits and underscores"
        ),
    })
}
