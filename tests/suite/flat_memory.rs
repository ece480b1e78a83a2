//! Tests that a scan holds a page or two in memory, however long the sequence is. The test measures
//! the heap of its process, so it runs in a separate process.

use es::{Aggregate, Application};
use peak_alloc::PeakAlloc;

use crate::child_process::is_child;
use crate::world::World;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

async fn peak_of_a_scan(app: &Application, world: &World) -> usize {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let mut events = app.events::<World>(world.id()).stream();
    let mut count = 0;
    while let Some(event) = events.next().await {
        event.unwrap();
        count += 1;
    }
    assert_eq!(count, world.version().get() + 1);
    assert_eq!(
        app.event_store().verify(world.id()).await.unwrap().events,
        count
    );
    HEAP.peak_usage() - before
}

async fn world_of(app: &Application, events: usize) -> World {
    let mut world = World::create("gods").unwrap();
    for number in 1..events {
        world.make_it_so(number.to_string()).unwrap();
        // The state would grow with the number of events; it is not measured.
        world.history.clear();
        if number % 1_000 == 999 {
            app.save(&mut world).await.unwrap();
        }
    }
    app.save(&mut world).await.unwrap();
    world
}

/// `ES_SCAN_EVENTS` sets the length of the longer sequence; the shorter one has a tenth.
#[tokio::test]
async fn scanning_ten_times_the_events_takes_no_more_memory() {
    if !is_child("flat_memory::scanning_ten_times_the_events_takes_no_more_memory") {
        return;
    }
    let long = std::env::var("ES_SCAN_EVENTS").map_or(50_000, |events| events.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("events.db").display());
    let app = Application::builder().uri(uri).open().await.unwrap();
    let (short, long) = (world_of(&app, long / 10).await, world_of(&app, long).await);
    // The first scan opens connections that later scans reuse.
    peak_of_a_scan(&app, &short).await;
    let (few, many) = (
        peak_of_a_scan(&app, &short).await,
        peak_of_a_scan(&app, &long).await,
    );
    println!(
        "peak heap: {few} bytes for {} events, {many} for {}",
        short.version().next(),
        long.version().next()
    );
    assert!(
        many * 10 <= few * 11,
        "{few} bytes for the short sequence, {many} for the long one"
    );
}
