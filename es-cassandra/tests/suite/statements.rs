//! The store's behaviour when the server, the network or other programs get in its way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::server::{connect, item, item_with, options, options_of};
use es_cassandra::{CassandraDatastore, CassandraOptions};
use es_store::{
    Datastore, ItemQuery, Order, RecordError, RecordManager, SequencedItem, Table, Timestamp,
};
use es_testing::store::LossyProxy;
use es_testing::store::servers::text;
use tokio::task::JoinSet;
use uuid::Uuid;

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
];

/// The name of a new keyspace, which the store creates.
pub(crate) struct Keyspace(pub(crate) String);

impl Keyspace {
    pub(crate) async fn table(&self, table: Table) -> Arc<dyn RecordManager> {
        table_of(options_of(&self.0), table).await
    }

    pub(crate) async fn events(&self) -> Arc<dyn RecordManager> {
        self.table(Table::stored_events()).await
    }

    /// Creates the keyspace if it is absent, and runs a statement on its table `items`.
    pub(crate) async fn run(&self, cql: &str) {
        let session = connect().await;
        let make = format!(
            "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
            self.0
        );
        session.query_unpaged(make, ()).await.expect("a keyspace");
        let cql = cql.replace("items", &format!("{}.items", self.0));
        session.query_unpaged(cql, ()).await.expect("done");
    }
}

async fn table_of(options: CassandraOptions, table: Table) -> Arc<dyn RecordManager> {
    let keyspace = CassandraDatastore::open(options).await.expect("opened");
    let records = keyspace.record_manager(table).await.expect("a table");
    records.setup().await.expect("made");
    records
}

pub(crate) async fn stored(records: &Arc<dyn RecordManager>, id: Uuid) -> Vec<SequencedItem> {
    records.items(ItemQuery::new(id)).await.expect("read")
}

/// The answer to a refused batch has a row for each taken position, and must not be read as a
/// success.
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
            writers.spawn(async move { (records.append(list.to_vec().into()).await, list) });
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
    let refused = records
        .append(vec![item(one, 0), item(two, 0)].into())
        .await;
    let Err(error @ RecordError::Invalid { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("of one sequence"), "{}", text(&error));
    assert!(stored(&records, one).await.is_empty());
    assert!(stored(&records, two).await.is_empty());
}

/// Returns a list with data of the maximum size of an append minus `less` bytes. The maximum is
/// read from an error message.
async fn near_the_limit(
    records: &Arc<dyn RecordManager>,
    id: Uuid,
    less: usize,
) -> Vec<SequencedItem> {
    let refused = records
        .append(vec![item_with(id, 0, &"x".repeat(64 << 20))].into())
        .await;
    let refused = text(&refused.expect_err("that is too much"));
    let numbers = refused.split(' ').find_map(|word| word.parse().ok());
    let max: usize = numbers.expect("it says how much");
    let half = "x".repeat((max - less) / 2);
    vec![item_with(id, 0, &half), item_with(id, 1, &half)]
}

async fn a_list_above_the_servers_mutation_size_is_refused_and_nothing_is_stored(
    keyspace: Keyspace,
) {
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let list = near_the_limit(&records, id, 0).await;
    let refused = records.append(list.into()).await;
    let Err(error @ RecordError::Invalid { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(text(&error).contains("commitlog_segment_size"));
    assert!(stored(&records, id).await.is_empty());
}

async fn a_list_just_below_the_servers_mutation_size_is_kept(keyspace: Keyspace) {
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    // Keys and topics need fewer bytes than that.
    let list = near_the_limit(&records, id, 500).await;
    records.append(list.clone().into()).await.expect("kept");
    assert!(stored(&records, id).await == list, "as it was");
}

async fn no_read_stops_at_ten_thousand_rows(keyspace: Keyspace) {
    const LEN: i64 = 25_003;
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let all: Vec<_> = (0..LEN).map(|n| item(id, n)).collect();
    for list in all.chunks(5_000) {
        records.append(list.to_vec().into()).await.expect("kept");
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
        let conflict = records.append(vec![at(taken)].into()).await;
        assert!(
            matches!(&conflict, Err(RecordError::Conflict { position, .. }) if *position == at(taken).position),
            "{other}: {conflict:?}"
        );
        records
            .append(vec![at(taken + 1)].into())
            .await
            .expect("kept");
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
    let mut options = options_of(&keyspace.0).with_timeout(Duration::from_secs(20));
    options.hosts = vec![proxy.address().to_string()];
    // The driver connects to the address that the node reports. The proxy has the same one, so all
    // traffic passes it.
    let records = table_of(options, Table::stored_events()).await;
    let id = Uuid::new_v4();
    let lost = |n| item_with(id, n, &format!("lost answer {n}"));
    for n in 0..3 {
        proxy.lose_next();
        records
            .append(vec![lost(2 * n), lost(2 * n + 1)].into())
            .await
            .expect("kept, as was found out");
        assert_eq!(proxy.to_lose(), 0, "the answer was lost");
        proxy.lose_next();
        let conflict = records
            .append(vec![item_with(id, 2 * n, "lost answer of another")].into())
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
    let options = CassandraOptions::new(["127.0.0.1:1"], "es").with_timeout(Duration::from_secs(2));
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
    let mut options = options_of(&keyspace.0).with_timeout(Duration::from_secs(1));
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
    let error = records.append(vec![item(Uuid::new_v4(), 0)].into()).await;
    let error = error.expect_err("one of three is up");
    assert!(matches!(error, RecordError::Unknown { .. }), "{error:?}");
}
