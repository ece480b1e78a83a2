//! Hand-written code for comparison.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use es_postgres::tokio_postgres::types::ToSql;
use es_postgres::tokio_postgres::{Client, Statement};
use es_store::SequencedItem;
use es_testing::store::servers::{Rate, first_event};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::backends::{config_of, connect};

const TABLE: &str = "CREATE TABLE stored_events (id BIGSERIAL PRIMARY KEY, originator_id UUID NOT NULL, originator_version \
                     BIGINT NOT NULL, event_type TEXT NOT NULL, state TEXT); CREATE UNIQUE INDEX ix_stored_events_id ON \
                     stored_events (id); CREATE UNIQUE INDEX key ON stored_events (originator_id, originator_version)";

/// Plain inserts on as many connections as are useful. Ids have gaps and are not in commit order.
pub(crate) async fn plain(database: String, callers: usize) -> Rate {
    const INSERT: &str = "INSERT INTO stored_events (originator_id, originator_version, event_type, state) VALUES ($1, $2, $3, $4)";
    let config = config_of(&database);
    let admin = connect(&config)
        .await
        .expect("the server accepts the connection");
    admin.batch_execute(TABLE).await.expect("created");
    let mut clients = Vec::new();
    for _ in 0..callers.min(64) {
        let client = connect(&config)
            .await
            .expect("the server accepts the connection");
        let insert = client.prepare(INSERT).await.expect("prepared");
        clients.push((client, insert));
    }
    let clients: Arc<Vec<(Client, Statement)>> = clients.into();
    let next = Arc::new(AtomicUsize::new(0));
    let rate = Rate::measure(callers, move || {
        let (clients, n) = (clients.clone(), next.fetch_add(1, Ordering::Relaxed));
        async move {
            let (client, insert) = &clients[n % clients.len()];
            let item = first_event();
            let (topic, data) = (item.topic.as_str(), &*item.data);
            client
                .execute(insert, &[&item.sequence_id, &0_i64, &topic, &data])
                .await
                .expect("the append succeeds");
        }
    });
    rate.await
}

type Job = (SequencedItem, oneshot::Sender<()>);

/// A group commit that handles no conflicts, lost connections or shutdown: a queue, a lock, a bulk
/// insert.
pub(crate) async fn group_commit(database: String, callers: usize) -> Rate {
    let client = connect(&config_of(&database))
        .await
        .expect("the server accepts the connection");
    client.batch_execute(TABLE).await.expect("created");
    let (queue, jobs) = mpsc::channel::<Job>(4_096);
    tokio::spawn(write(client, jobs));
    let rate = Rate::measure(callers, move || {
        let queue = queue.clone();
        async move {
            let (reply, answer) = oneshot::channel();
            queue.send((first_event(), reply)).await.expect("a writer");
            answer.await.expect("the append succeeds");
        }
    });
    rate.await
}

async fn write(client: Client, mut jobs: mpsc::Receiver<Job>) {
    const INSERT: &str = "INSERT INTO stored_events SELECT (SELECT COALESCE(max(id), 0) FROM stored_events) + ord, seq, pos, \
                          topic, data FROM unnest($1::uuid[], $2::int8[], $3::text[], $4::text[]) WITH ORDINALITY AS \
                          i(seq, pos, topic, data, ord)";
    const BEGIN: &str =
        "BEGIN; SELECT pg_advisory_xact_lock(1, 'stored_events'::regclass::oid::int4)";
    let set = "SET plan_cache_mode = force_generic_plan";
    client.batch_execute(set).await.expect("set");
    let insert = client.prepare(INSERT).await.expect("prepared");
    while let Some(first) = jobs.recv().await {
        client.batch_execute(BEGIN).await.expect("begun");
        let mut batch = vec![first];
        while let (true, Ok(job)) = (batch.len() < 1_000, jobs.try_recv()) {
            batch.push(job);
        }
        let ids: Vec<Uuid> = batch.iter().map(|(item, _)| item.sequence_id).collect();
        let positions = vec![0_i64; batch.len()];
        let topics: Vec<&str> = batch.iter().map(|(item, _)| item.topic.as_str()).collect();
        let data: Vec<&str> = batch.iter().map(|(item, _)| &*item.data).collect();
        let row: [&(dyn ToSql + Sync); 4] = [&ids, &positions, &topics, &data];
        let (inserted, committed) = tokio::join!(
            client.execute(&insert, &row),
            client.batch_execute("COMMIT")
        );
        inserted.expect("inserted");
        committed.expect("committed");
        for (_, reply) in batch {
            let _gone = reply.send(());
        }
    }
}
