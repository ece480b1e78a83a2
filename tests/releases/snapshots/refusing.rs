//! Tests of useless snapshots, which are ignored, and of contradictory ones, which are errors.

use es::error::{Damage, IntegrityError};
use es::{Aggregate, Error};

use super::account::{Account, older};
use super::{Tables, account};

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn damage(found: es::Result<Account>) -> Damage {
    match found {
        Err(Error::Integrity(IntegrityError { damage, .. })) => damage,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_snapshot_of_another_shape_is_ignored_and_replaced() {
    let tables = Tables::every(4).await;
    let whole = account(&tables.app, 6).await;
    let id = whole.id();
    tables
        .replace(id, |text| text.replace("\"_last\":[1,2,3],", ""))
        .await;
    assert_eq!(tables.app.get::<Account>(id).await.unwrap(), whole);
    let taken = tables.app.take_snapshot::<Account>(id, ..=3).await;
    assert!(
        taken
            .unwrap()
            .unwrap()
            .state()
            .unwrap()
            .contains("\"_last\":[1,2,3]")
    );
    tables.forget_before(id, 3).await;
    assert_eq!(tables.app.get::<Account>(id).await.unwrap(), whole);
}

#[tokio::test]
async fn an_older_program_reads_the_fields_that_it_knows() {
    let tables = Tables::every(4).await;
    let id = account(&tables.app, 6).await.id();
    tables.forget_before(id, 3).await;
    let older: older::Account = tables.app.get(id).await.unwrap();
    assert_eq!((older.owner.as_str(), older.balance), ("Ann", 15));
}

#[tokio::test]
async fn invalid_snapshots_are_ignored() {
    let tables = Tables::every(4).await;
    let whole = account(&tables.app, 6).await;
    let id = whole.id();
    let good = tables.snapshot(id).await.data;
    for (from, to) in [
        ("bank#Account", "bank#Other"),
        ("\"state\":{", "\"stat\":{"),
        ("\"___version__\":3,", ""),
        ("\"___created_on__\"", "\"___created__\""),
        ("\"_balance\":6", "\"_balance\":\"six\""),
        ("\"_balance\":6", "\"_balance\":NaN"),
        ("\"originator_version\":3", "\"originator_version\":\"3\""),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        tables.replace(id, |_| good.replace(from, to)).await;
        assert_eq!(tables.app.get::<Account>(id).await.unwrap(), whole, "{to}");
    }
}

#[tokio::test]
async fn a_snapshot_that_contradicts_the_events_is_an_error() {
    let tables = Tables::every(4).await;
    let id = account(&tables.app, 6).await.id();
    let good = tables.snapshot(id).await.data;
    let head = good.split_once("\"__head__\":\"").unwrap().1[..64].to_owned();
    let other = "0".repeat(64);
    for (from, to) in [
        (head.as_str(), other.as_str()),
        ("\"___version__\":3,", "\"___version__\":4,"),
    ] {
        tables.replace(id, |_| good.replace(from, to)).await;
        let damage = damage(tables.app.get(id).await);
        assert!(matches!(damage, Damage::Snapshot), "{to}: {damage}");
    }
    tables
        .replace(id, |_| good.replace(&id.simple().to_string(), &other[..32]))
        .await;
    assert!(matches!(
        damage(tables.app.get(id).await),
        Damage::OriginatorId
    ));
    tables.replace(id, |_| good[1..].to_owned()).await;
    assert!(matches!(
        damage(tables.app.get(id).await),
        Damage::Malformed(_)
    ));
}

#[tokio::test]
async fn a_snapshot_of_missing_events_is_an_error() {
    let tables = Tables::every(4).await;
    let id = account(&tables.app, 4).await.id();
    let last = tables.events.delete_record(id, 3.into());
    assert!(last.await.unwrap());
    assert!(matches!(damage(tables.app.get(id).await), Damage::Snapshot));
}

#[tokio::test]
async fn a_snapshot_without_state_of_an_existing_aggregate_is_damage() {
    let tables = Tables::every(4).await;
    let whole = account(&tables.app, 6).await;
    let id = whole.id();
    let nothing = |text: &str| {
        let (before, rest) = text.split_once("\"state\":").unwrap();
        let (_, after) = rest.rsplit_once(",\"timestamp\"").unwrap();
        format!("{before}\"state\":null,\"timestamp\"{after}")
    };
    tables.replace(id, nothing).await;
    assert!(matches!(damage(tables.app.get(id).await), Damage::Snapshot));
}

#[tokio::test]
async fn with_a_key_snapshots_are_encrypted_and_plain_ones_are_ignored() {
    let tables = Tables::with(|builder| {
        builder
            .snapshot_every(4)
            .cipher_key(KEY)
            .encrypt_only(|topic| topic.as_str().starts_with("bank#"))
    })
    .await;
    let whole = account(&tables.app, 6).await;
    let id = whole.id();
    assert!(!tables.snapshot(id).await.data.contains("Ann"));
    let snapshot = tables.app.get_snapshot(id, ..).await.unwrap().unwrap();
    assert_eq!(tables.app.get::<Account>(id).await.unwrap(), whole);

    let state = snapshot
        .state()
        .unwrap()
        .replace("\"_balance\":6", "\"_balance\":1000006");
    let text = format!(
        r#"{{"originator_id":{{"UUID":"{}"}},"originator_version":3,"state":{state},"timestamp":{{"__decimal__":"{}"}},"topic":"bank#Account"}}"#,
        id.simple(),
        snapshot.timestamp(),
    );
    tables.replace(id, |_| text).await;
    assert_eq!(tables.app.get::<Account>(id).await.unwrap(), whole);
    let trusting = |builder: es::application::ApplicationBuilder| {
        builder.cipher_key(KEY).plain_text_snapshots()
    };
    let app = tables.reopened(trusting).await;
    assert_eq!(
        app.get::<Account>(id).await.unwrap().balance,
        whole.balance + 1_000_000
    );

    tables.replace(id, |_| "A".repeat(64)).await;
    assert!(matches!(
        damage(tables.app.get(id).await),
        Damage::Cipher(_)
    ));
}
