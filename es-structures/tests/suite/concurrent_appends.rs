//! Concurrent writers of one big array.

use std::collections::BTreeSet;
use std::sync::Arc;

use es_core::event_store::EventStore;
use es_structures::{BigArray, IntegerSequence, SimpleIntegerSequence};
use uuid::Uuid;

use crate::store::{memory, size};

const APPENDERS: u64 = 16;

/// Returns the number of items of each appender: `ES_ARRAY_ITEMS`, or 250.
fn items_each() -> u64 {
    let items = std::env::var("ES_ARRAY_ITEMS").ok();
    items.map_or(250, |items| {
        items.parse().expect("ES_ARRAY_ITEMS is a number")
    })
}

/// Appends from 16 tasks, each with its own handle. Every item must be stored once, those of each
/// task in order.
async fn append_from_all(open: impl Fn() -> BigArray<(u64, u64)>) {
    let each = items_each();
    let appenders = (0..APPENDERS).map(|appender| {
        let array = open();
        tokio::spawn(async move {
            for number in 0..each {
                array.append((appender, number)).await.unwrap();
            }
        })
    });
    for appender in appenders.collect::<Vec<_>>() {
        appender.await.unwrap();
    }
    check(&open(), each).await;
}

async fn check(array: &BigArray<(u64, u64)>, each: u64) {
    assert_eq!(array.next_position().await.unwrap(), APPENDERS * each);
    let mut next = [0; 16];
    let mut slice = array.slice(..);
    while let Some(item) = slice.next().await {
        let (appender, number) = item.unwrap().expect("no hole");
        let next = &mut next[usize::try_from(appender).unwrap()];
        assert_eq!(number, *next, "once, and in order");
        *next += 1;
    }
    assert_eq!(next, [each; 16]);
}

fn opened(store: &EventStore, root: Uuid) -> BigArray<(u64, u64)> {
    BigArray::new(store.clone(), root, size(1_000))
}

#[tokio::test(flavor = "multi_thread")]
async fn appenders_with_separate_handles_leave_no_hole() {
    let (store, root) = (memory(), Uuid::new_v4());
    let start = std::time::Instant::now();
    append_from_all(|| opened(&store, root)).await;
    report("16 separate handles", start);
}

#[tokio::test(flavor = "multi_thread")]
async fn appenders_with_clones_leave_no_hole() {
    let array = opened(&memory(), Uuid::new_v4());
    let start = std::time::Instant::now();
    append_from_all(|| array.clone()).await;
    report("16 clones", start);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_with_numbers_of_one_sequence_never_meet() {
    let (store, root, each) = (memory(), Uuid::new_v4(), items_each());
    let numbers = Arc::new(SimpleIntegerSequence::new());
    let start = std::time::Instant::now();
    let writers = (0..APPENDERS).map(|writer| {
        let (array, numbers) = (opened(&store, root), Arc::clone(&numbers));
        tokio::spawn(async move {
            for number in 0..each {
                let position = numbers.next().await.unwrap();
                array.assign(position, (writer, number)).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    report("16 with numbers", start);
    let array = opened(&store, root);
    let items = array.items(..APPENDERS * each).await.unwrap();
    let all: BTreeSet<_> = items
        .into_iter()
        .map(|item| item.expect("no hole"))
        .collect();
    assert_eq!(all.len() as u64, APPENDERS * each);
    check(&array, each).await;
}

#[allow(clippy::print_stdout, reason = "prints a figure with --nocapture")]
fn report(what: &str, start: std::time::Instant) {
    let items = APPENDERS * items_each();
    println!("{what}: {items} items in {:?}", start.elapsed());
}
