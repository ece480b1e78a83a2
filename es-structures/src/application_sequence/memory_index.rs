//! The index of array positions in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use es_store::RecordError;
use uuid::Uuid;

use super::PositionIndex;
use crate::array::Reference;

/// A [`PositionIndex`] in memory, for tests and prototypes.
#[derive(Debug, Default)]
pub struct MemoryPositionIndex(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    positions: BTreeMap<(Uuid, i64), u64>,
    floor: u64,
}

impl MemoryPositionIndex {
    /// A panic elsewhere leaves the state consistent: each change is one insertion or removal.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PositionIndex for MemoryPositionIndex {
    async fn insert(&self, positions: &[(Reference, u64)]) -> Result<(), RecordError> {
        let mut state = self.state();
        for (item, position) in positions {
            let key = (item.sequence_id, item.position);
            let entry = state.positions.entry(key).or_insert(*position);
            *entry = (*entry).max(*position);
        }
        Ok(())
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        let key = (item.sequence_id, item.position);
        Ok(self.state().positions.get(&key).copied())
    }

    async fn last_versions(
        &self,
        sequence_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, RecordError> {
        let state = self.state();
        let last = |id: &Uuid| {
            let mut entries = state.positions.range((*id, i64::MIN)..=(*id, i64::MAX));
            entries.next_back().map(|(key, _)| *key)
        };
        Ok(sequence_ids.iter().filter_map(last).collect())
    }

    async fn remove(&self, item: Reference, position: u64) -> Result<(), RecordError> {
        let key = (item.sequence_id, item.position);
        let mut state = self.state();
        if state.positions.get(&key).is_some_and(|at| *at <= position) {
            state.positions.remove(&key);
        }
        Ok(())
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        Ok(self.state().floor)
    }

    async fn raise_floor(&self, floor: u64) -> Result<(), RecordError> {
        let mut state = self.state();
        state.floor = state.floor.max(floor);
        Ok(())
    }

    async fn truncate(&self) -> Result<(), RecordError> {
        *self.state() = State::default();
        Ok(())
    }

    async fn drop_table(&self) -> Result<(), RecordError> {
        self.truncate().await
    }
}
