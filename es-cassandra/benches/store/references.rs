//! Fills arrays faster than appends do.

use es_store::TableAdministration;
use es_structures::Reference;
use es_structures::application_sequence::PositionedRecords;
use tokio::task::JoinSet;

use crate::keyspace::Keyspace;

/// Number of references per write.
const LIST: u64 = 1_000;

/// Number of writes in flight.
const CONCURRENCY: usize = 4;

/// Fills the first positions and raises the floor to the start of the last base array but one, as a
/// writer would have done, so that a new process starts reading there.
pub(crate) async fn fill(
    keyspace: &Keyspace,
    records: &PositionedRecords,
    len: u64,
    reference: impl Fn(u64) -> Reference,
) {
    let array = records.array();
    let mut lists = JoinSet::new();
    for first in (0..len).step_by(usize::try_from(LIST).expect("few")) {
        if lists.len() == CONCURRENCY {
            lists.join_next().await;
        }
        let list: Vec<_> = (first..len.min(first + LIST))
            .map(|position| Some(reference(position)))
            .collect();
        let array = array.clone();
        lists.spawn(async move { array.assign_all(first, list).await.expect("free") });
    }
    lists.join_all().await;
    let size = u64::from(array.tree().array_size().get());
    let floor = (len - len % size).saturating_sub(size);
    let table = records.table().expect("the table opens");
    let cql = format!(
        "INSERT INTO {}.{}_positions (sequence_id, version, position) VALUES ({}, -1, {floor}) USING TIMESTAMP {}",
        keyspace.name,
        table.name,
        array.tree().root_id(),
        2 * floor + 2
    );
    keyspace.change(&cql).await;
}
