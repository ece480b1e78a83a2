//! Hand-written code for comparison.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use es_mysql::mysql_async::prelude::Queryable;
use es_mysql::mysql_async::{Conn, Row};
use es_store::SequencedItem;
use es_testing::store::servers::{Rate, first_event};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::backends::{connect, server_of};

const TABLE: &str = "CREATE TABLE stored_events (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, originator_id BINARY(16) NOT \
                     NULL, originator_version BIGINT NOT NULL, event_type TEXT NOT NULL, state LONGTEXT, UNIQUE KEY \
                     ix_stored_events_id (id), UNIQUE KEY k (originator_id, originator_version)); CREATE TABLE head (name \
                     VARCHAR(64) PRIMARY KEY); INSERT INTO head VALUES ('stored_events')";

/// Plain inserts on as many connections as are useful. Ids have gaps and are not in commit order.
pub(crate) async fn plain(database: String, callers: usize) -> Rate {
    const INSERT: &str = "INSERT INTO stored_events (originator_id, originator_version, event_type, state) VALUES (?, ?, ?, ?)";
    let mut admin = connect(server_of(&database))
        .await
        .expect("the server accepts the connection");
    admin.query_drop(TABLE).await.expect("created");
    let mut connections = Vec::new();
    for _ in 0..callers.min(64) {
        let connection = connect(server_of(&database)).await;
        connections.push(Mutex::new(
            connection.expect("the server accepts the connection"),
        ));
    }
    let connections: Arc<Vec<Mutex<Conn>>> = connections.into();
    let next = Arc::new(AtomicUsize::new(0));
    let rate = Rate::measure(callers, move || {
        let (connections, n) = (connections.clone(), next.fetch_add(1, Ordering::Relaxed));
        async move {
            let item = first_event();
            let row = (
                item.sequence_id.as_bytes(),
                0,
                item.topic.as_str(),
                &*item.data,
            );
            let mut connection = connections[n % connections.len()].lock().await;
            connection
                .exec_drop(INSERT, row)
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
    let mut connection = connect(server_of(&database))
        .await
        .expect("the server accepts the connection");
    connection.query_drop(TABLE).await.expect("created");
    let (queue, jobs) = mpsc::channel::<Job>(4_096);
    tokio::spawn(write(connection, jobs));
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

async fn write(mut connection: Conn, mut jobs: mpsc::Receiver<Job>) {
    const BEGIN: &str = "START TRANSACTION; SELECT name FROM head WHERE name = 'stored_events' FOR UPDATE; SELECT \
                         COALESCE(MAX(id), 0) FROM stored_events";
    const INSERT: &str = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)";
    let set = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
    connection.query_drop(set).await.expect("set");
    while let Some(first) = jobs.recv().await {
        let mut result = connection.query_iter(BEGIN).await.expect("begun");
        let _begun: Vec<Row> = result.collect().await.expect("begun");
        let _locked: Vec<Row> = result.collect().await.expect("locked");
        let max: Vec<u64> = result.collect().await.expect("read");
        drop(result);
        let mut batch = vec![first];
        while let (true, Ok(job)) = (batch.len() < 1_000, jobs.try_recv()) {
            batch.push(job);
        }
        let rows = (max[0] + 1..).zip(&batch).map(|(id, (item, _))| {
            let (topic, data) = (item.topic.as_str(), &*item.data);
            (id, item.sequence_id.as_bytes().to_vec(), 0, topic, data)
        });
        let rows: Vec<_> = rows.collect();
        connection.exec_batch(INSERT, rows).await.expect("inserted");
        connection.query_drop("COMMIT").await.expect("committed");
        for (_, reply) in batch {
            let _gone = reply.send(());
        }
    }
}
