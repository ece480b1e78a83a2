//! Hand-written code for comparison.

use std::sync::Arc;

use es_cassandra::scylla::client::session::Session;
use es_cassandra::scylla::response::query_result::QueryResult;
use es_cassandra::scylla::statement::batch::{Batch, BatchStatement, BatchType};
use es_cassandra::scylla::statement::prepared::PreparedStatement;
use es_store::{Position, SequencedItem};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::keyspace::Keyspace;

/// Conditional inserts by one prepared statement.
pub(crate) struct Inserts {
    session: Arc<Session>,
    insert: PreparedStatement,
}

impl Inserts {
    pub(crate) async fn into(keyspace: &Keyspace, table: &str) -> Self {
        let insert = format!(
            "INSERT INTO {}.{table} (originator_id, originator_version, event_type, state) VALUES (?, ?, ?, ?) IF NOT EXISTS",
            keyspace.name
        );
        Self {
            insert: keyspace.session.prepare(insert).await.expect("prepared"),
            session: keyspace.session.clone(),
        }
    }

    pub(crate) async fn insert(&self, item: &SequencedItem) {
        let Position::Integer(position) = item.position else {
            return;
        };
        let values = (item.sequence_id, position, item.topic.as_str(), &*item.data);
        let answer = self.session.execute_unpaged(&self.insert, values).await;
        assert!(applied(answer.expect("answered")), "a new position");
    }
}

fn applied(answer: QueryResult) -> bool {
    let rows = answer.into_rows_result().expect("rows");
    rows.first_row::<(bool,)>().is_ok_and(|(applied,)| applied)
}

type Job = (Uuid, oneshot::Sender<()>);

/// Conditional inserts, and references to them in partitions of 10,000 by a group commit that
/// handles neither conflicts nor shutdown.
pub(crate) struct GroupCommit {
    inserts: Inserts,
    queue: mpsc::Sender<Job>,
}

impl GroupCommit {
    pub(crate) async fn into(keyspace: &Keyspace) -> Self {
        let create = "(sequence_id uuid, position bigint, topic text, data text, PRIMARY KEY ((sequence_id), position)) WITH \
                      CLUSTERING ORDER BY (position DESC)";
        keyspace
            .change(&format!("CREATE TABLE {}.peers {create}", keyspace.name))
            .await;
        let (queue, jobs) = mpsc::channel(4_096);
        let insert = format!(
            "INSERT INTO {}.peers (sequence_id, position, topic, data) VALUES (?, ?, ?, ?) IF NOT EXISTS",
            keyspace.name
        );
        let insert = keyspace.session.prepare(insert).await.expect("prepared");
        tokio::spawn(write(keyspace.session.clone(), insert, jobs));
        Self {
            inserts: Inserts::into(keyspace, "stored_events").await,
            queue,
        }
    }

    pub(crate) async fn append(&self, item: &SequencedItem) {
        self.inserts.insert(item).await;
        let (reply, answer) = oneshot::channel();
        let sent = self.queue.send((item.sequence_id, reply)).await;
        sent.expect("a writer");
        answer.await.expect("the append succeeds");
    }
}

async fn write(session: Arc<Session>, insert: PreparedStatement, mut jobs: mpsc::Receiver<Job>) {
    let (mut array, mut next) = (Uuid::new_v4(), 0_i64);
    let mut batch = Vec::new();
    while jobs.recv_many(&mut batch, 1_000).await > 0 {
        if next + 1_000 > 10_000 {
            (array, next) = (Uuid::new_v4(), 0);
        }
        let statements = vec![BatchStatement::PreparedStatement(insert.clone()); batch.len()];
        let statement = Batch::new_with_statements(BatchType::Unlogged, statements);
        let rows: Vec<_> = (next..)
            .zip(&batch)
            .map(|(position, (id, _))| (array, position, "ItemAssigned", reference(*id)))
            .collect();
        let answer = session.batch(&statement, &rows).await.expect("answered");
        assert!(applied(answer), "new positions");
        next += i64::try_from(batch.len()).expect("few");
        for (_, reply) in batch.drain(..) {
            let _gone = reply.send(());
        }
    }
}

/// Returns a reference as long as those of the library.
fn reference(id: Uuid) -> String {
    format!(
        "{{\"item\":{{\"position\":0,\"sequence_id\":{{\"UUID\":\"{}\"}}}},\"more\":\"{}\"}}",
        id.simple(),
        "x".repeat(230)
    )
}
