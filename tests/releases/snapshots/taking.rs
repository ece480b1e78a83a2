//! Tests of taking snapshots and of loading from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use es::domain::Snapshot;
use es::store::Table;
use es::{Aggregate, Application, Error, Version, aggregate};

use super::account::Account;
use super::{Tables, account, table};

#[tokio::test]
async fn a_snapshot_is_taken_after_the_configured_number_of_events() {
    let tables = Tables::every(4).await;
    let account = account(&tables.app, 10).await;
    assert_eq!(tables.versions(account.id()).await, [3, 7]);
    let latest = tables.app.get_snapshot(account.id(), ..).await.unwrap();
    let latest = latest.unwrap();
    assert_eq!(latest.originator_version(), 7);
    assert_eq!(latest.aggregate_topic(), &"bank#Account");
}

#[tokio::test]
async fn a_snapshot_of_a_list_is_taken_at_its_last_event() {
    let tables = Tables::every(4).await;
    let mut account = Account::create("Ann", 100).unwrap();
    (1..6).for_each(|amount| account.pay(amount));
    tables.app.save(&mut account).await.unwrap();
    account.pay(1);
    tables.app.save(&mut account).await.unwrap();
    assert_eq!(tables.versions(account.id()).await, [5]);
    account.pay(1);
    tables.app.save(&mut account).await.unwrap();
    assert_eq!(tables.versions(account.id()).await, [5, 7]);
}

#[tokio::test]
async fn an_aggregate_is_loaded_from_the_closest_snapshot_below_the_version() {
    let tables = Tables::every(4).await;
    let whole = account(&tables.app, 10).await;
    let id = whole.id();
    let mut replayed = Vec::new();
    for version in 0..10 {
        let at = Version::new(version);
        replayed.push(tables.app.get_at::<Account>(id, at).await.unwrap());
    }
    tables.forget_before(id, 3).await;
    let copy: Account = tables.app.get(id).await.unwrap();
    assert_eq!(copy, whole);
    assert_eq!(copy.created_on(), whole.created_on());
    assert_eq!(copy.last_modified(), whole.last_modified());
    for version in 3..10 {
        let at = Version::new(version);
        let then: Account = tables.app.get_at(id, at).await.unwrap();
        assert_eq!(then, replayed[usize::try_from(version).unwrap()]);
    }
    assert!(tables.app.get_at::<Account>(id, 2).await.is_err());
    let any = tables.app.get_any(id).await;
    assert!(any.is_err(), "its type stands in the first event");
}

#[aggregate(snapshot)]
#[derive(Debug, PartialEq)]
pub struct Tally {
    #[attribute(default)]
    count: u64,
}

#[tokio::test]
async fn an_aggregate_of_any_type_is_loaded_from_a_snapshot() {
    let tables = Tables::every(4).await;
    let mut tally = Tally::create().unwrap();
    (1..6).for_each(|count| tally.set_count(count).unwrap());
    tables.app.save(&mut tally).await.unwrap();
    for position in 1..5 {
        let gone = tables.events.delete_record(tally.id(), position.into());
        assert!(gone.await.unwrap());
    }
    let any = tables.app.get_any(tally.id()).await.unwrap();
    assert_eq!(any.downcast_ref::<Tally>(), Some(&tally));
}

#[tokio::test]
async fn an_aggregate_that_was_loaded_from_a_snapshot_can_be_saved() {
    let tables = Tables::every(4).await;
    let id = account(&tables.app, 6).await.id();
    let mut copy: Account = tables.app.get(id).await.unwrap();
    copy.pay(5);
    copy.set_limit(7).unwrap();
    tables.app.save(&mut copy).await.unwrap();
    let plain = Application::builder()
        .allow_shared_topics()
        .store(tables.events.clone());
    let replayed: Account = plain.open().await.unwrap().get(id).await.unwrap();
    assert_eq!(replayed, copy);
}

#[tokio::test]
async fn a_requested_snapshot_is_taken_once() {
    let tables = Tables::with(es::application::ApplicationBuilder::snapshots).await;
    let id = account(&tables.app, 6).await.id();
    assert!(tables.app.get_snapshot(id, ..).await.unwrap().is_none());
    let taken = async |snapshot: es::Result<Option<Snapshot>>| {
        snapshot
            .unwrap()
            .map(|taken| taken.originator_version().get())
    };
    assert_eq!(
        taken(tables.app.take_snapshot::<Account>(id, ..=2).await).await,
        Some(2)
    );
    assert_eq!(
        taken(tables.app.take_snapshot::<Account>(id, ..2).await).await,
        Some(1)
    );
    assert_eq!(
        taken(tables.app.take_snapshot::<Account>(id, ..).await).await,
        Some(5)
    );
    assert_eq!(
        taken(tables.app.take_snapshot::<Account>(id, ..=99).await).await,
        Some(5)
    );
    assert_eq!(
        taken(tables.app.take_snapshot::<Account>(id, ..0).await).await,
        None
    );
    assert_eq!(tables.versions(id).await, [1, 2, 5]);
    for (up_to, found) in [(6, Some(5)), (5, Some(2)), (2, Some(1)), (1, None)] {
        assert_eq!(
            taken(tables.app.get_snapshot(id, ..up_to).await).await,
            found
        );
    }
    let nobody = uuid::Uuid::nil();
    assert!(
        tables
            .app
            .take_snapshot::<Account>(nobody, ..)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_discarded_aggregate_has_a_snapshot_without_state() {
    let tables = Tables::every(4).await;
    let mut account = account(&tables.app, 7).await;
    let id = account.id();
    account.discard().unwrap();
    tables.app.save(&mut account).await.unwrap();
    let snapshot = tables.app.get_snapshot(id, ..).await.unwrap().unwrap();
    assert_eq!(snapshot.originator_version(), 7);
    assert_eq!(
        (snapshot.state(), snapshot.aggregate_topic().as_str()),
        (None, "builtins#NoneType")
    );
    let found = tables.app.get::<Account>(id).await;
    assert!(matches!(found, Err(Error::NotFound { .. })));
    let before: Account = tables.app.get_at(id, 6).await.unwrap();
    assert_eq!(before.version(), 6);
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_taken_fails_no_save() {
    let errors = Arc::new(AtomicUsize::new(0));
    let counted = errors.clone();
    let tables = Tables::with(|builder| {
        builder.snapshot_every(2).on_subscriber_error(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        })
    })
    .await;
    tables.snapshots.close().await.unwrap();
    let account = Account::create("Ann", 0).unwrap();
    let mut account = account;
    account.pay(1);
    tables.app.save(&mut account).await.unwrap();
    assert!(account.pending_events().is_empty());
    assert_eq!(errors.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn invalid_settings_are_refused() {
    let refused = |builder: es::application::ApplicationBuilder| async {
        matches!(
            builder.open().await,
            Err(Error::InvalidSetting {
                setting: "snapshots",
                ..
            })
        )
    };
    assert!(
        refused(
            Application::builder()
                .allow_shared_topics()
                .uri("memory:")
                .snapshot_every(0)
        )
        .await
    );
    let by_hand = Application::builder()
        .allow_shared_topics()
        .store(table(Table::stored_events()));
    assert!(refused(by_hand.snapshots()).await);
    let none = Application::builder()
        .allow_shared_topics()
        .uri("memory:")
        .open()
        .await
        .unwrap();
    let asked = none.take_snapshot::<Account>(uuid::Uuid::nil(), ..).await;
    assert!(matches!(asked, Err(Error::InvalidSetting { .. })));
}

#[tokio::test]
async fn snapshots_are_in_a_table_of_the_same_database() {
    let app = Application::builder()
        .allow_shared_topics()
        .uri("sqlite::memory:")
        .snapshot_every(3)
        .open()
        .await
        .unwrap();
    let whole = account(&app, 7).await;
    let snapshot = app.get_snapshot(whole.id(), ..).await.unwrap().unwrap();
    assert_eq!(snapshot.originator_version(), 5);
    assert_eq!(app.get::<Account>(whole.id()).await.unwrap(), whole);
    app.close().await.unwrap();
}

#[tokio::test]
async fn a_snapshot_is_taken_after_the_commit_of_a_callers_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.db");
    let open = || async {
        let uri = format!("sqlite:///{}", file.display());
        let builder = Application::builder()
            .allow_shared_topics()
            .uri(uri)
            .snapshot_every(3);
        builder.open().await.unwrap()
    };
    let app = open().await;
    let mut account = Account::create("Ann", 0).unwrap();
    account.pay(1);
    account.pay(2);
    let mut connection = es::sqlite::rusqlite::Connection::open(&file).unwrap();
    let mut transaction = connection.transaction().unwrap();
    let staged = es::sqlite::save_in(&app, &mut transaction, &mut account).unwrap();
    transaction.commit().unwrap();
    staged.committed();
    // Waits for the snapshot.
    app.close().await.unwrap();

    let app = open().await;
    let snapshot = app.get_snapshot(account.id(), ..).await.unwrap().unwrap();
    assert_eq!(snapshot.originator_version(), 2);
}
