//! Cases of rows, queries and appends of the record manager.

use std::num::NonZeroU32;
use std::ops::Bound;

use es::event_store::Mapper;
use es::json::{self, Value as Json};
use es::store::{ItemQuery, Order, RecordError, RecordManager, SequencedItem};
use es::structures::BigArray;
use es::{EventStore, Salt};
use serde_json::Value;
use uuid::Uuid;

use super::keyspace::Keyspace;
use super::vectors::{item, list, position, rows};

/// Returns all items in the server's order of sequences.
async fn all(records: &dyn RecordManager) -> Vec<SequencedItem> {
    let mut items = Vec::new();
    for id in records.sequence_ids(None, 10_000).await.unwrap() {
        items.extend(records.items(ItemQuery::new(id)).await.unwrap());
    }
    items
}

/// Reads all rows, deletes them, and appends each sequence again as one list.
pub async fn read_and_written(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    for (table, rows) in rows(store) {
        assert!(!rows.is_empty());
        let records = keyspace.table(table).await;
        assert_eq!(all(&*records).await, rows);
        records.truncate().await.unwrap();
        for sequence in rows.chunk_by(|one, other| one.sequence_id == other.sequence_id) {
            records.append(sequence.to_vec().into()).await.unwrap();
        }
        assert_eq!(all(&*records).await, rows);
    }
    keyspace.accepted(&[]).await;
}

/// Compares queries with the answers of Python's record manager.
pub async fn queries(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let records = keyspace.entities().await;
    let table = keyspace.described["table"].as_str().unwrap();
    let mut compared = 0;
    for selection in list(&keyspace.described, "selections") {
        let id = selection["id"].as_str().unwrap().parse().unwrap();
        for case in list(selection, "get_items") {
            let query = query(id, &case["args"], table);
            let descending = query.order == Order::Descending;
            let mut found = records.items(query).await.unwrap();
            if descending == (case["args"]["results_ascending"] != false) {
                found.reverse();
            }
            let found = found.iter().map(|item| Some(item.position));
            let expected = list(case, "positions");
            let expected = expected.iter().map(|value| position(value, table));
            assert!(found.eq(expected), "{case}");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} compared");
    keyspace.drop().await;
}

fn query(id: Uuid, arguments: &Value, table: &str) -> ItemQuery {
    let at = |key: &str| position(&arguments[key], table);
    let mut query = ItemQuery::new(id);
    query.lower = match (at("gt"), at("gte")) {
        (Some(above), _) => Bound::Excluded(above),
        (None, Some(from)) => Bound::Included(from),
        (None, None) => Bound::Unbounded,
    };
    query.upper = match (at("lt"), at("lte")) {
        (Some(below), _) => Bound::Excluded(below),
        (None, Some(to)) => Bound::Included(to),
        (None, None) => Bound::Unbounded,
    };
    if arguments["query_ascending"] == false {
        query.order = Order::Descending;
    }
    let limit = arguments["limit"].as_u64();
    query.limit = limit.map(|limit| usize::try_from(limit).unwrap());
    query
}

/// Repeats Python's appends: complete ones are stored, refused or lost ones are refused.
pub async fn attempts(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let records = keyspace.entities().await;
    let table = keyspace.described["table"].as_str().unwrap();
    // Python's driver does not send an empty text, so there is no answer to compare.
    let was_sent = |attempt: &&Value| attempt["library_raises"] != "ValidationError";
    for attempt in list(&keyspace.described, "attempts")
        .iter()
        .filter(was_sent)
    {
        let items = list(attempt, "items").iter();
        let Some(items) = items
            .map(|columns| item(columns, table))
            .collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let theirs = list(attempt, "stored").len();
        let before = all(&*records).await.len();
        let what = attempt["what"].as_str().unwrap();
        let outcome = records.append(items.clone().into()).await;
        if attempt["library_raises"].is_null() && theirs == items.len() {
            outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(all(&*records).await.len(), before + theirs, "{what}");
            continue;
        }
        let is_named = matches!(
            outcome,
            Err(RecordError::Conflict { .. } | RecordError::Invalid { .. })
        );
        assert!(is_named, "{what}: {outcome:?}");
        assert_eq!(all(&*records).await.len(), before, "{what}");
    }
    keyspace.drop().await;
}

pub async fn big_array(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let described = keyspace.described.clone();
    let salt = Salt::new(keyspace.salt());
    let root = described["root_id"].as_str().unwrap();
    let size = described["array_size"].as_u64().unwrap();
    let array = BigArray::<Json>::new(
        EventStore::new(keyspace.entities().await, Mapper::new(), salt),
        root.parse().unwrap(),
        NonZeroU32::new(size.try_into().unwrap()).unwrap(),
    );
    let next = array.next_position().await.unwrap();
    assert_eq!(Some(next), described["next_position"].as_u64());
    let items = array.items(..).await.unwrap();
    let items = items.iter().map(|item| json::to_string(item).unwrap());
    let expected = list(&described, "items").iter();
    assert!(items.eq(expected.map(|item| item.as_str().unwrap())));
    for position in next..next + 25 {
        let appended = array.append(Json::Bool(true)).await;
        assert_eq!(appended.unwrap(), position);
    }
    let spec = format!("{root}:{size}");
    keyspace.accepted(&["--big-array", &spec]).await;
}
