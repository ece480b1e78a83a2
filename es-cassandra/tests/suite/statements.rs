//! The store's behaviour on concurrent appends, on limits of the server, and on lost answers.

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
    one_of_several_concurrent_appends_at_the_same_positions_is_stored_whole,
    an_append_over_two_sequences_is_refused_and_nothing_is_stored,
    an_append_above_the_servers_mutation_size_is_refused_and_nothing_is_stored,
    an_append_just_below_the_servers_mutation_size_is_stored,
    reads_return_more_than_ten_thousand_rows,
    times_with_other_digits_conflict_by_value,
    the_outcome_of_a_write_without_an_answer_is_found,
    an_unreachable_server_is_unavailable,
    too_few_replicas_are_reported_as_unavailable,
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
        let create = format!(
            "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}",
            self.0
        );
        session
            .query_unpaged(create, ())
            .await
            .expect("the keyspace is created");
        let cql = cql.replace("items", &format!("{}.items", self.0));
        session
            .query_unpaged(cql, ())
            .await
            .expect("the statement succeeds");
    }
}

async fn table_of(options: CassandraOptions, table: Table) -> Arc<dyn RecordManager> {
    let keyspace = CassandraDatastore::open(options)
        .await
        .expect("the store opens");
    let records = keyspace
        .record_manager(table)
        .await
        .expect("the table opens");
    records.setup().await.expect("the table is created");
    records
}

pub(crate) async fn stored(records: &Arc<dyn RecordManager>, id: Uuid) -> Vec<SequencedItem> {
    records.items(ItemQuery::new(id)).await.expect("read")
}

/// The answer to a refused batch has a row for each taken position, and must not be read as a
/// success.
async fn one_of_several_concurrent_appends_at_the_same_positions_is_stored_whole(
    keyspace: Keyspace,
) {
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
        let mut winners = Vec::new();
        for (outcome, list) in writers.join_all().await {
            match outcome {
                Ok(appended) => {
                    assert_eq!(appended.len(), 2);
                    winners.push(list);
                }
                Err(RecordError::Conflict { position, .. }) => {
                    assert_eq!(position, list[0].position, "the first taken position");
                }
                Err(error) => panic!("{}", text(&error)),
            }
        }
        assert_eq!(winners.len(), 1, "winners of round {round}");
        let all = stored(&records, id).await;
        assert_eq!(all.len(), 2 * usize::try_from(round + 1).expect("few"));
        assert_eq!(
            all[all.len() - 2..],
            winners[0],
            "the whole list of the winner"
        );
    }
}

async fn an_append_over_two_sequences_is_refused_and_nothing_is_stored(keyspace: Keyspace) {
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
    let refused = text(&refused.expect_err("the append is too large"));
    let numbers = refused.split(' ').find_map(|word| word.parse().ok());
    let max: usize = numbers.expect("the error states the maximum");
    let half = "x".repeat((max - less) / 2);
    vec![item_with(id, 0, &half), item_with(id, 1, &half)]
}

async fn an_append_above_the_servers_mutation_size_is_refused_and_nothing_is_stored(
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

async fn an_append_just_below_the_servers_mutation_size_is_stored(keyspace: Keyspace) {
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    // Keys and topics need less than 500 bytes.
    let list = near_the_limit(&records, id, 500).await;
    records
        .append(list.clone().into())
        .await
        .expect("the append succeeds");
    assert!(
        stored(&records, id).await == list,
        "the items are unchanged"
    );
}

async fn reads_return_more_than_ten_thousand_rows(keyspace: Keyspace) {
    const LEN: i64 = 25_003;
    let records = keyspace.events().await;
    let id = Uuid::new_v4();
    let all: Vec<_> = (0..LEN).map(|n| item(id, n)).collect();
    for list in all.chunks(5_000) {
        records
            .append(list.to_vec().into())
            .await
            .expect("the append succeeds");
    }
    assert!(stored(&records, id).await == all, "all, ascending");
    let mut query = ItemQuery::new(id);
    query.order = Order::Descending;
    let descending = records.items(query.clone()).await.expect("read");
    assert!(descending.iter().eq(all.iter().rev()), "all, descending");
    query.limit = Some(12_345);
    let some = records.items(query).await.expect("read");
    assert!(some == descending[..12_345], "as many as the limit");
}

async fn times_with_other_digits_conflict_by_value(keyspace: Keyspace) {
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
            .expect("the append succeeds");
        let mut query = ItemQuery::new(id);
        query.upper = std::ops::Bound::Included(at(taken).position);
        query.order = Order::Descending;
        let found = records.items(query).await.expect("read");
        assert_eq!(found[0].position, at(taken).position, "{other}");
    }
}

async fn the_outcome_of_a_write_without_an_answer_is_found(keyspace: Keyspace) {
    drop(keyspace.events().await);
    let server: SocketAddr = options().hosts[0].parse().expect("a numeric address");
    let proxy = LossyProxy::start(server, "lost answer").await;
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
            .expect("the store finds that the append was stored");
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

async fn an_unreachable_server_is_unavailable(_: Keyspace) {
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

async fn too_few_replicas_are_reported_as_unavailable(keyspace: Keyspace) {
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
