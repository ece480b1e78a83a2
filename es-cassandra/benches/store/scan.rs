//! Reading a million rows: sequence by sequence, and by record id.

use std::sync::Arc;
use std::time::Instant;

use es_cassandra::scylla::client::session::Session;
use es_cassandra::scylla::serialize::row::SerializeRow;
use es_cassandra::scylla::statement::prepared::PreparedStatement;
use es_cassandra::scylla::statement::unprepared::Statement;
use es_store::{ItemQuery, RecordId, RecordManager, Table};
use es_structures::Reference;
use es_structures::application_sequence::PositionedRecords;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::keyspace::{Keyspace, item};
use crate::rate::{Clock, Rounds, Sample};
use crate::references::fill;

const SEQUENCES: u64 = 10_000;
const EVENTS_EACH: u64 = 100;
const ALL: u64 = SEQUENCES * EVENTS_EACH;

/// Number of records that are read by record id.
const RECORDS: u64 = 100_000;

const ROUNDS: usize = 3;

/// Number of sequences that are read concurrently.
const CONCURRENCY: usize = 32;

pub(crate) async fn run(keyspace: &Keyspace) {
    let records = keyspace.positioned(&Table::stored_events()).await;
    let ids = write(keyspace, &records).await;
    let cql = "WHERE token(originator_id) >= ? AND token(originator_id) <= ?";
    let rows = Arc::new(Rows::new(keyspace, cql).await);
    by_ranges(&rows).await;
    let (mut by_sequence, mut by_id) = (Rounds::default(), Rounds::default());
    let before = resident();
    let mut peak = 0;
    for _ in 0..ROUNDS {
        let theirs = by_ranges(&rows).await;
        by_sequence.push(sequences(&records, &mut peak).await, theirs);
        by_id.push(follow(&records, &ids, &mut peak).await, theirs);
    }
    by_sequence.print("a scan by sequences", "token ranges", None);
    by_id.print(
        "a scan by record ids, each of another sequence",
        "token ranges",
        None,
    );
    println!(
        "resident before {before} kB, {peak} kB at most, {} kB afterwards",
        resident()
    );
}

/// Writes ten thousand sequences of a hundred events, and references to all first events, then to
/// all second events, and so on.
async fn write(keyspace: &Keyspace, records: &Arc<PositionedRecords>) -> Arc<Vec<Uuid>> {
    let ids: Arc<Vec<_>> = Arc::new((0..SEQUENCES).map(|_| Uuid::new_v4()).collect());
    let datastore = keyspace.open().await;
    let events = datastore.table(Table::stored_events());
    let events = events.expect("the table opens");
    let begin = Instant::now();
    let mut lists = JoinSet::new();
    for id in ids.iter().copied() {
        if lists.len() == 8 {
            lists.join_next().await;
        }
        let events = events.clone();
        lists.spawn(async move {
            let list = (0..EVENTS_EACH.cast_signed()).map(|position| item(id, position));
            events
                .append(list.collect())
                .await
                .expect("the append succeeds");
        });
    }
    lists.join_all().await;
    println!("{ALL} events written in {:.1?}", begin.elapsed());
    let begin = Instant::now();
    fill(keyspace, records, ALL, |position| {
        let sequence = usize::try_from(position % SEQUENCES).expect("few");
        Reference {
            position: (position / SEQUENCES).cast_signed(),
            sequence_id: ids[sequence],
        }
    })
    .await;
    println!("{ALL} references written in {:.1?}", begin.elapsed());
    ids
}

/// Reads as the library does: pages of sequence ids, and the items of each sequence.
async fn sequences(records: &Arc<PositionedRecords>, peak: &mut u64) -> Sample {
    let clock = Clock::start();
    let (mut after, mut seen) = (None, 0);
    let mut reads = JoinSet::new();
    loop {
        let page = records.sequence_ids(after, 1_000).await.expect("read");
        let Some(last) = page.last() else { break };
        after = Some(*last);
        for id in page {
            if reads.len() == CONCURRENCY {
                seen += reads.join_next().await.expect("one").expect("read");
            }
            let records = records.clone();
            reads.spawn(async move {
                let items = records.items(ItemQuery::new(id)).await;
                items.expect("read").len() as u64
            });
        }
        *peak = resident().max(*peak);
    }
    seen += reads.join_all().await.iter().sum::<u64>();
    assert_eq!(seen, ALL);
    clock.stop(seen)
}

/// Reads as a follower does.
async fn follow(records: &Arc<PositionedRecords>, ids: &[Uuid], peak: &mut u64) -> Sample {
    let clock = Clock::start();
    let mut seen = 0;
    while seen < RECORDS {
        let page = records.records(RecordId::new(seen), 1_000).await;
        for record in page.expect("read") {
            let sequence = usize::try_from(seen % SEQUENCES).expect("few");
            assert_eq!(record.item.sequence_id, ids[sequence]);
            seen += 1;
            assert_eq!(record.id.get(), seen, "without a hole");
        }
        *peak = resident().max(*peak);
    }
    clock.stop(seen)
}

/// Reads the whole table in 64 token ranges, four concurrently.
async fn by_ranges(rows: &Arc<Rows>) -> Sample {
    let clock = Clock::start();
    let width = i64::MAX / 32;
    let mut seen = 0;
    let mut ranges = JoinSet::new();
    for range in -32..32_i64 {
        if ranges.len() == 4 {
            seen += ranges.join_next().await.expect("one").expect("read");
        }
        let first = if range == -32 {
            i64::MIN
        } else {
            range * width
        };
        let last = if range == 31 {
            i64::MAX
        } else {
            (range + 1) * width - 1
        };
        let rows = rows.clone();
        ranges.spawn(async move { rows.all((first, last)).await.len() as u64 });
    }
    seen += ranges.join_all().await.iter().sum::<u64>();
    assert_eq!(seen, ALL);
    clock.stop(seen)
}

/// A statement that reads events, with the driver alone.
pub(crate) struct Rows {
    session: Arc<Session>,
    select: PreparedStatement,
}

impl Rows {
    pub(crate) async fn new(keyspace: &Keyspace, condition: &str) -> Self {
        let cql = format!(
            "SELECT originator_id, originator_version, event_type, state FROM {}.stored_events {condition}",
            keyspace.name
        );
        let select = Statement::new(cql).with_page_size(5_000);
        Self {
            select: keyspace.session.prepare(select).await.expect("prepared"),
            session: keyspace.session.clone(),
        }
    }

    pub(crate) async fn all(&self, values: impl SerializeRow) -> Vec<(Uuid, i64, String, String)> {
        use es_cassandra::scylla::response::{PagingState, PagingStateResponse};
        let mut all = Vec::new();
        let mut state = PagingState::start();
        loop {
            let (page, next): (_, PagingStateResponse) = self
                .session
                .execute_single_page(&self.select, &values, state)
                .await
                .expect("read");
            let page = page.into_rows_result().expect("rows");
            let rows = page.rows::<(Uuid, i64, String, String)>();
            all.extend(
                rows.expect("rows of these types")
                    .map(|row| row.expect("a row")),
            );
            match next {
                PagingStateResponse::HasMorePages { state: next } => state = next,
                PagingStateResponse::NoMorePages => return all,
            }
        }
    }
}

/// Returns the resident memory of this process in kilobytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kilobytes.unwrap_or_default()
}
