//! Appends by the store of this crate.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es_sqlite::{SqliteDatastore, SqliteOptions};
use es_store::{Datastore, RecordId, RecordManager, Table};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::event;

pub(crate) fn append(runtime: &Runtime, path: &Path, callers: usize, n: usize) -> Duration {
    runtime.block_on(async {
        let store = open(path).await;
        let start = Instant::now();
        let mut calls = JoinSet::new();
        for caller in 0..callers {
            let (store, share) = (
                store.clone(),
                n / callers + usize::from(caller < n % callers),
            );
            calls.spawn(async move {
                let id = Uuid::now_v7();
                for n in 0..share {
                    store
                        .append(vec![event(id, n)].into())
                        .await
                        .expect("the append succeeds");
                }
            });
        }
        calls.join_all().await;
        let time = start.elapsed();
        assert_eq!(
            store.max_record_id().await.expect("read"),
            RecordId::new(n as u64)
        );
        time
    })
}

pub(crate) async fn open(path: &Path) -> Arc<dyn RecordManager> {
    let database = SqliteDatastore::open(SqliteOptions::file(path))
        .await
        .expect("opened");
    let store = database
        .record_manager(Table::stored_events())
        .await
        .expect("opened");
    store.setup().await.expect("created");
    store
}
