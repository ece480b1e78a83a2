//! A store in memory that fails as a test's script says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{BatchOutcomes, BatchStore, StoredItem, WriteError};
use crate::append::Append;
use crate::error::RecordError;
use crate::position::Position;
use crate::record_id::RecordId;
use crate::sequenced_item::SequencedItem;

/// The scripted behaviour of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The lock is unavailable.
    Lock,
    /// The whole batch fails.
    Backend,
    /// Another program took the record id.
    IdTaken,
    /// The connection is lost before the commit.
    LostBefore,
    /// The connection is lost after the commit.
    LostAfter,
    /// The lookup of stored items fails.
    Find,
    Panic,
}

#[derive(Default)]
pub(super) struct Script {
    pub(super) lock: VecDeque<Fault>,
    pub(super) write: VecDeque<Fault>,
    pub(super) find: VecDeque<Fault>,
    pub(super) rows: BTreeMap<(Uuid, Position), (u64, SequencedItem)>,
    pub(super) batches: Vec<usize>,
    pub(super) is_locked: bool,
}

/// A store in memory. Each `lock` waits for a permit of `gate`, so that a test controls the
/// contents of a batch.
#[derive(Clone)]
pub(super) struct Fake {
    pub(super) script: Arc<Mutex<Script>>,
    gate: Arc<Semaphore>,
}

fn unavailable(what: &'static str) -> RecordError {
    RecordError::Unavailable {
        source: what.into(),
    }
}

impl Script {
    pub(super) fn max(&self) -> u64 {
        self.rows.values().map(|(id, _)| *id).max().unwrap_or(0)
    }

    pub(super) fn insert(&mut self, appends: &[Append]) -> BatchOutcomes {
        let mut outcomes = BatchOutcomes::after(RecordId::new(self.max()));
        for append in appends {
            let key = |item: &SequencedItem| (item.sequence_id, item.position);
            let taken = append
                .items()
                .iter()
                .find(|item| self.rows.contains_key(&key(item)));
            if let Some(taken) = taken {
                outcomes.conflict(taken.sequence_id, taken.position);
                continue;
            }
            let first = outcomes.next_id().expect("a table with ids").get();
            let rows = (first..)
                .zip(append.items())
                .map(|(id, item)| (key(item), (id, item.clone())));
            self.rows.extend(rows);
            outcomes.accept(append.len());
        }
        outcomes
    }
}

impl Fake {
    pub(super) fn new(write: &[Fault]) -> Self {
        let script = Script {
            write: write.iter().copied().collect(),
            ..Script::default()
        };
        Self {
            script: Arc::new(Mutex::new(script)),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }

    /// Creates a store with a gate that is closed until the test opens it.
    pub(super) fn gated(write: &[Fault]) -> Self {
        Self {
            gate: Arc::new(Semaphore::new(0)),
            ..Self::new(write)
        }
    }

    pub(super) fn open_gate(&self) {
        self.gate.add_permits(1_000_000);
    }

    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl BatchStore for Fake {
    async fn lock(&mut self) -> Result<(), RecordError> {
        self.gate.acquire().await.expect("never closed").forget();
        let mut script = self.script();
        match script.lock.pop_front() {
            Some(Fault::Lock) => Err(unavailable("no lock")),
            Some(Fault::Panic) => panic!("as the script says"),
            _ => {
                assert!(!script.is_locked, "the lock is taken twice");
                script.is_locked = true;
                Ok(())
            }
        }
    }

    async fn write(&mut self, appends: &[Append]) -> Result<BatchOutcomes, WriteError> {
        let mut script = self.script();
        assert!(std::mem::take(&mut script.is_locked), "the lock is held");
        script.batches.push(appends.len());
        match script.write.pop_front().unwrap_or(Fault::None) {
            Fault::Backend => Err(WriteError::NotWritten(RecordError::Backend {
                operation: "append",
                source: "it cannot be written".into(),
            })),
            Fault::IdTaken => Err(WriteError::IdTaken),
            Fault::LostBefore => Err(WriteError::Lost("connection lost".into())),
            Fault::LostAfter => {
                script.insert(appends);
                Err(WriteError::Lost("connection lost".into()))
            }
            Fault::Panic => panic!("as the script says"),
            _ => Ok(script.insert(appends)),
        }
    }

    async fn unlock(&mut self) {
        assert!(
            std::mem::take(&mut self.script().is_locked),
            "the lock is held"
        );
    }

    async fn find(
        &mut self,
        sequence_id: Uuid,
        position: Position,
    ) -> Result<Option<StoredItem>, RecordError> {
        let mut script = self.script();
        assert!(script.is_locked, "the lock is held");
        match script.find.pop_front() {
            Some(Fault::Find) => Err(unavailable("no answer")),
            _ => Ok(script
                .rows
                .get(&(sequence_id, position))
                .map(|(id, item)| StoredItem {
                    id: Some(RecordId::new(*id)),
                    item: item.clone(),
                })),
        }
    }
}
