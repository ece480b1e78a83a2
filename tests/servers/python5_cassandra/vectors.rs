//! The rows that Python wrote, with their descriptions.

use std::path::PathBuf;

use es::store::{SequencedItem, Table, TimeUuid};
use es::{Position, Timestamp, Topic};
use serde_json::Value;

use crate::vectors as golden;

pub const STORES: &[&str] = &[
    "plain",
    "snapshots",
    "encrypted",
    "salted",
    "integer",
    "timestamp",
    "timeuuid",
    "bigarray",
    "timebucketed",
    "timestamp_driver312",
];

pub fn path(name: &str) -> PathBuf {
    golden::path("cassandra").join(name)
}

fn manifest() -> Value {
    let text = std::fs::read_to_string(path("manifest.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns the description of a store in the manifest.
pub fn described(store: &str) -> Value {
    manifest()["stores"][store].clone()
}

/// Returns the description of a store that was tampered with.
pub fn tampered(name: &str) -> Value {
    manifest()["tampered"][name].clone()
}

pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Returns a table by its name. The tables have no record ids.
pub fn table(name: &str) -> Table {
    let table = match name {
        "stored_events" => Table::stored_events(),
        "snapshots" => Table::snapshots(),
        "integer_sequenced_items" => Table::integer_sequenced(),
        "timestamp_sequenced_items" => Table::timestamp_sequenced(),
        "timeuuid_sequenced_items" => Table::timeuuid_sequenced(),
        other => panic!("{other}"),
    };
    let table = table.without_record_ids().named(name.to_owned());
    assert_eq!(table.name, name);
    table
}

/// Returns the tables of a store with their rows in the order of the server.
pub fn rows(store: &str) -> Vec<(Table, Vec<SequencedItem>)> {
    let described = described(store);
    let tables = described["tables"].as_object().unwrap();
    let read = |name: &String| {
        let table = table(name);
        let text = std::fs::read_to_string(path(&format!("{name}.jsonl"))).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let rows = rows.filter(|row: &Value| row["store"] == store);
        let items = rows.map(|row| {
            let columns = [
                &table.sequence_id,
                &table.position,
                &table.topic,
                &table.data,
            ];
            let values = columns.map(|column| row[&**column].clone());
            item(&Value::from(values.to_vec()), name).unwrap()
        });
        let items = items.collect();
        (table, items)
    };
    tables.keys().map(read).collect()
}

/// Parses an item from the list of its columns; `None` if its position has no value in Rust.
pub fn item(columns: &Value, table: &str) -> Option<SequencedItem> {
    let text = |at: usize| columns[at].as_str();
    Some(SequencedItem {
        sequence_id: text(0)?.parse().unwrap(),
        position: position(&columns[1], table)?,
        topic: Topic::stored(text(2)?),
        data: text(3)?.into(),
    })
}

pub fn position(value: &Value, table: &str) -> Option<Position> {
    if table.starts_with("timestamp") {
        let time: Timestamp = value.as_str()?.parse().ok()?;
        return Some(time.into());
    }
    if table.starts_with("timeuuid") {
        let id = value.as_str()?.parse().unwrap();
        return Some(TimeUuid::new(id)?.into());
    }
    Some(value.as_i64()?.into())
}
