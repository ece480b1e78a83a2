//! Tests of the time-bucketed logs that Python stored.

use std::num::NonZeroUsize;

use es::domain::StandaloneEvent;
use es::json::Value;
use es::store::Table;
use es::structures::{
    BucketSize, LogMessages, MessageLogged, MessageQuery, TimeBucket, TimeBucketedLog,
};
use es::{Aggregate, Repository, Salt, Timestamp, Version};
use serde::Deserialize;
use uuid::Uuid;

use super::database::{Database, described};

#[derive(Deserialize)]
struct Described {
    salt: String,
    logs: Vec<DescribedLog>,
}

#[derive(Deserialize)]
struct DescribedLog {
    log_name: Uuid,
    bucket_size: BucketSize,
    started_on: String,
    log_state: String,
    messages: Vec<DescribedMessage>,
    queries: Vec<Query>,
    started_event: String,
}

#[derive(Deserialize)]
struct DescribedMessage {
    timestamp: String,
    bucket_id: Uuid,
    message: String,
}

#[derive(Deserialize)]
struct Query {
    args: Arguments,
    now: String,
    messages: Vec<String>,
    position: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Arguments {
    gt: Option<String>,
    gte: Option<String>,
    lt: Option<String>,
    lte: Option<String>,
    limit: Option<usize>,
    page_size: Option<NonZeroUsize>,
    is_ascending: bool,
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Arguments {
    fn narrow(&self, mut query: MessageQuery) -> MessageQuery {
        type Bound = fn(MessageQuery, Timestamp) -> MessageQuery;
        let bounds: [(&Option<String>, Bound); 4] = [
            (&self.gt, MessageQuery::gt),
            (&self.gte, MessageQuery::gte),
            (&self.lt, MessageQuery::lt),
            (&self.lte, MessageQuery::lte),
        ];
        for (given, bound) in bounds {
            query = match given {
                Some(given) => bound(query, time(given)),
                None => query,
            };
        }
        if let Some(limit) = self.limit {
            query = query.limit(limit);
        }
        if let Some(page_size) = self.page_size {
            query = query.page_size(page_size);
        }
        if self.is_ascending {
            query = query.ascending();
        }
        query
    }
}

#[tokio::test]
async fn python5_logs_answer_every_query_alike() {
    let described: Described = described("timebucketed.db");
    let database = Database::copy_of("timebucketed.db").await;
    let entities = database
        .store(Table::integer_sequenced(), &described.salt)
        .await;
    let store = database.store(Table::timestamp_sequenced_no_id(), "").await;
    let repository = Repository::new(entities);
    for described in &described.logs {
        let log: TimeBucketedLog = repository.get(described.log_name).await.unwrap();
        assert_eq!(log.bucket_size(), described.bucket_size);
        assert_eq!(log.started_on(), time(&described.started_on));
        let state = Value::parse(&described.log_state).unwrap();
        assert_eq!(
            Some(log.head().as_str()),
            state.get("__head__").and_then(Value::as_str)
        );
        let messages = LogMessages::new(&log, store.clone()).unwrap();
        for query in &described.queries {
            ask(&messages, query).await;
        }
    }
}

async fn ask(messages: &LogMessages, query: &Query) {
    // The time of the query is a bound like any other.
    let read = query.args.narrow(messages.read().lte(time(&query.now)));
    let found = read.await.unwrap();
    let texts: Vec<_> = found.iter().map(|found| &found.payload().message).collect();
    assert_eq!(
        texts,
        query.messages.iter().collect::<Vec<_>>(),
        "{:?}",
        query.args
    );
    let position = found.last().and_then(|last| last.header().timestamp);
    assert_eq!(position, query.position.as_deref().map(time));
}

#[tokio::test]
async fn python5_messages_are_written_byte_for_byte_into_the_same_buckets() {
    let described: Described = described("timebucketed.db");
    let database = Database::copy_of("timebucketed.db").await;
    let store = database.store(Table::timestamp_sequenced_no_id(), "").await;
    for log in &described.logs {
        for message in &log.messages {
            let time = time(&message.timestamp);
            let bucket = TimeBucket::containing(time, log.bucket_size).id(log.log_name);
            assert_eq!(bucket, message.bucket_id);
            let logged = MessageLogged {
                message: message.message.clone(),
            };
            let event = StandaloneEvent::new(bucket, Version::FIRST, time, logged, &Salt::none());
            let stored = store.items(bucket).gte(time).lte(time).await.unwrap();
            assert_eq!(stored[0].topic, event.as_ref().unwrap().header().topic);
            assert_eq!(&*stored[0].data, event.unwrap().text());
        }
    }
}

#[test]
fn python5_logs_start_with_the_same_event() {
    let described: Described = described("timebucketed.db");
    for log in &described.logs {
        let ours = TimeBucketedLog::start(log.log_name, log.bucket_size).unwrap();
        let event = &ours.pending_events()[0];
        assert_eq!(event.previous_hash(), None);
        let text = event
            .text()
            .replace(&event.timestamp().to_string(), &log.started_on);
        // The hash comes first and differs with the time.
        let content = |text: &str| text.split_once(',').unwrap().1.to_owned();
        assert_eq!(content(&text), content(&log.started_event));
    }
}
