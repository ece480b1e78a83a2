//! Cases of tables that Django created: ids are 32 hexadecimal digits, and each row has an id, also
//! in snapshots.

use std::sync::Arc;

use es_sqlite::SqliteDatastore;
use es_store::{
    Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    TimeCursor, Timestamp, Topic,
};
use rusqlite::Connection;
use uuid::Uuid;

/// The statements of Django's migrations, except for white space.
const TABLES: &str = r#"
CREATE TABLE "integer_sequenced_items" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sequence_id" char(32) NOT NULL, "position" bigint NOT NULL, "topic" text NOT NULL, "data" text NOT NULL);
CREATE TABLE "snapshots" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sequence_id" char(32) NOT NULL, "position" bigint NOT NULL, "topic" text NOT NULL, "data" text NOT NULL);
CREATE TABLE "stored_events" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "originator_id" char(32) NOT NULL, "originator_version" bigint NOT NULL, "event_type" text NOT NULL, "state" text NOT NULL);
CREATE TABLE "timestamp_sequenced_items" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sequence_id" char(32) NOT NULL, "position" decimal NOT NULL, "topic" text NOT NULL, "data" text NOT NULL);
CREATE UNIQUE INDEX "integer_sequenced_items_sequence_id_position_9b66d1a7_uniq" ON "integer_sequenced_items" ("sequence_id", "position");
CREATE UNIQUE INDEX "snapshots_sequence_id_position_a228c0bf_uniq" ON "snapshots" ("sequence_id", "position");
CREATE UNIQUE INDEX "stored_events_originator_id_originator_version_49cda8b2_uniq" ON "stored_events" ("originator_id", "originator_version");
CREATE UNIQUE INDEX "timestamp_sequenced_items_sequence_id_position_cf4cd24c_uniq" ON "timestamp_sequenced_items" ("sequence_id", "position");
CREATE INDEX "position_idx" ON "timestamp_sequenced_items" ("position");
"#;

/// Rows in Django's form. The second sequence sorts first.
const ROWS: &str = r#"
INSERT INTO {table} ({columns}) VALUES ('b81d160dd7ef45aba629c7278082a845', {0}, 'T', '{"n":0}');
INSERT INTO {table} ({columns}) VALUES ('b81d160dd7ef45aba629c7278082a845', {1}, 'T', '{"n":1}');
INSERT INTO {table} ({columns}) VALUES ('0a1d160dd7ef45aba629c7278082a845', {0}, 'T', '{"n":2}');
"#;

const FIRST: Uuid = Uuid::from_u128(0xb81d_160d_d7ef_45ab_a629_c727_8082_a845);
const SECOND: Uuid = Uuid::from_u128(0x0a1d_160d_d7ef_45ab_a629_c727_8082_a845);

fn tables() -> [Table; 4] {
    [
        Table::stored_events(),
        Table::integer_sequenced(),
        Table::timestamp_sequenced(),
        Table::snapshots(),
    ]
}

fn position(table: &Table, n: i64) -> Position {
    if table.holds(n.into()) {
        Position::Integer(n)
    } else {
        Timestamp::from_micros(1_516_884_000_500_000 + n).into()
    }
}

fn item(table: &Table, sequence_id: Uuid, n: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: position(table, n),
        topic: Topic::new("T"),
        data: format!("{{\"n\":{n}}}").into(),
    }
}

async fn open(table: &Table) -> Arc<dyn RecordManager> {
    let connection = Connection::open_in_memory().expect("memory");
    connection.execute_batch(TABLES).expect("created");
    let columns = [
        &table.sequence_id,
        &table.position,
        &table.topic,
        &table.data,
    ];
    let rows = ROWS
        .replace("{table}", &table.name)
        .replace("{columns}", &columns.map(|name| &**name).join(","))
        .replace("{0}", &position(table, 0).to_string())
        .replace("{1}", &position(table, 1).to_string());
    connection.execute_batch(&rows).expect("filled");
    let datastore = SqliteDatastore::from_connection(connection).expect("opened");
    let store = datastore
        .record_manager(table.clone())
        .await
        .expect("opened");
    store.setup().await.expect("the shape fits");
    store
}

pub(crate) async fn tables_of_django_are_read_unchanged() {
    for table in tables() {
        let store = open(&table).await;
        let found = store.items(ItemQuery::new(FIRST)).await.expect("read");
        assert_eq!(found, [item(&table, FIRST, 0), item(&table, FIRST, 1)]);
        let ids = store.sequence_ids(None, 10).await.expect("read");
        assert_eq!(ids, [SECOND, FIRST], "{}", table.name);
        let ids = store.sequence_ids(Some(SECOND), 10).await.expect("read");
        assert_eq!(ids, [FIRST]);
        if table.record_id.is_some() {
            let records = store.records(RecordId::new(1), 10).await.expect("read");
            let ids = records
                .iter()
                .map(|record| (record.id.get(), record.item.sequence_id));
            assert!(ids.eq([(2, FIRST), (3, SECOND)]));
        }
    }
}

pub(crate) async fn tables_of_django_are_written_in_their_format() {
    for table in tables() {
        let store = open(&table).await;
        let taken = store.append(vec![item(&table, FIRST, 1)].into()).await;
        assert!(
            matches!(taken, Err(RecordError::Conflict { .. })),
            "{}",
            table.name
        );
        let list = vec![item(&table, FIRST, 2), item(&table, SECOND, 3)];
        store
            .append(list.into())
            .await
            .expect("the append succeeds");
        let found = store.items(ItemQuery::new(FIRST)).await.expect("read");
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], item(&table, FIRST, 2));
        let gone = store.delete_record(SECOND, position(&table, 3)).await;
        assert!(gone.expect("deleted"));
    }
}

pub(crate) async fn a_django_table_with_times_is_read_in_the_order_of_times() {
    let table = Table::timestamp_sequenced();
    let store = open(&table).await;
    let all = store
        .time_ordered()
        .expect("times")
        .items_by_time(None, 10)
        .await
        .expect("read");
    let places: Vec<_> = all.iter().map(|item| item.sequence_id).collect();
    assert_eq!(places, [SECOND, FIRST, FIRST]);
    let after = TimeCursor::from_item(&all[0]);
    assert_eq!(
        store
            .time_ordered()
            .expect("times")
            .items_by_time(after, 10)
            .await
            .expect("read"),
        all[1..]
    );
}
