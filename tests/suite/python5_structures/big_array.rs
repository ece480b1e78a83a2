//! Tests of the big arrays that Python stored.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use es::domain::StandaloneEvent;
use es::event_store::Mapper;
use es::json::{self, Value};
use es::notification_log::{NotificationLog, SectionRequest, SectionSize};
use es::store::{MemoryRecordManager, Table};
use es::structures::{ArrayNotificationLog, BigArray, ItemAssigned};
use es::{EventStore, Salt, Timestamp, Version};
use serde::Deserialize;
use uuid::Uuid;

use super::database::{Database, described};
use crate::vectors;

#[derive(Deserialize)]
struct Described {
    array_size: NonZeroU32,
    root_id: Uuid,
    salt: String,
    items: Vec<String>,
    next_position: u64,
    len: u64,
    arrays: Vec<ArrayRows>,
    queries: Vec<Query>,
    assign_3_again: String,
}

#[derive(Deserialize)]
struct ArrayRows {
    id: Uuid,
    /// The position, the topic and the text.
    rows: Vec<(u64, String, String)>,
}

#[derive(Deserialize)]
struct Query {
    get: Option<i64>,
    item: Option<String>,
    error: Option<String>,
    slice: Option<(Option<u64>, u64)>,
    items: Option<String>,
}

impl Described {
    fn array(&self, store: EventStore) -> BigArray<Value> {
        BigArray::new(store, self.root_id, self.array_size)
    }
}

async fn opened(described: &Described) -> (Database, BigArray<Value>) {
    let database = Database::copy_of("bigarray.db").await;
    let store = database
        .store(Table::stored_events(), &described.salt)
        .await;
    (database, described.array(store))
}

fn texts(items: &[Option<Value>]) -> Vec<String> {
    let text = |item: &Option<Value>| json::to_string(item).unwrap();
    items.iter().map(text).collect()
}

#[tokio::test]
async fn python5_big_arrays_are_read_item_by_item() {
    let described: Described = described("bigarray.db");
    let (_database, array) = opened(&described).await;
    assert_eq!(
        array.next_position().await.unwrap(),
        described.next_position
    );
    assert_eq!(array.capacity(), described.len);
    assert_eq!(texts(&array.items(..).await.unwrap()), described.items);
    assert_eq!(described.assign_3_again, "ConcurrencyError");
    assert!(
        array
            .assign(3, Value::Null)
            .await
            .is_err_and(|error| error.is_conflict())
    );
}

#[tokio::test]
async fn python5_queries_of_big_arrays_have_the_same_results() {
    let described: Described = described("bigarray.db");
    let (_database, array) = opened(&described).await;
    for query in &described.queries {
        if let Some(position) = query.get {
            let found = get(&array, position).await;
            let found = found.map(|item| json::to_string(&item).unwrap());
            assert_eq!(found, query.item, "{position}");
            assert_eq!(query.error.is_some(), query.item.is_none());
        }
        if let Some((start, stop)) = query.slice {
            let items = array.items(start.unwrap_or(0)..stop).await.unwrap();
            assert_eq!(
                &json::to_string(&items).unwrap(),
                query.items.as_ref().unwrap()
            );
        }
    }
}

/// Gets an item; negative positions count from the end, as in Python.
async fn get(array: &BigArray<Value>, position: i64) -> Option<Value> {
    if position == -1 {
        return array.last().await.unwrap().map(|(_, item)| item);
    }
    let next = i64::try_from(array.next_position().await.unwrap()).unwrap();
    let position = if position < 0 {
        next + position
    } else {
        position
    };
    array.get(u64::try_from(position).ok()?).await.unwrap()
}

#[tokio::test]
async fn python5_events_of_arrays_are_written_byte_for_byte() {
    let described: Described = described("bigarray.db");
    let salt = Salt::new(&described.salt);
    for array in &described.arrays {
        for (index, topic, text) in &array.rows {
            let row: Value = Value::parse(text).unwrap();
            let item = row.get("item").unwrap().clone();
            let time = row
                .get("timestamp")
                .and_then(|time| time.get("__decimal__"));
            let time = Timestamp::from_str(time.and_then(Value::as_str).unwrap()).unwrap();
            let event = StandaloneEvent::new(
                array.id,
                Version::new(*index),
                time,
                ItemAssigned { item },
                &salt,
            );
            let event = event.unwrap();
            assert_eq!(event.text(), text);
            assert_eq!(event.header().topic, topic.as_str());
        }
    }
}

#[tokio::test]
async fn python5_big_arrays_consist_of_the_same_arrays_after_our_appends() {
    let described: Described = described("bigarray.db");
    let records = MemoryRecordManager::new(Table::stored_events());
    let store = EventStore::new(Arc::new(records), Mapper::new(), Salt::new(&described.salt));
    let array = described.array(store.clone());
    for (position, item) in (0..).zip(&described.items) {
        assert_eq!(
            array.append(Value::parse(item).unwrap()).await.unwrap(),
            position
        );
    }
    let mut rows = 0;
    for array in &described.arrays {
        let ours = store.items(array.id).await.unwrap();
        assert_eq!(ours.len(), array.rows.len(), "{}", array.id);
        for (item, (index, topic, text)) in ours.iter().zip(&array.rows) {
            assert_eq!(item.position, Version::new(*index).into());
            assert_eq!(item.topic, topic.as_str());
            let item_of = |text: &str| Value::parse(text).unwrap().get("item").cloned();
            assert_eq!(item_of(&item.data), item_of(text));
        }
        rows += ours.len();
    }
    let all = store.record_manager().max_record_id().await.unwrap();
    assert_eq!(all.get(), rows as u64, "and of no others");
}

#[tokio::test]
async fn python5_sections_are_those_of_the_log_over_our_big_array() {
    let (_database, array) = opened(&described("bigarray.db")).await;
    let array = Arc::new(array);
    let mut compared = 0;
    for folder in std::fs::read_dir(vectors::path("notificationlog/bigarray")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let size = name.trim_start_matches("size").parse().unwrap();
        let size = SectionSize::new(size).unwrap();
        let log = ArrayNotificationLog::new(array.clone(), size).unwrap();
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let request = SectionRequest {
                section: path.file_stem().unwrap().to_str().unwrap().parse().unwrap(),
                size: Some(size),
            };
            let text = std::fs::read_to_string(&path).unwrap();
            // If a section is exactly full, it is still the current one.
            if !text.starts_with(r#"{"items":[],"#) {
                let section = log.section(request).await.unwrap();
                assert_eq!(section.to_json(), text, "{}", path.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "no section is kept");
}
