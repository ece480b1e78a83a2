//! Cases of faults around a database: errors name the cause, and no data is lost.

use std::fs::{self, File};

use es_sqlite::{Mode, SqliteDatastore, SqliteOptions};
use es_store::{Datastore, Driver, RecordError, RecordId, Table};
use rusqlite::Connection;
use rusqlite::limits::Limit;
use tokio::task::JoinSet;

use crate::test_folder::{Store, TestFolder, append, count, error_text, item};

pub(crate) async fn a_database_locked_by_another_program_is_unavailable_until_unlocked() {
    let folder = TestFolder::new();
    let store = folder.store().await;
    let foreign = folder.foreign();
    foreign.execute_batch("BEGIN IMMEDIATE").expect("free");
    let error = append(&store, item(1, 0)).await.expect_err("locked");
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(
        error_text(&error).contains("is locked by another program"),
        "{}",
        error_text(&error)
    );
    assert_eq!(count(&store, 1).await, 0, "readers are not kept out");
    foreign.execute_batch("ROLLBACK").expect("begun");
    assert_eq!(append(&store, item(1, 0)).await.expect("free"), 1);
}

pub(crate) async fn a_lock_file_held_by_another_process_makes_the_database_unavailable_until_released()
 {
    let folder = TestFolder::new();
    let store = folder.store().await;
    let other = File::options()
        .write(true)
        .open(folder.path("events.db.lock"))
        .expect("present");
    other.lock().expect("free");
    for _ in 0..2 {
        let error = append(&store, item(1, 0)).await.expect_err("locked");
        assert!(
            matches!(error, RecordError::Unavailable { .. }),
            "{error:?}"
        );
        assert!(
            error_text(&error).contains("another process holds the lock"),
            "{}",
            error_text(&error)
        );
    }
    other.unlock().expect("held");
    assert_eq!(append(&store, item(1, 0)).await.expect("free"), 1);
}

pub(crate) async fn a_full_disk_is_an_error_and_stored_events_remain() {
    let folder = TestFolder::new();
    let connection = folder.foreign();
    connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .expect("set");
    connection
        .pragma_update_and_check(None, "max_page_count", 40, |_| Ok(()))
        .expect("set");
    let database = SqliteDatastore::from_connection(connection).expect("a database");
    let store = database
        .record_manager(Table::stored_events())
        .await
        .expect("opened");
    store.setup().await.expect("created");
    let mut kept = 0;
    let error = loop {
        let mut large = item(1, kept);
        large.data = "x".repeat(10_000).into();
        match append(&store, large).await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(kept > 0);
    assert!(
        matches!(error, RecordError::Unavailable { .. }),
        "{error:?}"
    );
    assert!(
        error_text(&error).contains("is full"),
        "{}",
        error_text(&error)
    );
    assert_eq!(i64::try_from(count(&store, 1).await), Ok(kept));
    assert_eq!(
        append(&store, item(2, 0)).await.expect("a small one fits"),
        kept.unsigned_abs() + 1
    );
}

pub(crate) async fn a_removed_or_replaced_file_acknowledges_no_appends() {
    let folder = TestFolder::new();
    let store = folder.store().await;
    append(&store, item(1, 0))
        .await
        .expect("the append succeeds");
    fs::rename(folder.database(), folder.path("moved.db")).expect("moved");
    let error = append(&store, item(1, 1)).await.expect_err("gone");
    assert!(
        error_text(&error).contains("events.db` is no longer there"),
        "{}",
        error_text(&error)
    );
    let error = store.records(RecordId::new(0), 5).await.expect_err("gone");
    assert!(
        error_text(&error).contains("events.db` is no longer there"),
        "{}",
        error_text(&error)
    );
    fs::write(folder.database(), "").expect("written");
    let error = append(&store, item(1, 1)).await.expect_err("another");
    assert!(
        error_text(&error).contains("events.db` was replaced"),
        "{}",
        error_text(&error)
    );
    fs::rename(folder.path("moved.db"), folder.database()).expect("moved back");
    assert_eq!(append(&store, item(1, 1)).await.expect("it is back"), 2);
    assert_eq!(count(&store, 1).await, 2);
}

pub(crate) async fn a_file_that_is_not_a_database_is_refused_and_not_changed() {
    let folder = TestFolder::new();
    let text = "Dear diary, this is certainly not a database. ".repeat(50);
    fs::write(folder.database(), &text).expect("written");
    for mode in [Mode::Create, Mode::ReadWrite, Mode::ReadOnly] {
        let opened = SqliteDatastore::open(folder.options().with_mode(mode)).await;
        let error = error_text(&opened.err().expect("refused"));
        assert!(
            error.contains("events.db` is not an SQLite database"),
            "{error}"
        );
    }
    assert_eq!(fs::read_to_string(folder.database()).expect("read"), text);
}

pub(crate) async fn a_damaged_file_is_reported_as_damaged() {
    let folder = TestFolder::new();
    let foreign = folder.foreign();
    drop(folder.store().await);
    foreign
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("moved to the file");
    drop(foreign);
    let mut bytes = fs::read(folder.database()).expect("read");
    // Overwrites all pages after the first, which holds the schema.
    bytes[4_096..].fill(0xAA);
    fs::write(folder.database(), bytes).expect("written");
    let store = folder.table(Table::stored_events()).await;
    let error = append(&store, item(1, 0)).await.expect_err("damaged");
    assert!(
        error_text(&error).contains("is damaged"),
        "{}",
        error_text(&error)
    );
    let error = store
        .records(RecordId::new(0), 5)
        .await
        .expect_err("damaged");
    assert!(
        error_text(&error).contains("is damaged"),
        "{}",
        error_text(&error)
    );
}

pub(crate) async fn a_path_to_a_missing_folder_is_reported_and_nothing_is_created() {
    let folder = TestFolder::new();
    let missing = folder.path("no/such/directory/events.db");
    for mode in [Mode::Create, Mode::ReadWrite, Mode::ReadOnly] {
        let opened = SqliteDatastore::open(SqliteOptions::file(&missing).with_mode(mode)).await;
        let error = error_text(&opened.err().expect("refused"));
        assert!(error.contains("no/such/directory/events.db"), "{error}");
    }
    for mode in [Mode::ReadWrite, Mode::ReadOnly] {
        let opened = SqliteDatastore::open(folder.options().with_mode(mode)).await;
        let error = error_text(&opened.err().expect("refused"));
        assert!(error.contains("events.db`"), "{error}");
    }
    let made = fs::read_dir(folder.path(".")).expect("a directory").count();
    assert_eq!(made, 0, "nothing is made");
}

pub(crate) async fn a_directory_is_refused() {
    let folder = TestFolder::new();
    fs::create_dir(folder.database()).expect("created");
    let error = error_text(
        &SqliteDatastore::open(folder.options())
            .await
            .err()
            .expect("refused"),
    );
    assert!(error.contains("events.db` cannot be opened"), "{error}");
}

pub(crate) async fn a_read_only_database_is_not_written() {
    let folder = TestFolder::new();
    append(&folder.store().await, item(1, 0))
        .await
        .expect("the append succeeds");
    let uri = format!("sqlite:{}?mode=ro", folder.database().display());
    let database = Driver::open(&uri).await.expect("opened");
    let store = database
        .record_manager(Table::stored_events())
        .await
        .expect("opened");
    store.setup().await.expect("the table is right");
    assert_eq!(count(&store, 1).await, 1);
    let refused = [
        append(&store, item(1, 1)).await.err(),
        store.truncate().await.err(),
        store.drop_table().await.err(),
        store
            .delete_record(item(1, 0).sequence_id, 0.into())
            .await
            .err(),
    ];
    for error in refused {
        let error = error_text(&error.expect("refused"));
        assert!(error.contains("read-only"), "{error}");
    }
    let absent = database
        .record_manager(Table::snapshots())
        .await
        .expect("opened");
    let error = absent.setup().await.expect_err("the folder is missing");
    assert!(matches!(error, RecordError::Schema { .. }), "{error:?}");
}

pub(crate) async fn a_text_that_is_too_large_fails_alone() {
    let connection = Connection::open_in_memory().expect("memory");
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, 5_000)
        .expect("set");
    let database = SqliteDatastore::from_connection(connection).expect("a database");
    let store = database
        .record_manager(Table::stored_events())
        .await
        .expect("opened");
    store.setup().await.expect("created");
    let mut appends = JoinSet::new();
    for n in 0..20_u128 {
        let (store, mut item): (Store, _) = (store.clone(), item(n, 0));
        if n % 4 == 0 {
            item.data = "x".repeat(10_000).into();
        }
        appends.spawn(async move { (n % 4 == 0, append(&store, item).await) });
    }
    let mut ids = Vec::new();
    while let Some(done) = appends.join_next().await {
        match done.expect("no panic") {
            (true, outcome) => assert!(
                matches!(outcome, Err(RecordError::Invalid { .. })),
                "{outcome:?}"
            ),
            (false, outcome) => ids.push(outcome.expect("the append succeeds")),
        }
    }
    ids.sort_unstable();
    assert!(ids.into_iter().eq(1..=15), "the large ones use no ids");
}

pub(crate) async fn several_callers_may_create_a_database_concurrently() {
    let folder = TestFolder::new();
    let mut openers = JoinSet::new();
    for n in 0..16 {
        let options = SqliteOptions::file(folder.database());
        openers.spawn(async move {
            let database = SqliteDatastore::open(options).await?;
            let store = database.record_manager(Table::stored_events()).await?;
            store.setup().await?;
            append(&store, item(n, 0)).await
        });
    }
    let mut ids = Vec::new();
    while let Some(id) = openers.join_next().await {
        ids.push(id.expect("no panic").expect("each is made or found"));
    }
    ids.sort_unstable();
    assert!(ids.into_iter().eq(1..=16));
}
