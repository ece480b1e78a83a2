//! Tests of snapshots.

mod account;
mod refusing;
mod taking;

use std::sync::Arc;

use account::Account;
use es::store::{ItemQuery, MemoryRecordManager, RecordManager, SequencedItem, Table};
use es::{Aggregate, Application, Position};
use uuid::Uuid;

/// An application over two tables in memory.
struct Tables {
    app: Application,
    events: Arc<dyn RecordManager>,
    snapshots: Arc<dyn RecordManager>,
}

impl Tables {
    async fn every(events: u64) -> Self {
        Self::with(|builder| builder.snapshot_every(events)).await
    }

    async fn with(
        settings: impl FnOnce(
            es::application::ApplicationBuilder,
        ) -> es::application::ApplicationBuilder,
    ) -> Self {
        let events = table(Table::stored_events());
        let snapshots = table(Table::snapshots());
        let builder = Application::builder()
            .allow_shared_topics()
            .store(events.clone())
            .snapshot_store(snapshots.clone());
        Self {
            app: settings(builder).open().await.unwrap(),
            events,
            snapshots,
        }
    }

    /// Opens the same tables with other settings.
    async fn reopened(
        &self,
        settings: impl FnOnce(
            es::application::ApplicationBuilder,
        ) -> es::application::ApplicationBuilder,
    ) -> Application {
        let builder = Application::builder()
            .allow_shared_topics()
            .store(self.events.clone())
            .snapshot_store(self.snapshots.clone());
        settings(builder).open().await.unwrap()
    }

    async fn versions(&self, id: Uuid) -> Vec<i64> {
        let items = self.snapshots.items(ItemQuery::new(id)).await.unwrap();
        items
            .into_iter()
            .map(|item| number(item.position))
            .collect()
    }

    async fn snapshot(&self, id: Uuid) -> SequencedItem {
        let mut items = self.snapshots.items(ItemQuery::new(id)).await.unwrap();
        items.pop().unwrap()
    }

    /// Replaces the text of the last snapshot.
    async fn replace(&self, id: Uuid, change: impl FnOnce(&str) -> String) {
        let mut item = self.snapshot(id).await;
        self.snapshots
            .delete_record(id, item.position)
            .await
            .unwrap();
        item.data = change(&item.data).into();
        self.snapshots.append(vec![item].into()).await.unwrap();
    }

    /// Deletes all events before a version, so that loading needs a snapshot.
    async fn forget_before(&self, id: Uuid, version: i64) {
        for position in 0..version {
            let gone = self.events.delete_record(id, position.into()).await;
            assert!(gone.unwrap());
        }
    }
}

fn table(table: Table) -> Arc<dyn RecordManager> {
    Arc::new(MemoryRecordManager::new(table))
}

fn number(position: Position) -> i64 {
    match position {
        Position::Integer(number) => number,
        _ => panic!("a version"),
    }
}

/// Creates an account with that many events, each saved separately.
async fn account(app: &Application, events: i64) -> Account {
    let mut account = Account::create("Ann", 100).unwrap();
    app.save(&mut account).await.unwrap();
    for amount in 1..events {
        account.pay(amount);
        app.save(&mut account).await.unwrap();
    }
    assert_eq!(account.version(), u64::try_from(events - 1).unwrap());
    account
}
