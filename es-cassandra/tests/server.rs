//! What the server, the network and other programs do, and what the store makes of it.

#[allow(dead_code, reason = "other tests need more")]
mod backends;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use es_cassandra::scylla::statement::Consistency;
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_core::domain::Salt;
use es_core::infrastructure::{
    Datastore, ItemQuery, Mapper, Order, RecordId, RecordManager, SequencedItem, Table,
};
use es_core::notification_log::LocalNotificationLog;
use es_core::{RecordError, Timestamp};
use es_testing::store::LossyProxy;
use es_testing::store::servers::{OwnCase, Suite, text};
use tokio::task::JoinSet;
use uuid::Uuid;

use backends::{Cassandra, VARIABLE, connect, item, item_with, options, options_of};

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        const CASES: &[OwnCase] =
            &[$((stringify!($name), |keyspace| Box::pin($name(Keyspace(keyspace))))),*];
    };
}

cases![
    of_lists_that_race_for_the_same_positions_one_is_kept_whole,
    a_list_over_two_sequences_is_refused_and_nothing_is_stored,
    a_list_above_the_servers_mutation_size_is_refused_and_nothing_is_stored,
    a_list_just_below_the_servers_mutation_size_is_kept,
    no_read_stops_at_ten_thousand_rows,
    times_conflict_by_their_value_however_they_are_written,
    a_write_without_an_answer_is_found_out,
    a_server_out_of_reach_is_unavailable,
    too_few_replicas_are_unavailable_and_said_to_be,
    a_keyspace_with_an_impossible_name_is_refused,
    a_table_in_ascending_order_is_refused,
    a_table_of_other_types_or_keys_is_refused,
    a_table_made_by_others_is_used_as_it_is,
    a_damaged_row_is_named,
    a_notification_log_over_times_says_that_there_are_no_record_ids,
    record_ids_need_reads_that_see_what_was_written,
    what_has_no_record_id_is_given_one,
    a_repair_finds_the_few_of_many_that_lack_a_position,
];

/// A new keyspace on the server, which the store makes.
struct Keyspace(String);

fn main() -> ExitCode {
    Suite::of(Cassandra::default()).own(VARIABLE, CASES)
}

impl Keyspace {
    async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        table_of(options_of(&self.0), table).await
    }

    async fn events(&self) -> Arc<dyn RecordManager> {
        self.table(Table::stored_events()).await
    }

    /// Runs a statement on a table `items` of this keyspace, which is made.
    async fn run(&self, cql: &str) {
        let session = connect().await;
        let make = format!(
            "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
            self.0
        );
        session.query_unpaged(make, ()).await.expect("a keyspace");
        let cql = cql.replace("items", &format!("{}.items", self.0));
        session.query_unpaged(cql, ()).await.expect("done");
    }

    /// Why a table `items` that is there cannot be used.
    async fn refusal(&self, columns: &str) -> String {
        self.run(&format!("CREATE TABLE items ({columns}")).await;
        let options = options_of(&self.0);
        let keyspace = CassandraDatastore::open(options).await.expect("opened");
        let table = Table::snapshots().named("items");
        let records = keyspace.record_manager(table).await.expect("a table");
        match records.setup().await {
            Err(error @ RecordError::Schema { .. }) => text(&error),
            other => panic!("the table is to be refused, not {other:?}"),
        }
    }
}

async fn table_of(options: CassandraOptions, table: Table) -> Arc<dyn RecordManager> {
    let keyspace = CassandraDatastore::open(options).await.expect("opened");
    let records = keyspace.record_manager(table).await.expect("a table");
    records.setup().await.expect("made");
    records
}

async fn stored(records: &Arc<dyn RecordManager>, id: Uuid) -> Vec<SequencedItem> {
    records.items(ItemQuery::new(id)).await.expect("read")
}

/// A refusal of a list has a row for each taken position, and says no in each: it must not be taken for a success.
async fn of_lists_that_race_for_the_same_positions_one_is_kept_whole(keyspace: Keyspace) {
    const WRITERS: usize = 8;
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    for round in 0..20 {
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let data = format!("writer {writer}");
            let list = [2 * round, 2 * round + 1].map(|n| item_with(id, n, &data));
            let records = records.clone();
            writers.spawn(async move { (records.append(list.to_vec()).await, list) });
        }
        let mut kept = Vec::new();
        for (outcome, list) in writers.join_all().await {
            match outcome {
                Ok(appended) => {
                    assert_eq!(appended.len(), 2);
                    kept.push(list);
                }
                Err(RecordError::Conflict { position, .. }) => {
                    assert_eq!(position, list[0].position, "the first that is taken");
                }
                Err(error) => panic!("{}", text(&error)),
            }
        }
        assert_eq!(kept.len(), 1, "winners of round {round}");
        let all = stored(&records, id).await;
        assert_eq!(all.len(), 2 * usize::try_from(round + 1).expect("few"));
        assert_eq!(all[all.len() - 2..], kept[0], "the winner's list, whole");
    }
}

async fn a_list_over_two_sequences_is_refused_and_nothing_is_stored(keyspace: Keyspace) {
    let records = keyspace.events().await;
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    let refused = records.append(vec![item(one, 0), item(two, 0)]).await;
    let Err(error @ RecordError::Invalid { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("of one sequence"), "{}", text(&error));
    assert!(stored(&records, one).await.is_empty());
    assert!(stored(&records, two).await.is_empty());
}

/// A list whose data is `less` bytes smaller than what the server takes.
fn near_the_limit(records: &Arc<dyn RecordManager>, id: Uuid, less: usize) -> Vec<SequencedItem> {
    let max = records.capabilities().max_data_bytes.expect("a limit");
    let half = "x".repeat((max - less) / 2);
    vec![item_with(id, 0, &half), item_with(id, 1, &half)]
}

async fn a_list_above_the_servers_mutation_size_is_refused_and_nothing_is_stored(
    keyspace: Keyspace,
) {
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let mut list = near_the_limit(&records, id, 0);
    list.push(item_with(id, 2, &"x".repeat(2_000)));
    let refused = records.append(list).await;
    let Err(error @ RecordError::Invalid { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("commitlog_segment_size"));
    assert!(stored(&records, id).await.is_empty());
}

async fn a_list_just_below_the_servers_mutation_size_is_kept(keyspace: Keyspace) {
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let list = near_the_limit(&records, id, 16);
    records.append(list.clone()).await.expect("kept");
    assert!(stored(&records, id).await == list, "as it was");
}

async fn no_read_stops_at_ten_thousand_rows(keyspace: Keyspace) {
    const LEN: i64 = 25_003;
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let all: Vec<_> = (0..LEN).map(|n| item(id, n)).collect();
    for list in all.chunks(5_000) {
        records.append(list.to_vec()).await.expect("kept");
    }
    assert!(stored(&records, id).await == all, "all, ascending");
    let mut query = ItemQuery::new(id);
    query.order = Order::Descending;
    let descending = records.items(query.clone()).await.expect("read");
    assert!(descending.iter().eq(all.iter().rev()), "all, descending");
    query.limit = Some(12_345);
    let some = records.items(query).await.expect("read");
    assert!(some == descending[..12_345], "as many as asked for");
}

async fn times_conflict_by_their_value_however_they_are_written(keyspace: Keyspace) {
    let records = keyspace
        .table(Table::timestamp_sequenced().named("items"))
        .await;
    let id = Uuid::new_v4();
    let at = |micros| SequencedItem {
        position: Timestamp::from_micros(micros).into(),
        ..item(id, 0)
    };
    for (number, other) in [
        (0, "1516884000.5"),
        (1, "1516884001.0"),
        (2, "1.516884002E9"),
    ] {
        let insert = format!(
            "INSERT INTO items (sequence_id, position, topic, data) VALUES ({id}, {other}, 't', 'd')"
        );
        keyspace.run(&insert).await;
        let taken = [
            1_516_884_000_500_000,
            1_516_884_001_000_000,
            1_516_884_002_000_000,
        ][number];
        let conflict = records.append(vec![at(taken)]).await;
        assert!(
            matches!(&conflict, Err(RecordError::Conflict { position, .. }) if *position == at(taken).position),
            "{other}: {conflict:?}"
        );
        records.append(vec![at(taken + 1)]).await.expect("kept");
        let mut query = ItemQuery::new(id);
        query.upper = std::ops::Bound::Included(at(taken).position);
        query.order = Order::Descending;
        let found = records.items(query).await.expect("read");
        assert_eq!(found[0].position, at(taken).position, "{other}");
    }
}

async fn a_write_without_an_answer_is_found_out(keyspace: Keyspace) {
    drop(keyspace.events().await);
    let server: SocketAddr = options().hosts[0].parse().expect("an address of numbers");
    let proxy = LossyProxy::before(server, "lost answer").await;
    let mut options = options_of(&keyspace.0).with_patience(Duration::from_secs(20));
    options.hosts = vec![proxy.address().to_string()];
    // The node tells its own address; where that is the proxy's, all goes through it.
    let records = table_of(options, Table::stored_events()).await;
    let id = Uuid::new_v4();
    let lost = |n| item_with(id, n, &format!("lost answer {n}"));
    for n in 0..3 {
        proxy.lose_next();
        records
            .append(vec![lost(2 * n), lost(2 * n + 1)])
            .await
            .expect("kept, as was found out");
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
        proxy.lose_next();
        let conflict = records
            .append(vec![item_with(id, 2 * n, "lost answer of another")])
            .await;
        assert!(
            matches!(conflict, Err(RecordError::Conflict { .. })),
            "{conflict:?}"
        );
    }
    let stored = stored(&records, id).await;
    assert_eq!(stored, (0..6).map(lost).collect::<Vec<_>>());
}

async fn a_server_out_of_reach_is_unavailable(_: Keyspace) {
    let options =
        CassandraOptions::new(["127.0.0.1:1"], "es").with_patience(Duration::from_secs(2));
    let Err(error) = CassandraDatastore::open(options).await else {
        panic!("it opens");
    };
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(text(&error).contains("can be reached"), "{}", text(&error));
}

async fn too_few_replicas_are_unavailable_and_said_to_be(keyspace: Keyspace) {
    let mut options = options_of(&keyspace.0).with_patience(Duration::from_secs(1));
    options.replication = es_cassandra::Replication::Simple(3);
    let records = table_of(options, Table::stored_events()).await;
    let error = records.items(ItemQuery::new(Uuid::new_v4())).await;
    let error = error.expect_err("one of three is up");
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(
        text(&error).contains("too few replicas"),
        "{}",
        text(&error)
    );
    let error = records.append(vec![item(Uuid::new_v4(), 0)]).await;
    let error = error.expect_err("one of three is up");
    assert!(matches!(error, RecordError::Unknown { .. }), "{error:?}");
}

async fn a_keyspace_with_an_impossible_name_is_refused(_: Keyspace) {
    let refused = CassandraDatastore::open(options_of("a b")).await.err();
    assert!(
        matches!(refused, Some(RecordError::Schema { .. })),
        "{refused:?}"
    );
}

async fn a_table_in_ascending_order_is_refused(keyspace: Keyspace) {
    let refusal = keyspace
        .refusal("sequence_id uuid, position bigint, topic text, data text, PRIMARY KEY (sequence_id, position))")
        .await;
    assert!(
        refusal.contains("`position` is in ascending order"),
        "{refusal}"
    );
}

async fn a_table_of_other_types_or_keys_is_refused(keyspace: Keyspace) {
    let refusal = keyspace
        .refusal(
            "sequence_id uuid, position int, another int, data text, PRIMARY KEY (sequence_id, position, another)) \
             WITH CLUSTERING ORDER BY (position DESC, another DESC)",
        )
        .await;
    for fault in [
        "`position` is declared as int, not as bigint",
        "`topic` is missing",
        "`another` is of the key and not ours",
    ] {
        assert!(refusal.contains(fault), "{refusal}");
    }
}

async fn a_table_made_by_others_is_used_as_it_is(keyspace: Keyspace) {
    keyspace
        .run(
            "CREATE TABLE items (sequence_id uuid, position bigint, topic text, data text, note text, PRIMARY KEY \
             (sequence_id, position)) WITH CLUSTERING ORDER BY (position DESC) AND comment = 'ours'",
        )
        .await;
    let records = keyspace.table(Table::snapshots().named("items")).await;
    let id = Uuid::new_v4();
    records
        .append(vec![item(id, 0), item(id, 1)])
        .await
        .expect("kept");
    assert_eq!(stored(&records, id).await, [item(id, 0), item(id, 1)]);
}

async fn a_damaged_row_is_named(keyspace: Keyspace) {
    let records = keyspace.table(Table::snapshots().named("items")).await;
    let id = Uuid::new_v4();
    let insert = format!("INSERT INTO items (sequence_id, position, topic) VALUES ({id}, 7, 't')");
    keyspace.run(&insert).await;
    let error = records
        .items(ItemQuery::new(id))
        .await
        .expect_err("no data");
    assert!(matches!(error, RecordError::Damaged { .. }), "{error:?}");
    let text = text(&error);
    assert!(
        text.contains(&id.to_string()) && text.contains('7') && text.contains("`data`"),
        "{text}"
    );
}

async fn a_notification_log_over_times_says_that_there_are_no_record_ids(keyspace: Keyspace) {
    let log = LocalNotificationLog::new(keyspace.table(Table::timestamp_sequenced()).await).err();
    let log = log.expect("there is no log");
    assert!(text(&log).contains("without record ids"), "{log:?}");
}

async fn record_ids_need_reads_that_see_what_was_written(keyspace: Keyspace) {
    let options = options_of(&keyspace.0).with_consistency(Consistency::One);
    let store = CassandraDatastore::open(options).await.expect("opened");
    let refused = store.record_manager(Table::stored_events()).await.err();
    let refused = refused.expect("followers would pass over what they do not see");
    assert!(text(&refused).contains("LOCAL_QUORUM"), "{refused:?}");
    let plain = Table::stored_events().without_record_ids();
    store.record_manager(plain).await.expect("opened");
}

/// Events that were stored without record ids, by an older program or by one that was ended in the middle.
async fn what_has_no_record_id_is_given_one(keyspace: Keyspace) {
    let plain = Table::stored_events().without_record_ids();
    let plain = keyspace.table(plain).await;
    let ids: Vec<_> = (0..30).map(|_| Uuid::new_v4()).collect();
    for id in &ids {
        plain
            .append(vec![item(*id, 0), item(*id, 1)])
            .await
            .expect("kept");
    }
    let events = keyspace.events().await;
    let appended = events.append(vec![item(ids[0], 2)]).await.expect("kept");
    assert_eq!(appended.len(), 1);
    while events.max_record_id().await.expect("read").get() < 61 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let records = events
        .records(RecordId::new(0), usize::MAX)
        .await
        .expect("read");
    assert!(records.iter().map(|record| record.id.get()).eq(1..=61));
    for id in &ids {
        let of_id = records
            .iter()
            .filter(|record| record.item.sequence_id == *id);
        let found: Vec<_> = of_id.map(|record| record.item.clone()).collect();
        assert_eq!(found, stored(&events, *id).await, "each once, in its order");
    }
}

/// More sequences than are read together, some of them with what a crash leaves.
async fn a_repair_finds_the_few_of_many_that_lack_a_position(keyspace: Keyspace) {
    const SEQUENCES: u64 = 1_300;
    let events = keyspace.events().await;
    let mut appends = JoinSet::new();
    let ids: Vec<_> = (0..SEQUENCES).map(|_| Uuid::new_v4()).collect();
    for some in ids.chunks(50) {
        let (events, some) = (events.clone(), some.to_vec());
        appends.spawn(async move {
            for id in some {
                let list = vec![item(id, 0), item(id, 1)];
                events.append(list).await.expect("kept");
            }
        });
    }
    appends.join_all().await;
    // The first row of its partition, there and in the index.
    let deleted = events.delete_record(ids[0], item(ids[0], 1).position);
    assert!(deleted.await.expect("deleted"));
    events.close().await.expect("closed");
    let store = CassandraDatastore::open(options_of(&keyspace.0)).await;
    let store = store.expect("opened");
    let plain = store.table(Table::stored_events()).expect("a table");
    for id in ids.iter().skip(100).step_by(100) {
        let list = vec![item(*id, 2), item(*id, 3)];
        plain.append(list).await.expect("kept");
    }
    let new = Uuid::new_v4();
    plain.append(vec![item(new, 0)]).await.expect("kept");
    let events = store.positioned(Table::stored_events(), Mapper::new(), Salt::none());
    let events = events.expect("a table");
    let repaired = events.repair().await.expect("repaired");
    assert_eq!(
        (repaired.sequences, repaired.placed),
        (SEQUENCES + 1, 2 * 12 + 1)
    );
    let repaired = events.repair().await.expect("nothing to do");
    assert_eq!((repaired.sequences, repaired.placed), (SEQUENCES + 1, 0));
    let records = events.records(RecordId::new(0), usize::MAX).await;
    let records = records.expect("read");
    let distinct: HashSet<_> = records
        .iter()
        .map(|record| (record.item.sequence_id, record.item.position))
        .collect();
    assert_eq!(distinct.len(), records.len(), "each once");
    assert_eq!(records.len() as u64, 2 * SEQUENCES - 1 + 2 * 12 + 1);
}
