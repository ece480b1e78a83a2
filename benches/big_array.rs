//! The cost of an append to a big array by its length, in memory and in a `SQLite` file.
//!
//! `cargo bench --bench big_array` prints one table. The three arrays of a store take turns, so
//! that a drift in the speed of the machine affects all of them.

#![allow(clippy::print_stdout, missing_docs, reason = "a benchmark prints")]

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es::domain::StandaloneEvent;
use es::event_store::Mapper;
use es::store::{Datastore, Driver, MemoryDatastore, RecordError, Table};
use es::structures::{BigArray, ItemAssigned};
use es::{EventStore, Salt, Timestamp};
use uuid::Uuid;

const ARRAY_SIZE: u32 = 10_000;
const LENGTHS: [u64; 3] = [10, 10_000, 1_000_000];
const ROUNDS: usize = 21;
const APPENDS_A_ROUND: u64 = 50;

type Text = String;

#[tokio::main]
async fn main() -> es::Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("append to a big array of arrays of {ARRAY_SIZE}, median of {ROUNDS} rounds");
    println!(
        "{:8} {:>12} {:>12} {:>12}",
        "store", "at item", "ns/append", "appends/s"
    );
    let memory = || async { Ok(Arc::new(MemoryDatastore::new()) as Arc<dyn Datastore>) };
    measure("memory", memory).await?;
    // On the disk of the build, not on a file system in memory.
    let folder = tempfile::TempDir::new_in(PathBuf::from(env!("CARGO_TARGET_TMPDIR")));
    let folder = folder.expect("a folder");
    let file = |name: String| {
        let uri = format!("sqlite:///{}", folder.path().join(name).display());
        async move { Driver::open(&uri).await }
    };
    let mut number = 0;
    measure("sqlite", || {
        number += 1;
        file(format!("{number}.db"))
    })
    .await
}

/// Measures arrays of all lengths, each in a database of its own.
async fn measure<F: Future<Output = Result<Arc<dyn Datastore>, RecordError>>>(
    name: &str,
    mut open: impl FnMut() -> F,
) -> es::Result<()> {
    let mut arrays = Vec::new();
    for length in LENGTHS {
        let records = open()
            .await?
            .record_manager(Table::integer_sequenced())
            .await?;
        records.setup().await?;
        let store = EventStore::new(records, Mapper::new(), Salt::none());
        let array = filled(&store, length).await?;
        arrays.push((length, store, array, Vec::new()));
    }
    for _ in 0..ROUNDS {
        for (length, store, array, times) in &mut arrays {
            // A short array grows with each round, so it is created again.
            if *length < APPENDS_A_ROUND {
                *array = filled(store, *length).await?;
            }
            times.push(append(array).await?);
        }
    }
    for (length, _, _, times) in &mut arrays {
        times.sort();
        let one = times[ROUNDS / 2].as_secs_f64()
            / f64::from(u32::try_from(APPENDS_A_ROUND).expect("few"));
        println!(
            "{name:8} {length:>12} {:>12.0} {:>12.0}",
            one * 1e9,
            1.0 / one
        );
    }
    Ok(())
}

async fn append(array: &BigArray<Text>) -> es::Result<Duration> {
    let start = Instant::now();
    for _ in 0..APPENDS_A_ROUND {
        array.append(item()).await?;
    }
    Ok(start.elapsed())
}

fn item() -> Text {
    "x".repeat(100)
}

/// Creates a big array of the given length, one base array at a time.
async fn filled(store: &EventStore, length: u64) -> es::Result<BigArray<Text>> {
    let size = NonZeroU32::new(ARRAY_SIZE).expect("not 0");
    let array = BigArray::new(store.clone(), Uuid::new_v4(), size);
    let tree = array.tree();
    for start in (0..length).step_by(ARRAY_SIZE as usize) {
        let last = length.min(start + u64::from(ARRAY_SIZE)) - 1;
        let id = tree.array_id(tree.base(start));
        let assigned = |index: u64| {
            let item = ItemAssigned { item: item() };
            StandaloneEvent::new(id, index.into(), Timestamp::now(), item, store.salt())
        };
        let events = (0..last - start)
            .map(assigned)
            .collect::<es::Result<Vec<_>>>()?;
        store.append(&events).await?;
        // The last item is assigned through the big array, which links the base array to the root.
        array.assign(last, item()).await?;
    }
    Ok(array)
}
