//! The operations of a datastore and its record managers.

use std::sync::Arc;

use es_store::{
    Datastore, ItemQuery, Position, RecordError, RecordId, RecordManager, SequencedItem, Table,
    Topic,
};
use uuid::Uuid;

use super::{DropTest, dropped};

fn item(sequence_id: Uuid, n: i64) -> SequencedItem {
    SequencedItem {
        sequence_id,
        position: Position::Integer(n),
        topic: Topic::new("World.Happened"),
        data: format!("{{\"n\":{n}}}").into(),
    }
}

/// Drops the futures of a record manager of the stored events.
///
/// # Panics
///
/// If an operation fails that is not dropped.
pub async fn drop_record_manager_futures(test: &mut DropTest<'_>, datastore: &Arc<dyn Datastore>) {
    let events = datastore.record_manager(Table::stored_events()).await;
    let events = &events.expect("the table opens");
    drop_table_futures(test, events).await;
    drop_append_futures(test, events).await;
    drop_query_futures(test, events).await;
    drop_change_futures(test, events).await;
}

async fn drop_table_futures(test: &mut DropTest<'_>, events: &Arc<dyn RecordManager>) {
    let setup = async || {
        events.setup().await.expect("the table is created");
        events.drop_table().await.expect("the table is dropped");
        let events = events.clone();
        dropped(async move { events.setup().await })
    };
    test.operation("setup of a new table", setup).await;
    let setup = async || {
        let events = events.clone();
        dropped(async move { events.setup().await })
    };
    test.operation("setup of an existing table", setup).await;
    let drop_table = async || {
        events.setup().await.expect("the table is created");
        let events = events.clone();
        dropped(async move { events.drop_table().await })
    };
    test.operation("drop_table", drop_table).await;
    let truncate = async || {
        stored(events).await;
        let events = events.clone();
        dropped(async move { events.truncate().await })
    };
    test.operation("truncate", truncate).await;
}

async fn drop_append_futures(test: &mut DropTest<'_>, events: &Arc<dyn RecordManager>) {
    events.setup().await.expect("the table is created");
    let append = async || {
        let events = events.clone();
        dropped(async move { events.append(vec![item(Uuid::new_v4(), 0)].into()).await })
    };
    test.operation("append", append).await;
    let conflict = async || {
        let (events, taken) = (events.clone(), stored(events).await);
        dropped(async move { events.append(vec![taken].into()).await })
    };
    test.operation("append to a taken position", conflict).await;
}

async fn drop_query_futures(test: &mut DropTest<'_>, events: &Arc<dyn RecordManager>) {
    let items = async || {
        let (events, item) = (events.clone(), stored(events).await);
        dropped(async move { events.items(ItemQuery::new(item.sequence_id)).await })
    };
    test.operation("items", items).await;
    let records = async || {
        stored(events).await;
        let events = events.clone();
        dropped(async move { events.records(RecordId::new(0), 10).await })
    };
    test.operation("records", records).await;
    let max_record_id = async || {
        stored(events).await;
        let events = events.clone();
        dropped(async move { events.max_record_id().await })
    };
    test.operation("max_record_id", max_record_id).await;
    let sequence_ids = async || {
        let events = events.clone();
        dropped(async move { events.sequence_ids(None, 10).await })
    };
    test.operation("sequence_ids", sequence_ids).await;
}

async fn drop_change_futures(test: &mut DropTest<'_>, events: &Arc<dyn RecordManager>) {
    let delete = async || {
        let (events, item) = (events.clone(), stored(events).await);
        dropped(async move { events.delete_record(item.sequence_id, item.position).await })
    };
    test.operation("delete_record", delete).await;
    let replace = async || {
        let (events, mut item) = (events.clone(), stored(events).await);
        item.data = "{}".into();
        dropped(async move { events.replace_record(item).await })
    };
    test.operation("replace_record", replace).await;
    let missing = async || {
        events.setup().await.expect("the table is created");
        events.drop_table().await.expect("the table is dropped");
        let events = events.clone();
        dropped(async move { events.items(ItemQuery::new(Uuid::nil())).await })
    };
    test.operation("items of a missing table", missing).await;
}

/// Appends an item to a new sequence, in a table that is created if it is missing.
async fn stored(events: &Arc<dyn RecordManager>) -> SequencedItem {
    let item = item(Uuid::new_v4(), 0);
    append_and_setup(events, &item)
        .await
        .expect("the append succeeds");
    item
}

async fn append_and_setup(
    events: &Arc<dyn RecordManager>,
    item: &SequencedItem,
) -> Result<(), RecordError> {
    events.setup().await?;
    events.append(vec![item.clone()].into()).await.map(drop)
}

/// Appends and deletes an item by one handle, and returns the acknowledged changes that another
/// handle does not see.
pub async fn acknowledged_faults(
    events: &Arc<dyn RecordManager>,
    outside: &Arc<dyn RecordManager>,
) -> Vec<String> {
    match try_acknowledged(events, outside).await {
        Ok(faults) => faults,
        Err(error) => vec![format!("the next caller fails: {error:?}")],
    }
}

async fn try_acknowledged(
    events: &Arc<dyn RecordManager>,
    outside: &Arc<dyn RecordManager>,
) -> Result<Vec<String>, RecordError> {
    let mut faults = Vec::new();
    let item = item(Uuid::new_v4(), 0);
    append_and_setup(events, &item).await?;
    let query = ItemQuery::new(item.sequence_id);
    if outside.items(query.clone()).await?.is_empty() {
        faults.push("an acknowledged append is not visible".to_owned());
    }
    // As many as a small pool has connections.
    for _ in 0..2 {
        let is_deleted = events
            .delete_record(item.sequence_id, item.position)
            .await?;
        if is_deleted && !outside.items(query.clone()).await?.is_empty() {
            faults.push("an item that was deleted is still stored".to_owned());
        }
    }
    Ok(faults)
}
