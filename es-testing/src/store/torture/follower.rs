use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_store::{Record, RecordId, RecordManager, SequencedItem};

use super::patience::patiently;
use super::random::Random;

/// A stored item, as far as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sighting {
    /// None in a table without record ids.
    pub(super) id: Option<u64>,
    pub(super) item: Print,
}

/// What tells items apart: their sequence, their position and a hash of their texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Print {
    pub(super) sequence: u128,
    pub(super) position: i64,
    pub(super) text: u64,
}

impl Sighting {
    pub(super) fn of(record: &Record) -> Self {
        Self {
            id: Some(record.id.get()),
            item: Print::of(&record.item),
        }
    }
}

impl Print {
    pub(super) fn of(item: &SequencedItem) -> Self {
        let mut hasher = DefaultHasher::new();
        (item.topic.as_str(), &*item.data).hash(&mut hasher);
        Self {
            sequence: item.sequence_id.as_u128(),
            position: match item.position {
                es_store::Position::Integer(position) => position,
                other => panic!("the table has whole-numbered positions, not {other}"),
            },
            text: hasher.finish(),
        }
    }
}

/// Behind which to read on.
pub(super) fn last_id(seen: &[Sighting]) -> RecordId {
    RecordId::new(seen.last().and_then(|last| last.id).unwrap_or(0))
}

/// Follows the application sequence, as a projection does: from the last id seen, with no look at what is in between.
/// Ends when all is written and read.
pub(super) async fn follow(
    store: Arc<dyn RecordManager>,
    written: Arc<AtomicBool>,
    mut random: Random,
) -> Vec<Sighting> {
    let mut seen: Vec<Sighting> = Vec::new();
    loop {
        let is_all_written = written.load(Ordering::Acquire);
        let limit = usize::try_from(random.between(1, 200)).expect("a small number");
        let page = patiently(|| store.records(last_id(&seen), limit))
            .await
            .expect("the records are read");
        if page.is_empty() {
            if is_all_written {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        seen.extend(page.iter().map(Sighting::of));
    }
}
