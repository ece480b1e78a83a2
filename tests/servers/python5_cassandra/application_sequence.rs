//! Cases of the application sequence, which Python reads as a big array of references to events.

use es::json::Value as Json;
use es::{Aggregate, Application, RecordId};
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::keyspace::Keyspace;
use crate::python5_domain::{SomethingHappened, World};

/// The number of references in a base array.
const ARRAY_SIZE: usize = 10_000;

/// Appends few events many times, concurrently.
pub async fn read(kind: &str) {
    let keyspace = Keyspace::empty(kind).await;
    let app = keyspace.positioned().await;
    let mut worlds = JoinSet::new();
    for _ in 0..20 {
        let app = app.clone();
        worlds.spawn(async move {
            let mut world = World::create(Json::Null).unwrap();
            for happened in 1..=10 {
                grow(&mut world, happened % 3);
                app.save(&mut world).await.unwrap();
            }
        });
    }
    worlds.join_all().await;
    compare(keyspace, &app, &["--all-versions", "--conflicts"]).await;
}

/// Appends more references than one base array holds.
pub async fn long(kind: &str) {
    let keyspace = Keyspace::empty(kind).await;
    let app = keyspace.positioned().await;
    for _ in 0..100 {
        let mut world = World::create(Json::Null).unwrap();
        grow(&mut world, ARRAY_SIZE / 100);
        app.save(&mut world).await.unwrap();
    }
    compare(keyspace, &app, &["--no-canonical"]).await;
}

fn grow(world: &mut World, events: usize) {
    for event in 0..=events {
        let what = Json::parse(&format!("[{event},\"\\u00e9\"]")).unwrap();
        world.trigger(SomethingHappened { what }).unwrap();
    }
}

/// Checks that Python finds in the array what followers see.
async fn compare(keyspace: Keyspace, app: &Application, more: &[&str]) {
    let mut ours = Vec::new();
    loop {
        let records = app.event_store().record_manager();
        let after = RecordId::new(ours.len() as u64);
        let page = records.records(after, 1_000).await.unwrap();
        if page.is_empty() {
            break;
        }
        for record in page {
            assert_eq!(record.id.get(), ours.len() as u64 + 1);
            let position = match record.item.position {
                es::Position::Integer(position) => position,
                other => panic!("{other}"),
            };
            ours.push((record.item.sequence_id.to_string(), position));
        }
    }
    app.close().await.unwrap();
    let root = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"stored_events");
    let spec = format!("{root}:{ARRAY_SIZE}");
    let mut arguments = vec!["--application-sequence", &spec];
    arguments.extend(more);
    let report = keyspace.read_by_python(&arguments);
    let array = &report["application_sequences"][0];
    assert_eq!(array["next_position"], ours.len());
    let theirs: Vec<_> = array["references"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reference: &Value| {
            let id = reference[0].as_str().unwrap().to_owned();
            (id, reference[1].as_i64().unwrap())
        })
        .collect();
    assert_eq!(theirs, ours);
    keyspace.drop().await;
}
