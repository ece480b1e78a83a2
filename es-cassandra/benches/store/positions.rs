//! Appends of one event with a record id.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use es_core::domain::Salt;
use es_core::event_store::{EventStore, Mapper};
use es_store::kit::OpenTable;
use es_store::{RecordError, RecordId, RecordManager, Table, TableAdministration};
use es_structures::application_sequence::{PositionIndex, PositionedRecords, Positions};
use es_structures::{BigArray, Reference};
use uuid::Uuid;

use crate::keyspace::{Keyspace, item};
use crate::peers::GroupCommit;
use crate::rate::{ROUNDS, Rounds, rate, warm_up};

pub(crate) async fn run(keyspace: &Keyspace) {
    let table = Table::stored_events();
    let records = keyspace.positioned(&table).await;
    let ours = appending(records.clone());
    let without_index = appending(without_index(keyspace).await);
    let peer = Arc::new(GroupCommit::into(keyspace).await);
    let theirs = move || {
        let peer = peer.clone();
        async move { peer.append(&item(Uuid::now_v7(), 0)).await }
    };
    warm_up(64, theirs.clone()).await;
    warm_up(64, ours.clone()).await;
    for callers in [1, 8, 64] {
        let (mut complete, mut without) = (Rounds::default(), Rounds::default());
        for _ in 0..ROUNDS {
            let theirs = rate(callers, theirs.clone()).await;
            complete.push(rate(callers, ours.clone()).await, theirs);
            without.push(rate(callers, without_index.clone()).await, theirs);
        }
        let name = format!("appends with record ids of {callers} callers");
        complete.print(&name, "a group commit by hand", None);
        let name = format!("appends without an index of positions of {callers} callers");
        without.print(&name, "a group commit by hand", None);
    }
    let mut followed = Rounds::default();
    for _ in 0..ROUNDS {
        let alone = rate(64, ours.clone()).await;
        let reading = tokio::spawn(follow(records.clone()));
        followed.push(rate(64, ours.clone()).await, alone);
        reading.abort();
    }
    followed.print(
        "appends of 64 callers with a follower",
        "those without one",
        None,
    );
    let records = keyspace.positioned(&table).await;
    check(&records).await;
}

/// Follows the appends.
async fn follow(records: Arc<PositionedRecords>) {
    let mut after = records.max_record_id().await.expect("read");
    loop {
        let page = records.records(after, 1_000).await.expect("read");
        match page.last() {
            Some(last) => after = last.id,
            None => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
        }
    }
}

/// Reads all record ids from 1 on.
async fn check(records: &PositionedRecords) {
    let max = records.max_record_id().await.expect("read").get();
    let mut seen = 0;
    while seen < max.min(20_000) {
        let page = records.records(RecordId::new(seen), 1_000).await;
        for record in page.expect("read") {
            seen += 1;
            assert_eq!(record.id.get(), seen, "without a hole");
        }
    }
}

pub(crate) fn appending(
    records: Arc<PositionedRecords>,
) -> impl Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync + Clone + 'static
{
    move || {
        let records = records.clone();
        Box::pin(async move {
            let appended = records.append(vec![item(Uuid::now_v7(), 0)].into()).await;
            appended.expect("the append succeeds");
        })
    }
}

/// Opens record ids over another array, without entries in an index.
async fn without_index(keyspace: &Keyspace) -> Arc<PositionedRecords> {
    let datastore = keyspace.open().await;
    let table = Table::stored_events().named("bare_events");
    let events = datastore.table(table.clone()).expect("the table opens");
    let items = datastore.table(Table::integer_sequenced());
    let store = EventStore::new(items.expect("the table opens"), Mapper::new(), Salt::none());
    let size = 10_000.try_into().expect("not 0");
    let positions = Positions::new(
        BigArray::new(store, Uuid::new_v4(), size),
        Arc::new(FloorOnly::default()),
    );
    let records = PositionedRecords::new(Arc::new(OpenTable::new(table)), events, positions);
    let records = records.expect("the table has integer positions");
    records.setup().await.expect("the table is created");
    Arc::new(records)
}

/// An index that keeps only its floor.
#[derive(Default)]
struct FloorOnly(AtomicU64);

#[async_trait]
impl PositionIndex for FloorOnly {
    async fn insert(&self, _: &[(Reference, u64)]) -> Result<(), RecordError> {
        Ok(())
    }

    async fn find(&self, _: Reference) -> Result<Option<u64>, RecordError> {
        Ok(None)
    }

    async fn last_versions(&self, _: &[Uuid]) -> Result<HashMap<Uuid, i64>, RecordError> {
        Ok(HashMap::new())
    }

    async fn remove(&self, _: Reference, _: u64) -> Result<(), RecordError> {
        Ok(())
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        Ok(self.0.load(Ordering::Relaxed))
    }

    async fn raise_floor(&self, floor: u64) -> Result<(), RecordError> {
        self.0.store(floor, Ordering::Relaxed);
        Ok(())
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        Ok(())
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        Ok(())
    }
}
