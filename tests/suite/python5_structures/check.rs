//! Tests that Python accepts the structures that this library writes.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use es::json::{Tagged, Value};
use es::store::Table;
use es::structures::{Array, BigArray, BucketSize, Collection, LogMessages, TimeBucketedLog};
use es::{Aggregate, Application};
use uuid::Uuid;

use super::database::{Database, described};
use crate::python;

const SALT: &str = "söme \"salt\"";

/// Lets Python read a whole database; `arguments` are those of `check_python.py`.
fn check(database: &Path, arguments: &[&str]) {
    let mut all = vec!["--all-versions", "--contiguous", "--conflicts"];
    all.extend(arguments);
    python::check(database, &all);
}

fn size(size: u32) -> NonZeroU32 {
    NonZeroU32::new(size).unwrap()
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_big_arrays() {
    let database = Database::new().await;
    let store = database.store(Table::stored_events(), SALT).await;
    let mut arguments = vec!["--salt".to_owned(), SALT.to_owned()];
    for (array_size, items) in [(3_u32, 27_u32), (10, 1_010), (100, 120), (1_000, 5)] {
        let array = BigArray::<Value>::new(store.clone(), Uuid::new_v4(), size(array_size));
        for number in 0..items {
            let item = match number % 3 {
                0 => Value::String(format!("item {number} é")),
                1 => Value::parse(&format!("[{number},1e16,null]")).unwrap(),
                _ => Value::parse("{\"a\":{\"__decimal__\":\"5.1E+10\"}}").unwrap(),
            };
            array.append(item).await.unwrap();
        }
        arguments.extend([
            "--big-array".to_owned(),
            format!("{}:{array_size}", array.tree().root_id()),
        ]);
    }
    let array = Array::<Tagged<Uuid>>::new(store, Uuid::new_v4(), size(7));
    array.assign(5, Tagged(Uuid::new_v4())).await.unwrap();
    array.append(Tagged(Uuid::new_v4())).await.unwrap();
    database.datastore.close().await.unwrap();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    check(&database.path, &arguments);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_appends_to_its_big_array() {
    let of_python: BTreeMap<String, Value> = described("bigarray.db");
    let text = |key: &str| of_python[key].as_str().unwrap().to_owned();
    let array_size: u32 = of_python["array_size"].to_string().parse().unwrap();
    let database = Database::copy_of("bigarray.db").await;
    let store = database.store(Table::stored_events(), &text("salt")).await;
    let root: Uuid = text("root_id").parse().unwrap();
    let array = BigArray::<Value>::new(store, root, size(array_size));
    for number in 0..800 {
        array
            .append(Value::String(number.to_string()))
            .await
            .unwrap();
    }
    database.datastore.close().await.unwrap();
    let array = format!("{root}:{array_size}");
    check(
        &database.path,
        &["--salt", &text("salt"), "--big-array", &array],
    );
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_collections() {
    let database = Database::new().await;
    let store = database.store(Table::stored_events(), SALT).await;
    let app = Application::builder()
        .store(store.record_manager().clone())
        .salt(SALT);
    let app = app.open().await.unwrap();
    let mut names = Collection::create().unwrap();
    for name in ["Ann", "Bob", "Çid", "Bob"] {
        names.add(name.to_owned()).unwrap();
    }
    names.remove(&"Bob".to_owned()).unwrap();
    app.save(&mut names).await.unwrap();
    let mut numbers = Collection::<i64>::create().unwrap();
    numbers.add(-7).unwrap();
    app.save(&mut numbers).await.unwrap();
    numbers.discard().unwrap();
    app.save(&mut numbers).await.unwrap();
    let mut ids = Collection::create().unwrap();
    ids.add(Tagged(Uuid::new_v4())).unwrap();
    app.save(&mut ids).await.unwrap();
    app.close().await.unwrap();
    database.datastore.close().await.unwrap();
    check(&database.path, &["--salt", SALT]);
}

#[tokio::test]
#[ignore = "needs a Python with the library"]
async fn python5_accepts_our_time_bucketed_logs() {
    let database = Database::new().await;
    let entities = database.store(Table::integer_sequenced(), SALT).await;
    let app = Application::builder()
        .store(entities.record_manager().clone())
        .salt(SALT);
    let app = app.open().await.unwrap();
    let store = database
        .store(Table::timestamp_sequenced_no_id(), SALT)
        .await;
    for size in [BucketSize::Year, BucketSize::Day, BucketSize::Second] {
        let mut log = TimeBucketedLog::start(Uuid::new_v4(), size).unwrap();
        app.save(&mut log).await.unwrap();
        let messages = LogMessages::new(&log, store.clone()).unwrap();
        for number in 0..20 {
            messages
                .append(format!("message {number} \u{0} \u{1f680}"))
                .await
                .unwrap();
        }
        if size == BucketSize::Day {
            log.discard().unwrap();
            app.save(&mut log).await.unwrap();
        }
    }
    app.close().await.unwrap();
    database.datastore.close().await.unwrap();
    check(&database.path, &["--salt", SALT]);
}
