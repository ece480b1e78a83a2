//! Cases of the snapshots that Python took.

use es::domain::{Snapshot, Snapshotted};
use es::{Aggregate, Application, Error, Version};
use serde_json::Value;
use uuid::Uuid;

use super::keyspace::Keyspace;
use super::vectors::list;
use crate::python5_domain::{Example, Ledger, World};

/// Snapshots are found by the same bounds, and loading through them gives Python's versions.
pub async fn found(store: &str) {
    let keyspace = Keyspace::loaded(store).await;
    let app = keyspace.application().await;
    let mut looked_up = 0;
    for lookup in list(&keyspace.described, "lookups") {
        let id: Uuid = lookup["id"].as_str().unwrap().parse().unwrap();
        let at = lookup["v"].as_i64().unwrap();
        let before = version(app.get_snapshot(id, ..at).await);
        assert_eq!(before, lookup["lt"].as_i64(), "{lookup}");
        let until = version(app.get_snapshot(id, ..=at).await);
        assert_eq!(until, lookup["lte"].as_i64(), "{lookup}");
        let expected = lookup["entity_at_v_version"].as_i64();
        let of_id = |aggregate: &&Value| aggregate["id"] == lookup["id"];
        let aggregate = list(&keyspace.described, "aggregates").iter().find(of_id);
        match aggregate.unwrap()["entity_topic"].as_str().unwrap() {
            World::TOPIC => assert_eq!(at_version::<World>(&app, id, at).await, expected),
            Ledger::TOPIC => assert_eq!(at_version::<Ledger>(&app, id, at).await, expected),
            Example::TOPIC => assert_eq!(at_version::<Example>(&app, id, at).await, expected),
            _ => continue,
        }
        looked_up += 1;
    }
    assert!(looked_up > 50, "{looked_up} looked up");
    for stored in list(&keyspace.described, "snapshots") {
        let id = stored["sequence_id"].as_str().unwrap().parse().unwrap();
        let at = stored["position"].as_i64().unwrap();
        let found = app.get_snapshot(id, ..=at).await.unwrap().unwrap();
        assert_eq!(
            Some(found.aggregate_topic().as_str()),
            stored["entity_topic"].as_str()
        );
        assert_eq!(found.state(), stored["state"].as_str());
    }
    keyspace.drop().await;
}

fn version(found: es::Result<Option<Snapshot>>) -> Option<i64> {
    let found = found.unwrap()?;
    i64::try_from(found.originator_version().get()).ok()
}

/// Returns the version of the aggregate up to a version: `None` before the first and after the
/// discarding.
async fn at_version<A: Snapshotted>(app: &Application, id: Uuid, at: i64) -> Option<i64> {
    let at = u64::try_from(at).ok()?;
    match app.get_at::<A>(id, Version::new(at)).await {
        Err(Error::NotFound { .. }) => None,
        found => i64::try_from(found.unwrap().version().get()).ok(),
    }
}
