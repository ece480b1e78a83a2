use std::sync::Arc;

use es_core::infrastructure::{Datastore, RecordManager, Table};
use es_postgres::{PostgresDatastore, PostgresOptions};
use tokio::runtime::Runtime;

use crate::server::{Schema, item, rate};

pub(crate) fn append(runtime: &Runtime, schema: &Schema, callers: usize) -> f64 {
    runtime.block_on(async {
        let events = open(schema).await;
        let appending = events.clone();
        let count = rate(callers, move || {
            let events = appending.clone();
            async move {
                events.append(vec![item()]).await.expect("kept");
            }
        })
        .await;
        let max = events.max_record_id().await.expect("read").get();
        assert_eq!(max, count.kept, "what was kept is there, without a hole");
        events.close().await.expect("closed");
        count.per_second()
    })
}

pub(crate) async fn open(schema: &Schema) -> Arc<dyn RecordManager> {
    let options = PostgresOptions::new(schema.config());
    let database = PostgresDatastore::open(options).await.expect("opened");
    let events = database.record_manager(Table::stored_events()).await;
    let events = events.expect("a table");
    events.setup().await.expect("made");
    events
}
