//! Messages of time-bucketed logs.

use std::num::NonZeroUsize;

use es_core::domain::Aggregate;
use es_core::error::Error;
use es_store::Timestamp;
use es_structures::{BucketSize, LogMessages, MessageQuery, TimeBucketedLog};
use futures_core::Stream;
use uuid::Uuid;

use crate::store::memory_of_times;

const SIZES: [BucketSize; 6] = [
    BucketSize::Year,
    BucketSize::Month,
    BucketSize::Day,
    BucketSize::Hour,
    BucketSize::Minute,
    BucketSize::Second,
];

/// Returns the minimum length of a bucket, in seconds.
fn seconds(size: BucketSize) -> i64 {
    match size {
        BucketSize::Year => 365 * 86_400,
        BucketSize::Month => 28 * 86_400,
        BucketSize::Day => 86_400,
        BucketSize::Hour => 3_600,
        BucketSize::Minute => 60,
        BucketSize::Second => 1,
    }
}

fn log(size: BucketSize) -> LogMessages {
    let log = TimeBucketedLog::start(Uuid::new_v4(), size).unwrap();
    LogMessages::new(&log, memory_of_times()).unwrap()
}

async fn texts(query: MessageQuery) -> Vec<String> {
    let found = query.await.unwrap();
    found
        .into_iter()
        .map(|event| event.into_payload().message)
        .collect()
}

#[tokio::test]
async fn messages_come_latest_first_by_default() {
    for size in SIZES {
        let log = log(size);
        for number in 0..5 {
            log.append(number.to_string()).await.unwrap();
        }
        assert_eq!(texts(log.read()).await, ["4", "3", "2", "1", "0"]);
        assert_eq!(
            texts(log.read().ascending()).await,
            ["0", "1", "2", "3", "4"]
        );
        assert_eq!(texts(log.read().limit(2)).await, ["4", "3"]);
        assert!(texts(log.read().limit(0)).await.is_empty());
        assert_eq!(
            log.read()
                .ascending()
                .first()
                .await
                .unwrap()
                .unwrap()
                .payload()
                .message,
            "0"
        );
    }
}

/// Returns a log with two messages in each of some buckets up to now, and their times.
async fn across_buckets(size: BucketSize, buckets: i64) -> (LogMessages, Vec<Timestamp>) {
    let step = seconds(size) * 1_000_000 / 2;
    let now = Timestamp::now().as_micros();
    let times: Vec<_> = (1..=buckets * 2)
        .rev()
        .map(|back| Timestamp::from_micros(now - back * step))
        .collect();
    let log = started_at(size, Timestamp::from_micros(times[0].as_micros() - step));
    for (number, time) in times.iter().enumerate() {
        log.append_at(*time, number.to_string()).await.unwrap();
    }
    (log, times)
}

/// Returns a log that was started in the past, as another process loads it.
fn started_at(size: BucketSize, time: Timestamp) -> LogMessages {
    use es_core::domain::{Replay, Salt, Stored, integrity};
    let name = Uuid::new_v4();
    let event = TimeBucketedLog::start(name, size).unwrap();
    let event = &event.pending_events()[0];
    let now = event.timestamp().to_string();
    let object = event.text().replace(&now, &time.to_string());
    let (_, object) = object.split_at(object.find(",\"__event_topic__\"").unwrap() + 1);
    let hash = integrity::seal(&format!("{{{object}"), &Salt::none());
    let text = format!("{{\"__event_hash__\":\"{hash}\",{object}");
    let mut replay = Replay::<TimeBucketedLog>::new(name, Salt::none());
    replay
        .apply(Stored {
            sequence_id: name,
            position: 0.into(),
            topic: event.topic(),
            text: &text,
        })
        .unwrap();
    let log = replay.finish().unwrap();
    assert_eq!(log.started_on(), time);
    LogMessages::new(&log, memory_of_times()).unwrap()
}

#[tokio::test]
async fn pages_and_limits_continue_across_buckets() {
    for size in SIZES {
        let (log, times) = across_buckets(size, 6).await;
        let numbers: Vec<String> = (0..times.len()).map(|number| number.to_string()).collect();
        for page in 1..4 {
            let read = || log.read().page_size(NonZeroUsize::new(page).unwrap());
            assert_eq!(texts(read().ascending()).await, numbers, "{size:?}");
            let mut backwards = numbers.clone();
            backwards.reverse();
            assert_eq!(texts(read()).await, backwards, "{size:?}");
            assert_eq!(texts(read().ascending().limit(7)).await, numbers[..7]);
            let middle = read().ascending().gt(times[2]).lte(times[8]);
            assert_eq!(texts(middle).await, numbers[3..9]);
            let middle = read().gte(times[2]).lt(times[8]).limit(3);
            assert_eq!(texts(middle).await, ["7", "6", "5"]);
        }
    }
}

#[tokio::test]
async fn all_given_bounds_apply_together() {
    let (log, times) = across_buckets(BucketSize::Hour, 3).await;
    let read = log
        .read()
        .ascending()
        .gt(times[1])
        .gte(times[0])
        .lt(times[5])
        .lte(times[3]);
    assert_eq!(texts(read).await, ["2", "3"]);
    let nothing = log.read().gt(times[3]).lt(times[2]);
    assert!(texts(nothing).await.is_empty());
    let later = Timestamp::from_micros(Timestamp::now().as_micros() + 10_000_000_000);
    assert!(texts(log.read().gt(later)).await.is_empty());
    assert!(texts(log.read().ascending().gt(later)).await.is_empty());
}

#[tokio::test]
async fn a_microsecond_holds_one_message() {
    let log = log(BucketSize::Day);
    let time = Timestamp::now();
    log.append_at(time, "one").await.unwrap();
    let refused = log.append_at(time, "two").await;
    assert!(matches!(refused, Err(Error::Conflict { .. })));
    assert_eq!(texts(log.read()).await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_messages_of_concurrent_tasks_are_stored() {
    let log = log(BucketSize::Minute);
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let log = log.clone();
            tokio::spawn(async move {
                for number in 0..50 {
                    log.append(format!("{task} {number}")).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(texts(log.read()).await.len(), 400);
}

#[tokio::test]
async fn a_stopped_log_refuses_messages_and_keeps_its_own() {
    let mut log = TimeBucketedLog::start(Uuid::new_v4(), BucketSize::Year).unwrap();
    let messages = LogMessages::new(&log, memory_of_times()).unwrap();
    messages.append("the last words").await.unwrap();
    log.discard().unwrap();
    let refused = LogMessages::new(&log, memory_of_times());
    assert!(matches!(refused, Err(Error::Discarded { .. })));
    assert_eq!(texts(messages.read()).await, ["the last words"]);
}

#[tokio::test]
async fn a_stream_of_messages_is_a_stream() {
    fn is_stream<S: Stream + Send + Unpin>(_: &S) {}
    is_stream(&log(BucketSize::Day).read().stream());
}
