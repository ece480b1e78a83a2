//! Positions from Redis, on the servers in `ES_REDIS_URL` and `ES_CASSANDRA_URL`: numbers alone,
//! and events with a reference at their position, compared with events alone, which is the upper
//! bound.
//!
//! `cargo bench --bench numbered_positions --features cassandra,redis` prints medians of interleaved
//! rounds.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![allow(missing_docs, clippy::unwrap_used)]

use std::env;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es::cassandra::scylla::client::session_builder::SessionBuilder;
use es::event_store::Mapper;
use es::redis::RedisIntegerSequence;
use es::store::{Driver, Table};
use es::structures::{BigArray, Reference, Settler};
use es::{Aggregate as _, Application, EventStore, Salt, aggregate};
use tokio::task::JoinSet;
use uuid::Uuid;

const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 5;
const TASKS: [usize; 3] = [1, 8, 64];

/// A counter.
#[aggregate]
pub struct Counter {
    #[attribute]
    count: u64,
}

#[tokio::main]
async fn main() {
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (Ok(redis), Ok(cassandra)) = (env::var("ES_REDIS_URL"), env::var("ES_CASSANDRA_URL"))
    else {
        println!("set ES_REDIS_URL and ES_CASSANDRA_URL to run this benchmark");
        return;
    };
    let root = Uuid::new_v4();
    let key = RedisIntegerSequence::key_for(root);
    let numbers = RedisIntegerSequence::open(&redis, key).unwrap();
    for tasks in TASKS {
        let mut rates = Vec::new();
        for _ in 0..ROUNDS {
            rates.push(rate(tasks, || take(numbers.clone())).await);
        }
        println!("{tasks} tasks: {:.0} numbers/s", median(rates));
    }
    let server = cassandra.trim_start_matches("cassandra://");
    let (server, _) = server.split_once('/').unwrap();
    let keyspace = format!("es_{}", Uuid::new_v4().simple());
    measure_positions(server, &keyspace, &redis).await;
    let session = SessionBuilder::new()
        .known_node(server)
        .build()
        .await
        .unwrap();
    session
        .query_unpaged(format!("DROP KEYSPACE {keyspace}"), ())
        .await
        .unwrap();
}

async fn measure_positions(server: &str, keyspace: &str, redis: &str) {
    let database = Driver::open(&format!("cassandra://{server}/{keyspace}"))
        .await
        .unwrap();
    let events = database
        .record_manager(Table::stored_events().without_record_ids())
        .await
        .unwrap();
    let items = database
        .record_manager(Table::integer_sequenced().without_record_ids())
        .await
        .unwrap();
    items.setup().await.unwrap();
    let app = Application::builder()
        .salt("")
        .store(events)
        .open()
        .await
        .unwrap();
    let store = EventStore::new(items, Mapper::new(), Salt::none());
    let open = || {
        let size = NonZeroU32::new(10_000).unwrap();
        let root = Uuid::new_v4();
        let key = RedisIntegerSequence::key_for(root);
        let numbers = RedisIntegerSequence::open(redis, key).unwrap();
        (
            BigArray::<Option<Reference>>::new(store.clone(), root, size),
            numbers,
        )
    };
    for tasks in TASKS {
        let (mut alone, mut positioned) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            alone.push(rate(tasks, || save(app.clone(), None)).await);
            let (array, numbers) = open();
            let target = Some((array.clone(), numbers));
            positioned.push(rate(tasks, || save(app.clone(), target.clone())).await);
            let mut settler = Settler::new(array, Duration::ZERO);
            assert_eq!(
                settler.settle().await.unwrap().tombstones,
                0,
                "no number was lost"
            );
        }
        let (alone, positioned) = (median(alone), median(positioned));
        println!("{tasks} tasks: {alone:.0} events/s alone, {positioned:.0} with positions");
    }
}

/// Returns the rate of all tasks together, per second.
async fn rate<F>(tasks: usize, work: impl Fn() -> F) -> f64
where
    F: Future<Output = u64> + Send + 'static,
{
    let start = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        running.spawn(work());
    }
    let done: u64 = running.join_all().await.into_iter().sum();
    #[expect(clippy::cast_precision_loss)]
    let done = done as f64;
    done / start.elapsed().as_secs_f64()
}

async fn take(numbers: RedisIntegerSequence) -> u64 {
    let end = Instant::now() + ROUND;
    let mut taken = 0;
    while Instant::now() < end {
        numbers.next().await.unwrap();
        taken += 1;
    }
    taken
}

type Target = Option<(BigArray<Option<Reference>>, RedisIntegerSequence)>;

/// Saves one event after another of one aggregate.
async fn save(app: Application, target: Target) -> u64 {
    let target = target.map(Arc::new);
    let mut counter = Counter::create(0).unwrap();
    let end = Instant::now() + ROUND;
    let mut saved = 0;
    while Instant::now() < end {
        app.save(&mut counter).await.unwrap();
        if let Some((array, numbers)) = target.as_deref() {
            let reference = Reference {
                sequence_id: counter.id(),
                position: i64::try_from(saved).unwrap(),
            };
            array.assign_next(numbers, Some(reference)).await.unwrap();
        }
        saved += 1;
        counter.set_count(saved).unwrap();
    }
    saved
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
