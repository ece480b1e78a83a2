//! Followers of the application sequence, and the items that they observe.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_store::{Record, RecordId, RecordManager, SequencedItem};

use super::random::Random;
use super::retry::retry_while_unavailable;

/// A stored item as it was read: its id and its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Observation {
    /// The record id; `None` in a table without record ids.
    pub(super) id: Option<u64>,
    pub(super) item: Fingerprint,
}

/// The identity of an item: its sequence, its position and a hash of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint {
    pub(super) sequence: u128,
    pub(super) position: i64,
    pub(super) text: u64,
}

impl Observation {
    pub(super) fn new(record: &Record) -> Self {
        Self {
            id: Some(record.id.get()),
            item: Fingerprint::new(&record.item),
        }
    }
}

impl Fingerprint {
    pub(super) fn new(item: &SequencedItem) -> Self {
        let mut hasher = DefaultHasher::new();
        (item.topic.as_str(), &*item.data).hash(&mut hasher);
        Self {
            sequence: item.sequence_id.as_u128(),
            position: match item.position {
                es_store::Position::Integer(position) => position,
                other => panic!("the table must have integer positions, not {other}"),
            },
            text: hasher.finish(),
        }
    }
}

/// Returns the id after which to continue reading.
pub(super) fn last_id(seen: &[Observation]) -> RecordId {
    RecordId::new(seen.last().and_then(|last| last.id).unwrap_or(0))
}

/// Follows the application sequence as a projection does: each read starts after the last id of the
/// previous one, and nothing looks for ids in between. Ends when `written` is set and all records
/// are read.
pub(super) async fn follow(
    store: Arc<dyn RecordManager>,
    written: Arc<AtomicBool>,
    mut random: Random,
) -> Vec<Observation> {
    let mut seen: Vec<Observation> = Vec::new();
    loop {
        let is_finished = written.load(Ordering::Acquire);
        let limit = usize::try_from(random.between(1, 200)).expect("a small number");
        let page = retry_while_unavailable(|| store.records(last_id(&seen), limit))
            .await
            .expect("the records are read");
        if page.is_empty() {
            if is_finished {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        seen.extend(page.iter().map(Observation::new));
    }
}
