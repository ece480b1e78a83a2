//! Cases of tables and rows that Python creates on a server: they are read unchanged, and Python
//! accepts the appended rows.

mod servers;

use std::sync::Arc;

use es::json::Value;
use es::store::{Datastore, Driver, ItemQuery, RecordManager, SequencedItem, Table};
use es::{Aggregate, Application, RecordId};
use libtest_mimic::Trial;
use serde_json::Value as Manifest;
use servers::Server;

use crate::python5_domain::{SomethingHappened, World};
use crate::{python, vectors};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for server in Server::ALL.iter().copied() {
        let is_available = server.is_available() && std::env::var_os(python::VARIABLE).is_some();
        let mut add = |name: String, check: fn(Server, &str), file: &'static str| {
            let trial = Trial::test(name, move || {
                check(server, file);
                Ok(())
            });
            trials.push(trial.with_ignored_flag(!is_available));
        };
        for file in ["plain", "encrypted", "salted"] {
            let name =
                format!("python5_servers::{server:?}::{file}_events_are_replayed_and_appended_to");
            add(name, events, file);
        }
        for file in ["integer_sequenced", "timestamp_sequenced", "snapshots"] {
            let name = format!("python5_servers::{server:?}::{file}_rows_are_read_as_they_are");
            add(name, rows, file);
        }
    }
    trials
}

fn events(server: Server, file: &str) {
    run(async {
        let uri = copied(server, file).await;
        same_rows(&uri, file, &[Table::stored_events()]).await;
        let manifest = manifest(file);
        let app = open(&uri, &manifest).await;
        replay_and_append(&app, &manifest).await;
        app.close().await.expect("closed");
        check(
            &uri,
            &manifest,
            &["--all-versions", "--contiguous", "--conflicts"],
        );
    });
}

fn rows(server: Server, file: &str) {
    run(async {
        let uri = copied(server, file).await;
        let tables = match file {
            "integer_sequenced" => {
                vec![Table::integer_sequenced(), Table::integer_sequenced_no_id()]
            }
            "timestamp_sequenced" => vec![
                Table::timestamp_sequenced(),
                Table::timestamp_sequenced_no_id(),
            ],
            _ => vec![Table::stored_events(), Table::snapshots()],
        };
        same_rows(&uri, file, &tables).await;
        rewrite(&uri, &tables).await;
        same_rows(&uri, file, &tables).await;
        check(&uri, &manifest(file), &[]);
    });
}

fn run(check: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Runtime::new().expect("the runtime starts");
    runtime.block_on(check);
}

fn manifest(file: &str) -> Manifest {
    let text = std::fs::read_to_string(vectors::path("manifest.json")).expect("a manifest");
    let manifest: Manifest = serde_json::from_str(&text).expect("JSON");
    manifest["databases"][format!("{file}.db")].clone()
}

/// Creates a database into which Python copies a set of vectors.
async fn copied(server: Server, file: &str) -> String {
    let uri = server.new_database().await;
    let source = vectors::path(&format!("{file}.db"));
    python::run(
        &python::script("copy_to_server.py"),
        [source.as_os_str(), uri.as_ref()],
    );
    uri
}

async fn same_rows(uri: &str, file: &str, tables: &[Table]) {
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("vectors.db");
    std::fs::copy(vectors::path(&format!("{file}.db")), &path).expect("copied");
    let golden = database(&format!("sqlite:///{}", path.display())).await;
    let server = database(uri).await;
    for table in tables {
        let golden = golden
            .record_manager(table.clone())
            .await
            .expect("the table opens");
        let server = server
            .record_manager(table.clone())
            .await
            .expect("the table opens");
        server.setup().await.expect("the table fits");
        let all = all_items(&*golden).await;
        assert!(!all.is_empty());
        assert_eq!(all_items(&*server).await, all, "{}", table.name);
        if table.record_id.is_some() {
            let (after, limit) = (RecordId::new(0), 10_000);
            assert_eq!(
                server.records(after, limit).await.expect("read"),
                golden.records(after, limit).await.expect("read")
            );
        }
    }
}

async fn database(uri: &str) -> Arc<dyn Datastore> {
    Driver::open(uri).await.expect("opened")
}

async fn all_items(records: &dyn RecordManager) -> Vec<SequencedItem> {
    let mut items = Vec::new();
    for id in records.sequence_ids(None, 10_000).await.expect("read") {
        items.extend(records.items(ItemQuery::new(id)).await.expect("read"));
    }
    items
}

/// Deletes all rows and appends them again, each sequence as one list.
async fn rewrite(uri: &str, tables: &[Table]) {
    let server = database(uri).await;
    for table in tables {
        let records = server
            .record_manager(table.clone())
            .await
            .expect("the table opens");
        let items = match table.record_id {
            Some(_) => {
                let all = records.records(RecordId::new(0), 10_000).await;
                all.expect("read")
                    .into_iter()
                    .map(|record| record.item)
                    .collect()
            }
            None => all_items(&*records).await,
        };
        records.truncate().await.expect("emptied");
        records.append(items.into()).await.expect("appended");
    }
}

async fn open(uri: &str, manifest: &Manifest) -> Application {
    let mut builder = Application::builder()
        .uri(uri)
        .salt(manifest["salt"].as_str().expect("a salt"));
    if let Some(file) = manifest["cipher_key_file"].as_str() {
        let key = std::fs::read_to_string(vectors::path(file)).expect("a key");
        builder = builder.cipher_key(key.trim());
    }
    builder.open().await.expect("opened")
}

/// Compares every head with Python's, continues the stored worlds and adds a new one.
async fn replay_and_append(app: &Application, manifest: &Manifest) {
    let aggregates = manifest["aggregates"].as_array().expect("a list");
    let mut replayed = 0;
    for aggregate in aggregates {
        let id = aggregate["id"]
            .as_str()
            .expect("an id")
            .parse()
            .expect("an id");
        app.event_store().verify(id).await.expect("not damaged");
        let is_discarded = aggregate["versions"]
            .as_array()
            .and_then(|versions| versions.last())
            .is_none_or(|version| version["discarded"] == true);
        if aggregate["entity_topic"] != World::TOPIC || is_discarded {
            continue;
        }
        let mut world: World = app.get(id).await.expect("replayed");
        assert_eq!(Some(&*world.head().to_string()), aggregate["head"].as_str());
        happen(&mut world);
        app.save(&mut world).await.expect("saved");
        replayed += 1;
    }
    assert!(replayed > 0);
    let mut world = World::create(Value::String("Rust".to_owned())).expect("created");
    happen(&mut world);
    app.save(&mut world).await.expect("saved");
}

fn happen(world: &mut World) {
    let what = Value::parse(r#"{"in":["Rust",1e16,-0.0,"\u00e9"]}"#).expect("JSON");
    world
        .trigger(SomethingHappened { what })
        .expect("triggered");
    world.set_ruler(Value::Null).expect("triggered");
}

/// Lets Python check the whole database.
fn check(uri: &str, manifest: &Manifest, options: &[&str]) {
    let modules = python::modules();
    let salt = manifest["salt"].as_str().unwrap_or_default();
    let key_file = manifest["cipher_key_file"].as_str();
    let key_file = key_file.map(|file| vectors::path(file).display().to_string());
    let mut arguments = vec!["--modules", &modules, "--salt", salt];
    arguments.extend(options);
    if let Some(file) = &key_file {
        arguments.extend(["--key-file", file]);
    }
    python::check(uri, &arguments);
}
