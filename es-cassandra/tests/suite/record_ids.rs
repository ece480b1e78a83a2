//! Tables with record ids, and the settings that they need.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use es_cassandra::scylla::statement::Consistency;
use es_cassandra::{CassandraDatastore, CassandraOptions, Replication};
use es_core::domain::Salt;
use es_core::event_store::Mapper;
use es_core::event_store::cipher::Cipher;
use es_core::notification_log::LocalNotificationLog;
use es_store::{Datastore, RecordError, RecordId, RecordIds, RecordManager, Table};
use es_testing::store::servers::text;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::server::{connect, item, options_of};
use crate::statements::{Keyspace, stored};

cases![
    a_notification_log_over_times_is_refused_for_lack_of_record_ids,
    record_ids_need_a_quorum_of_reads,
    record_ids_need_a_quorum_of_all_data_centres,
    the_table_of_references_has_no_record_ids,
    a_configured_array_holds_the_record_ids_of_one_table,
    an_open_table_is_refused_with_another_salt_or_key,
    events_without_record_ids_get_one,
    a_repair_finds_the_few_events_without_a_position,
    entries_of_the_index_are_ordered_by_position_and_not_by_clock,
];

async fn open(options: CassandraOptions) -> CassandraDatastore {
    CassandraDatastore::open(options)
        .await
        .expect("the store opens")
}

async fn a_notification_log_over_times_is_refused_for_lack_of_record_ids(keyspace: Keyspace) {
    let log = LocalNotificationLog::new(keyspace.table(Table::timestamp_sequenced()).await).err();
    let log = log.expect("the log is refused");
    assert!(text(&log).contains("without record ids"), "{log:?}");
}

async fn record_ids_need_a_quorum_of_reads(keyspace: Keyspace) {
    let options = options_of(&keyspace.0).with_consistency(Consistency::One);
    let store = open(options).await;
    let refused = store.record_manager(Table::stored_events()).await.err();
    let refused = refused.expect("followers would skip events");
    assert!(text(&refused).contains("LOCAL_QUORUM"), "{refused:?}");
    let plain = Table::stored_events().without_record_ids();
    store.record_manager(plain).await.expect("the store opens");
}

/// The server has one data centre and rejects keyspaces with replicas in others, so some are never
/// created.
async fn record_ids_need_a_quorum_of_all_data_centres(keyspace: Keyspace) {
    let with_datacenters = |names: &[&str]| {
        let centres = names.iter().map(|name| ((*name).to_owned(), 1));
        options_of(&keyspace.0).with_replication(Replication::ByDatacenter(centres.collect()))
    };
    let in_two = with_datacenters(&["datacenter1", "elsewhere"]);
    let store = open(in_two.clone()).await;
    let refused = store.record_manager(Table::stored_events()).await.err();
    let refused = refused.expect("the keyspace would have replicas in two data centres");
    assert!(
        matches!(refused, RecordError::Invalid { .. }),
        "{refused:?}"
    );
    assert!(
        text(&refused).contains("`?consistency=QUORUM`"),
        "{refused:?}"
    );
    let store = open(in_two.clone().with_consistency(Consistency::Quorum)).await;
    store
        .record_manager(Table::stored_events())
        .await
        .expect("the store opens");
    let store = open(with_datacenters(&["datacenter1"])).await;
    let events = store.record_manager(Table::stored_events()).await;
    events
        .expect("the store opens")
        .setup()
        .await
        .expect("the table is created");
    // The existing keyspace counts, not the replication in the options.
    let store = open(in_two).await;
    store
        .record_manager(Table::stored_events())
        .await
        .expect("the store opens");
}

async fn the_table_of_references_has_no_record_ids(keyspace: Keyspace) {
    let table = Table::integer_sequenced;
    let store = open(options_of(&keyspace.0)).await;
    let refused = store.positioned(table(), Mapper::new(), Salt::none()).await;
    let refused = refused
        .err()
        .expect("the table would refer to its own references");
    assert!(text(&refused).contains("has no record ids"), "{refused:?}");
    let items = store
        .record_manager(table())
        .await
        .expect("the store opens");
    assert_eq!(items.capabilities().record_ids, RecordIds::None);
    let items = store
        .event_store(table(), Mapper::new(), Salt::none())
        .await;
    let items = items.expect("the store opens");
    assert_eq!(
        items.record_manager().capabilities().record_ids,
        RecordIds::None
    );
    let copy = store.record_manager(table().named("items")).await;
    let copy = copy.expect("the store opens").capabilities();
    assert_eq!(copy.record_ids, RecordIds::Contiguous);
}

async fn a_configured_array_holds_the_record_ids_of_one_table(keyspace: Keyspace) {
    let options = options_of(&keyspace.0).with_application_sequence(Uuid::new_v4());
    let store = open(options).await;
    let events = Table::stored_events;
    for _ in 0..2 {
        store
            .record_manager(events())
            .await
            .expect("the store opens");
    }
    let others = store.record_manager(events().named("others")).await;
    let refused = others
        .err()
        .expect("the references of two tables would be mixed");
    let message = text(&refused);
    assert!(matches!(refused, RecordError::Invalid { .. }), "{message}");
    assert!(
        message.contains("`stored_events`") && message.contains("`others`"),
        "{message}"
    );
    let plain = events().named("others").without_record_ids();
    store.record_manager(plain).await.expect("the store opens");
    let store = open(options_of(&keyspace.0)).await;
    for table in [events(), events().named("others")] {
        store.record_manager(table).await.expect("each has its own");
    }
}

async fn an_open_table_is_refused_with_another_salt_or_key(keyspace: Keyspace) {
    let store = open(options_of(&keyspace.0)).await;
    let with_key = |key: u8| {
        let cipher = Cipher::new(&[key; 16]).expect("a key");
        Mapper::new().with_cipher(cipher)
    };
    let events = async |mapper: Mapper, salt: &str| {
        let table = Table::stored_events();
        let opened = store.event_store(table, mapper, Salt::new(salt)).await;
        opened.map(|store| store.record_manager().clone())
    };
    let opened = events(with_key(1), "a salt")
        .await
        .expect("the store opens");
    events(with_key(1), "a salt").await.expect("the same");
    for (mapper, salt) in [
        (with_key(2), "a salt"),
        (Mapper::new(), "a salt"),
        (with_key(1), "another"),
    ] {
        let refused = events(mapper, salt).await.err();
        let refused = refused.expect("the others could not read its references");
        assert!(matches!(refused, RecordError::Schema { .. }), "{refused:?}");
        assert!(text(&refused).contains("the same salt"), "{refused:?}");
    }
    // A caller that names neither gets the open table as it is.
    let same = store.record_manager(Table::stored_events()).await;
    assert!(Arc::ptr_eq(&same.expect("the store opens"), &opened));
    opened.close().await.expect("closed");
    events(Mapper::new(), "another")
        .await
        .expect("the table opens again");
}

/// Events may have been stored by a program without record ids, or by one that crashed.
async fn events_without_record_ids_get_one(keyspace: Keyspace) {
    let plain = Table::stored_events().without_record_ids();
    let plain = keyspace.table(plain).await;
    let ids: Vec<_> = (0..30).map(|_| Uuid::new_v4()).collect();
    for id in &ids {
        plain
            .append(vec![item(*id, 0), item(*id, 1)].into())
            .await
            .expect("the append succeeds");
    }
    let events = keyspace.events().await;
    let appended = events
        .append(vec![item(ids[0], 2)].into())
        .await
        .expect("the append succeeds");
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
        let of_sequence = records
            .iter()
            .filter(|record| record.item.sequence_id == *id);
        let found: Vec<_> = of_sequence.map(|record| record.item.clone()).collect();
        assert_eq!(
            found,
            stored(&events, *id).await,
            "each item once, in its order"
        );
    }
}

/// There are more sequences than fit in a page, and some have events without positions.
async fn a_repair_finds_the_few_events_without_a_position(keyspace: Keyspace) {
    const SEQUENCES: u64 = 1_300;
    let events = keyspace.events().await;
    let mut appends = JoinSet::new();
    let ids: Vec<_> = (0..SEQUENCES).map(|_| Uuid::new_v4()).collect();
    for chunk in ids.chunks(50) {
        let (events, chunk) = (events.clone(), chunk.to_vec());
        appends.spawn(async move {
            for id in chunk {
                let list = vec![item(id, 0), item(id, 1)];
                events
                    .append(list.into())
                    .await
                    .expect("the append succeeds");
            }
        });
    }
    appends.join_all().await;
    // The first row of its partition, in the table and in the index.
    let deleted = events.delete_record(ids[0], item(ids[0], 1).position);
    assert!(deleted.await.expect("deleted"));
    events.close().await.expect("closed");
    let store = CassandraDatastore::open(options_of(&keyspace.0)).await;
    let store = store.expect("the store opens");
    let plain = store
        .table(Table::stored_events())
        .expect("the table opens");
    for id in ids.iter().skip(100).step_by(100) {
        let list = vec![item(*id, 2), item(*id, 3)];
        plain
            .append(list.into())
            .await
            .expect("the append succeeds");
    }
    let new = Uuid::new_v4();
    plain
        .append(vec![item(new, 0)].into())
        .await
        .expect("the append succeeds");
    let events = store.positioned(Table::stored_events(), Mapper::new(), Salt::none());
    let events = events.await.expect("the table opens");
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

async fn entries_of_the_index_are_ordered_by_position_and_not_by_clock(keyspace: Keyspace) {
    let events = keyspace.events().await;
    let id = Uuid::new_v4();
    for version in 0..3 {
        events
            .append(vec![item(id, version)].into())
            .await
            .expect("the append succeeds");
    }
    let one = item(id, 1);
    let deleted = events.delete_record(id, one.position).await;
    assert!(deleted.expect("deleted"));
    let session = connect().await;
    let index = format!("{}.stored_events_positions", keyspace.0);
    let read_index = async || {
        let cql = format!("SELECT version, position, WRITETIME(position) FROM {index}");
        let answer = session.query_unpaged(cql, ()).await.expect("read");
        let rows = answer.into_rows_result().expect("rows");
        let rows = rows.rows::<(i64, i64, i64)>().expect("numbers");
        rows.map(|row| row.expect("a row")).collect::<Vec<_>>()
    };
    let entry_of_one = async || {
        read_index()
            .await
            .into_iter()
            .find(|(version, ..)| *version == 1)
    };
    assert_eq!(entry_of_one().await, None);
    // A process that had read the position before the deletion may send this statement late.
    let late = format!(
        "INSERT INTO {index} (sequence_id, version, position) VALUES ({id}, 1, 1) USING TIMESTAMP 4"
    );
    session.query_unpaged(late, ()).await.expect("written");
    assert_eq!(entry_of_one().await, None, "the entry stays deleted");
    let appended = events
        .append(vec![one].into())
        .await
        .expect("the append succeeds");
    let record = appended.record_ids().next().expect("one").get();
    let written_again = async {
        while entry_of_one().await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let written_again = tokio::time::timeout(Duration::from_secs(30), written_again).await;
    written_again.expect("the index is written in the background");
    let rows = read_index().await;
    let (_, position, _) = rows.iter().find(|(version, ..)| *version == 1).expect("it");
    assert_eq!(position.unsigned_abs() + 1, record);
    for (version, position, time) in rows {
        assert_eq!(time, 2 * position + 2, "version {version}");
    }
}
