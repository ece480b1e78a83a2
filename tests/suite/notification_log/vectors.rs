//! Tests against the sections and readings that Python recorded.

use std::collections::BTreeMap;

use es::Application;
use es::notification_log::{
    NotificationLog, NotificationReader, Numbered, Section, SectionId, SectionItem, SectionRef,
    SectionRequest, SectionSize,
};
use es::store::Text;
use es::structures::ArrayNotificationLog;
use serde::Deserialize;

use super::fake_array::FakeArray;
use crate::vectors;

#[derive(Deserialize)]
struct Manifest {
    databases: BTreeMap<String, es::json::Value>,
}

#[derive(Deserialize)]
struct Database {
    #[serde(default)]
    notification_log: Vec<Log>,
    #[serde(default)]
    reader: Vec<Reader>,
}

#[derive(Deserialize)]
struct BigArray {
    array_size: u64,
    items: Vec<Option<String>>,
    notification_log: Log,
}

#[derive(Deserialize)]
struct Log {
    section_size: u64,
    sections: Vec<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "asked")]
    requested: String,
    section_id: String,
    previous_id: Option<String>,
    next_id: Option<String>,
    items: usize,
    ids: Option<Vec<u64>>,
    archived: bool,
}

#[derive(Deserialize)]
struct Reader {
    section_size: u64,
    ops: Vec<Op>,
}

#[derive(Deserialize)]
struct Op {
    #[serde(rename = "op")]
    name: String,
    arg: Argument,
    #[serde(default)]
    ids: Vec<u64>,
    error: Option<String>,
    position: u64,
    section_count: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Argument {
    None(()),
    Number(i64),
    Range(u64, Option<u64>),
}

fn described<T: serde::de::DeserializeOwned>(database: &str) -> Option<T> {
    let text = std::fs::read_to_string(vectors::path("manifest.json")).unwrap();
    let manifest: Manifest = es::json::from_str(&text).unwrap();
    let value = manifest.databases.get(database)?;
    Some(es::json::from_str(&value.to_string()).unwrap())
}

/// Opens a copy of the database, because opening may write.
async fn open(database: &str) -> (tempfile::TempDir, Application) {
    let copy = tempfile::tempdir().unwrap();
    let path = copy.path().join(database);
    std::fs::copy(vectors::path(database), &path).unwrap();
    let uri = format!("sqlite:///{}", path.display());
    let app = Application::builder().uri(uri).open().await.unwrap();
    (copy, app)
}

fn size(size: u64) -> SectionSize {
    SectionSize::new(size).unwrap()
}

/// Returns the section and the file of an answer. If the last section is full, Python's current
/// section is the empty one after it.
fn expected(answer: &Answer) -> (SectionRef, &str) {
    match &answer.previous_id {
        Some(previous) if answer.requested == "current" && answer.items == 0 => {
            (SectionRef::Current, previous)
        }
        _ => (answer.requested.parse().unwrap(), &answer.requested),
    }
}

async fn check_answers<N: SectionItem>(name: &str, log: &impl NotificationLog<N>, answers: &Log) {
    for answer in &answers.sections {
        let (section, file) = expected(answer);
        let request = SectionRequest {
            section,
            size: Some(size(answers.section_size)),
        };
        let section = log.section(request).await.unwrap();
        if file == answer.requested {
            check_answer(&section, answer);
        }
        let path = format!(
            "notificationlog/{name}/size{}/{file}.json",
            answers.section_size
        );
        // The vectors contain the text of some sections only.
        if let Ok(text) = std::fs::read_to_string(vectors::path(&path)) {
            assert_eq!(section.to_json(), text, "{}", answer.requested);
            assert_eq!(Section::<N>::from_json(&text).unwrap().to_json(), text);
        }
    }
}

fn check_answer<N: SectionItem>(section: &Section<N>, answer: &Answer) {
    let text = |id: Option<SectionId>| id.map(|id| id.to_string());
    assert_eq!(
        section.id.to_string(),
        answer.section_id,
        "{}",
        answer.requested
    );
    assert_eq!(text(section.previous), answer.previous_id);
    assert_eq!(text(section.next), answer.next_id);
    assert_eq!(section.is_archived(), answer.archived);
    assert_eq!(section.items.len(), answer.items);
    if let Some(ids) = &answer.ids {
        assert_eq!(numbers(&section.items), *ids);
    }
}

fn numbers<N: Numbered>(items: &[N]) -> Vec<u64> {
    items.iter().map(|item| item.record_id().get()).collect()
}

#[tokio::test]
async fn sections_are_those_of_python() {
    for database in ["plain.db", "encrypted.db", "salted.db"] {
        let described: Database = described(database).unwrap();
        let (_copy, app) = open(database).await;
        let log = app.notification_log().unwrap();
        assert!(!described.notification_log.is_empty(), "{database}");
        for answers in &described.notification_log {
            check_answers(database.trim_end_matches(".db"), &log, answers).await;
        }
    }
}

#[tokio::test]
async fn every_section_text_equals_that_of_python_byte_for_byte() {
    let (_copy, app) = open("plain.db").await;
    let log = app.notification_log().unwrap();
    let mut compared = 0;
    for directory in std::fs::read_dir(vectors::path("notificationlog/plain")).unwrap() {
        let directory = directory.unwrap();
        let name = directory.file_name().into_string().unwrap();
        let size = size(name.trim_start_matches("size").parse().unwrap());
        for file in std::fs::read_dir(directory.path()).unwrap() {
            let path = file.unwrap().path();
            let requested = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let request = SectionRequest {
                section: requested,
                size: Some(size),
            };
            let section = log.section(request).await.unwrap();
            let python_is_empty = text.starts_with(r#"{"items":[],"#);
            if requested == SectionRef::Current && python_is_empty {
                continue;
            }
            assert_eq!(section.to_json(), text, "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared} texts");
}

#[tokio::test]
async fn sections_of_a_big_array_are_those_of_python() {
    let described: BigArray = described("bigarray.db").unwrap();
    let items = described.items.into_iter();
    let items = items.map(|item| item.map(Text::from)).collect();
    let array = FakeArray::new(described.array_size, items);
    let size = size(described.notification_log.section_size);
    let log = ArrayNotificationLog::new(array, size).unwrap();
    check_answers("bigarray", &log, &described.notification_log).await;
}

#[tokio::test]
async fn readers_return_the_notifications_of_python() {
    for database in ["plain.db", "encrypted.db", "salted.db"] {
        let described: Database = described(database).unwrap();
        let (_copy, app) = open(database).await;
        for readings in described.reader {
            let mut reader = NotificationReader::new(app.notification_log().unwrap())
                .section_size(Some(size(readings.section_size)));
            for op in &readings.ops {
                replay(&mut reader, op).await;
            }
        }
    }
}

async fn replay(reader: &mut NotificationReader, op: &Op) {
    let context = format!("{} before {}", op.name, op.position);
    let read = match (&*op.name, &op.arg) {
        // Positions below 0 have no value in Rust.
        ("seek", Argument::Number(-1)) => {
            assert_eq!(op.error.as_deref(), Some("ValueError"));
            Vec::new()
        }
        ("seek", Argument::Number(position)) => {
            reader.seek(u64::try_from(*position).unwrap());
            Vec::new()
        }
        ("read", Argument::None(())) => reader.read().await.unwrap(),
        ("read", Argument::Number(count)) => {
            let count = usize::try_from(*count).unwrap();
            reader.read_at_most(count).await.unwrap()
        }
        ("next", _) => vec![reader.next().await.unwrap().unwrap()],
        ("getitem", Argument::Number(index)) => {
            let found = reader.get(u64::try_from(*index).unwrap()).await.unwrap();
            assert_eq!(found.is_none(), op.error.is_some(), "{context}");
            found.into_iter().collect()
        }
        ("slice", Argument::Range(start, stop)) => slice(reader, *start, *stop).await,
        (other, _) => panic!("unknown operation {other}"),
    };
    assert_eq!(numbers(&read), op.ids, "{context}");
    assert_eq!(reader.position().get(), op.position, "{context}");
    // Python requests and counts a section even if there is nothing to read.
    if !read.is_empty() {
        assert_eq!(reader.section_count(), op.section_count, "{context}");
    }
}

async fn slice(
    reader: &mut NotificationReader,
    start: u64,
    stop: Option<u64>,
) -> Vec<es::notification_log::Notification> {
    let mut slice = match stop {
        Some(stop) => reader.slice(start..stop),
        None => reader.slice(start..),
    };
    let mut read = Vec::new();
    while let Some(item) = slice.next().await {
        read.push(item.unwrap());
    }
    read
}
