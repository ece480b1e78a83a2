//! Tests of the collections that Python stored.

use std::cmp::Ordering;

use es::json::{self, Value};
use es::store::Table;
use es::structures::Collection;
use es::{Aggregate, Error, EventStore, Repository, Version};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::database::{Database, described};

#[derive(Deserialize)]
struct Described {
    salt: String,
    aggregates: Vec<DescribedAggregate>,
}

#[derive(Deserialize)]
struct DescribedAggregate {
    id: Uuid,
    entity_topic: String,
    versions: Vec<DescribedVersion>,
}

#[derive(Deserialize)]
struct DescribedVersion {
    /// `None` if the events have no versions, as those of other entities.
    version: Option<u64>,
    head: Option<String>,
    discarded: bool,
    state: Option<String>,
}

/// Any JSON value, ordered by its text as the manifest orders a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Item(Value);

impl Eq for Item {}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        let text = |item: &Self| json::to_string(item).unwrap();
        text(self).cmp(&text(other))
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[tokio::test]
async fn python5_collections_replay_at_every_version() {
    let described: Described = described("plain.db");
    let database = Database::copy_of("plain.db").await;
    let store = database
        .store(Table::stored_events(), &described.salt)
        .await;
    let is_collection =
        |aggregate: &&DescribedAggregate| aggregate.entity_topic == Collection::<Item>::TOPIC;
    let mut versions = 0;
    for aggregate in described.aggregates.iter().filter(is_collection) {
        for version in &aggregate.versions {
            compare(&store, aggregate.id, version).await;
            versions += 1;
        }
    }
    assert!(versions > 0, "plain.db has a collection");
}

async fn compare(store: &EventStore, id: Uuid, version: &DescribedVersion) {
    let repository = Repository::new(store.clone());
    let at = Version::new(version.version.unwrap());
    let collection = match repository.get_at::<Collection<Item>>(id, at).await {
        Err(Error::NotFound { .. }) if version.discarded => return,
        found => found.unwrap(),
    };
    assert!(!version.discarded);
    assert_eq!(collection.version(), at);
    assert_eq!(collection.head(), version.head.as_deref().unwrap());
    let state = Value::parse(version.state.as_ref().unwrap()).unwrap();
    let items: Vec<_> = collection.items().iter().collect();
    assert_eq!(
        json::to_string(&items).unwrap(),
        state.get("_items").unwrap().to_string()
    );
}
