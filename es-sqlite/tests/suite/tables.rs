//! Cases of the tables: written as documented, and checked when read.

use es_sqlite::SqliteDatastore;
use es_store::{Datastore, ItemQuery, Position, RecordError, RecordId, Table, Timestamp};
use rusqlite::Connection;
use uuid::Uuid;

use crate::test_folder::{TestFolder, append, count, item};

pub(crate) async fn ids_are_16_bytes_and_texts_are_texts() {
    let folder = TestFolder::new();
    let mut event = item(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10, 7);
    event.data = "{\"a\":\"ä\"}".into();
    append(&folder.store().await, event)
        .await
        .expect("the append succeeds");
    let sql = "SELECT id, hex(originator_id), typeof(originator_id), originator_version, typeof(originator_version), \
               event_type, typeof(event_type), state, typeof(state) FROM stored_events";
    let row = folder.foreign().query_row(sql, [], |row| {
        (0..9)
            .map(|n| row.get_ref(n).map(|value| text(value)))
            .collect::<Result<Vec<_>, _>>()
    });
    let expected = [
        "1",
        "0102030405060708090A0B0C0D0E0F10",
        "blob",
        "7",
        "integer",
        "World.Happened",
        "text",
        "{\"a\":\"ä\"}",
        "text",
    ];
    assert_eq!(row.expect("one row"), expected);
}

fn text(value: rusqlite::types::ValueRef<'_>) -> String {
    match value.as_i64() {
        Ok(number) => number.to_string(),
        Err(_) => value.as_str().expect("a text").to_owned(),
    }
}

pub(crate) async fn times_are_seconds_in_floats_and_whole_ones_in_integers() {
    let folder = TestFolder::new();
    let store = folder.table(Table::timestamp_sequenced_no_id()).await;
    store.setup().await.expect("created");
    let times = [1_516_884_000_123_456, 1_516_884_001_000_000].map(Timestamp::from_micros);
    for time in times {
        append(&store, item(1, time))
            .await
            .expect("the append succeeds");
    }
    let sql = "SELECT group_concat(typeof(position) || ' ' || printf('%.6f', position), ', ' ORDER BY position) \
               FROM timestamp_sequenced_items_noid";
    let stored: String = folder
        .foreign()
        .query_row(sql, [], |row| row.get(0))
        .expect("read");
    assert_eq!(stored, "real 1516884000.123456, integer 1516884001.000000");
    let items = store
        .items(ItemQuery::new(Uuid::from_u128(1)))
        .await
        .expect("read");
    assert!(
        items
            .iter()
            .map(|item| item.position)
            .eq(times.map(Position::Timestamp))
    );
}

pub(crate) async fn a_time_that_a_float_cannot_hold_is_refused() {
    let folder = TestFolder::new();
    let store = folder.table(Table::timestamp_sequenced()).await;
    store.setup().await.expect("created");
    let late = item(1, Timestamp::from_micros(253_402_300_799_999_999));
    let outcome = append(&store, late).await;
    assert!(
        matches!(outcome, Err(RecordError::Invalid { .. })),
        "{outcome:?}"
    );
    assert_eq!(count(&store, 1).await, 0);
}

pub(crate) async fn a_damaged_row_is_named() {
    for (values, words) in [
        (
            "7, x'0102', 0, 'T', '{}'",
            ["record id 7", "a blob of 2 bytes in `originator_id`"],
        ),
        (
            "7, '0a000000000000000000000000000000', 0, 'T', '{}'",
            ["record id 7", "a text of 32 bytes"],
        ),
        (
            "7, zeroblob(16), 'x', 'T', '{}'",
            ["record id 7", "in `originator_version`"],
        ),
        (
            "7, zeroblob(16), 0.5, 'T', '{}'",
            ["record id 7", "0.5 in `originator_version`"],
        ),
        (
            "7, zeroblob(16), 0, x'00', '{}'",
            ["record id 7", "in `event_type`"],
        ),
        (
            "7, zeroblob(16), 0, 'T', NULL",
            ["record id 7", "NULL in `state`"],
        ),
        (
            "7, zeroblob(16), 0, 'T', CAST(x'ff' AS TEXT)",
            ["record id 7", "not text in UTF-8"],
        ),
    ] {
        let folder = TestFolder::new();
        let store = folder.store().await;
        let insert = format!("INSERT INTO stored_events VALUES ({values})");
        folder
            .foreign()
            .execute(&insert, [])
            .expect("a foreign program may");
        let read = store.records(RecordId::new(0), 5).await;
        let Err(RecordError::Damaged { table, reason }) = read else {
            panic!("{values}: {read:?}")
        };
        assert_eq!(table, "stored_events");
        assert!(
            words.iter().all(|words| reason.contains(words)),
            "{values}: {reason}"
        );
    }
}

pub(crate) async fn a_damaged_row_without_a_record_id_is_named_by_its_position() {
    let folder = TestFolder::new();
    let store = folder.table(Table::snapshots()).await;
    store.setup().await.expect("created");
    let insert = "INSERT INTO snapshots VALUES (zeroblob(16), 3, 'T', NULL), (x'01', 0, 'T', '')";
    folder
        .foreign()
        .execute(insert, [])
        .expect("a foreign program may");
    let read = store.items(ItemQuery::new(Uuid::nil())).await;
    let Err(RecordError::Damaged { reason, .. }) = read else {
        panic!("{read:?}")
    };
    let expected = "the row at position 3 of sequence 00000000-0000-0000-0000-000000000000 has NULL in `data`, not text in UTF-8";
    assert_eq!(reason, expected);
    let read = store.sequence_ids(None, 5).await;
    assert!(matches!(read, Err(RecordError::Damaged { .. })), "{read:?}");
}

pub(crate) async fn a_table_with_another_schema_is_refused_with_each_reason() {
    for (ddl, reasons) in [
        (
            "CREATE TABLE stored_events (id INTEGER PRIMARY KEY, state TEXT)",
            &["`originator_id` is missing", "`event_type` is missing"][..],
        ),
        (
            "CREATE TABLE stored_events (id integer PRIMARY KEY AUTOINCREMENT, originator_id char(36) NOT NULL, \
             originator_version bigint NOT NULL, event_type text NOT NULL, state text NOT NULL, \
             UNIQUE (originator_id, originator_version))",
            &["`originator_id` is declared as char(36), not as BINARY(16)"],
        ),
        (
            "CREATE TABLE stored_events (id INTEGER PRIMARY KEY, originator_id BINARY(16), originator_version INTEGER, \
             event_type TEXT, state TEXT)",
            &["(originator_id, originator_version) has no unique index"],
        ),
        (
            "CREATE TABLE stored_events (id INTEGER, originator_id BINARY(16), originator_version INTEGER, \
             event_type TEXT, state TEXT, PRIMARY KEY (originator_id, originator_version))",
            &["`id` has no unique index"],
        ),
        (
            "CREATE TABLE stored_events (id INTEGER PRIMARY KEY, originator_id BINARY(16), originator_version INTEGER, \
             event_type TEXT, state TEXT, tenant TEXT NOT NULL, UNIQUE (originator_id, originator_version))",
            &["`tenant` is NOT NULL without a default"],
        ),
        (
            "CREATE VIEW stored_events AS SELECT 1 AS id",
            &["it is a view"],
        ),
    ] {
        let folder = TestFolder::new();
        folder
            .foreign()
            .execute_batch(ddl)
            .expect("created by another program");
        let store = folder.table(Table::stored_events()).await;
        let refused = [
            store.setup().await.err(),
            append(&store, item(1, 0)).await.err(),
        ];
        let Some(RecordError::Schema { reason, .. }) = &refused[0] else {
            panic!("{ddl}: {refused:?}")
        };
        assert!(
            reasons.iter().all(|words| reason.contains(words)),
            "{ddl}: {reason}"
        );
        let sql: String = folder
            .foreign()
            .query_row("SELECT sql FROM sqlite_master", [], |row| row.get(0))
            .expect("read");
        assert_eq!(
            sql.split_whitespace().collect::<String>(),
            ddl.split_whitespace().collect::<String>()
        );
    }
}

pub(crate) async fn a_compatible_table_of_another_program_is_used_unchanged() {
    for ddl in [
        // The table of the Flask example of the Python library.
        "CREATE TABLE integer_sequenced_items (id INTEGER NOT NULL, sequence_id BINARY(16) NOT NULL, position BIGINT NOT \
         NULL, topic VARCHAR(255) NOT NULL, data TEXT NOT NULL, PRIMARY KEY (id)); \
         CREATE UNIQUE INDEX 'index' ON integer_sequenced_items (sequence_id, position)",
        "CREATE TABLE integer_sequenced_items (Data TEXT, note TEXT, tag TEXT NOT NULL DEFAULT '', topic TEXT, \
         position INT, sequence_id BLOB, id INTEGER PRIMARY KEY, UNIQUE (position, sequence_id))",
    ] {
        let folder = TestFolder::new();
        folder
            .foreign()
            .execute_batch(ddl)
            .expect("created by another program");
        let store = folder.table(Table::integer_sequenced()).await;
        store
            .setup()
            .await
            .expect("the table has the expected schema");
        assert_eq!(
            append(&store, item(1, 0))
                .await
                .expect("the append succeeds"),
            1
        );
        let conflict = append(&store, item(1, 0)).await;
        assert!(
            matches!(conflict, Err(RecordError::Conflict { .. })),
            "{conflict:?}"
        );
        assert_eq!(count(&store, 1).await, 1);
    }
}

pub(crate) async fn a_connection_of_the_user_is_read_and_written() {
    let connection = Connection::open_in_memory().expect("memory");
    connection
        .execute_batch("CREATE TABLE theirs (n); INSERT INTO theirs VALUES (1)")
        .expect("created");
    let database = SqliteDatastore::from_connection(connection).expect("a database");
    let events = database
        .record_manager(Table::stored_events())
        .await
        .expect("opened");
    let snapshots = database
        .record_manager(Table::snapshots())
        .await
        .expect("opened");
    for store in [&events, &snapshots] {
        store.setup().await.expect("created");
        append(store, item(1, 0))
            .await
            .expect("the append succeeds");
        assert_eq!(count(store, 1).await, 1);
    }
}

pub(crate) async fn a_table_is_shared_while_open_and_reopened_after_close() {
    let folder = TestFolder::new();
    let database = SqliteDatastore::open(folder.options())
        .await
        .expect("opened");
    let open = || database.record_manager(Table::stored_events());
    let (one, two) = (open().await.expect("opened"), open().await.expect("opened"));
    one.setup().await.expect("created");
    assert!(
        std::ptr::addr_eq(&raw const *one, &raw const *two),
        "one writer per table"
    );
    one.close().await.expect("closed");
    assert!(matches!(
        append(&two, item(1, 0)).await,
        Err(RecordError::Closed)
    ));
    let three = open().await.expect("opened anew");
    assert_eq!(
        append(&three, item(1, 0))
            .await
            .expect("the append succeeds"),
        1
    );
    database.close().await.expect("closed");
    assert!(matches!(
        append(&three, item(1, 1)).await,
        Err(RecordError::Closed)
    ));
    assert!(matches!(open().await.err(), Some(RecordError::Closed)));
    let journal = folder.path("events.db-wal");
    assert!(
        !journal.exists(),
        "the last connection has moved the log into the database"
    );
}
