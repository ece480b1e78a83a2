//! The statements of one table.

use std::ops::Bound;

use es_core::infrastructure::{ItemQuery, Order, Position, Table, TimePlace};
use rusqlite::types::Value;

use crate::form::Form;
use crate::rows::position_value;

/// SQL texts made once from a table's names.
pub(crate) struct Statements {
    pub(crate) insert: String,
    pub(crate) max_id: String,
    pub(crate) records: String,
    pub(crate) find: String,
    pub(crate) first_sequence: String,
    pub(crate) next_sequence: String,
    pub(crate) delete: String,
    pub(crate) truncate: String,
    pub(crate) drop: String,
    pub(crate) form: Form,
    items: String,
    all: String,
    sequence: String,
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
        let id = table.record_id.as_deref().map_or("NULL".to_owned(), quote);
        let insert = match table.record_id {
            Some(_) => format!(
                "INSERT INTO {name} ({sequence}, {position}, {topic}, {data}, {id}) VALUES (?1, ?2, ?3, ?4, ?5)"
            ),
            None => format!(
                "INSERT INTO {name} ({sequence}, {position}, {topic}, {data}) VALUES (?1, ?2, ?3, ?4)"
            ),
        };
        let columns = format!("{sequence}, {position}, {topic}, {data}, {id}");
        Self {
            insert,
            max_id: format!("SELECT COALESCE(MAX({id}), 0) FROM {name}"),
            records: format!("SELECT {columns} FROM {name} WHERE {id} > ?1 ORDER BY {id} LIMIT ?2"),
            find: format!("SELECT {columns} FROM {name} WHERE {sequence} = ?1 AND {position} = ?2"),
            first_sequence: format!("SELECT {sequence} FROM {name} ORDER BY {sequence} LIMIT 1"),
            next_sequence: format!(
                "SELECT {sequence} FROM {name} WHERE {sequence} > ?1 ORDER BY {sequence} LIMIT 1"
            ),
            delete: format!("DELETE FROM {name} WHERE {sequence} = ?1 AND {position} = ?2"),
            truncate: format!("DELETE FROM {name}"),
            drop: format!("DROP TABLE IF EXISTS {name}"),
            form: Form::default(),
            items: format!("SELECT {columns} FROM {name} WHERE {sequence} = ?1"),
            all: format!("SELECT {columns} FROM {name}"),
            sequence,
            position,
        }
    }

    /// The statement that reads items behind a place in the order of their times. Its parameters are the time and the
    /// sequence, where there is a place, and the limit.
    pub(crate) fn items_by_time(&self, after: Option<TimePlace>) -> String {
        let Self {
            all,
            sequence,
            position,
            ..
        } = self;
        let (behind, limit) = match after {
            None => (String::new(), 1),
            Some(_) => (
                format!("WHERE {position} >= ?1 AND ({position} > ?1 OR {sequence} > ?2)"),
                3,
            ),
        };
        format!("{all} {behind} ORDER BY {position}, {sequence} LIMIT ?{limit}")
    }

    /// The statement that reads some items of a sequence, and its parameters behind the first, the sequence.
    pub(crate) fn items(&self, query: &ItemQuery) -> (String, Vec<Value>) {
        let position = &self.position;
        let mut sql = vec![self.items.clone()];
        let mut values = Vec::new();
        let mut bound = |operator: &str, at: Position| {
            values.push(position_value(at));
            sql.push(format!("AND {position} {operator} ?{}", values.len() + 1));
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
        values.push(Value::Integer(limit(query.limit.unwrap_or(usize::MAX))));
        sql.push(format!(
            "ORDER BY {position} {order} LIMIT ?{}",
            values.len() + 1
        ));
        (sql.join(" "), values)
    }
}

/// A limit as `SQLite` takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A name as a quoted identifier.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
