use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use es_store::RecordError;
use uuid::Uuid;

use super::PositionIndex;
use crate::array::Reference;

/// The index of an application sequence in memory: for tests and prototypes.
#[derive(Debug, Default)]
pub struct MemoryPositionIndex(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    places: BTreeMap<(Uuid, i64), u64>,
    floor: u64,
}

impl MemoryPositionIndex {
    /// A panic elsewhere leaves it whole: it is changed by single insertions.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PositionIndex for MemoryPositionIndex {
    async fn note(&self, places: &[(Reference, u64)]) -> Result<(), RecordError> {
        let mut state = self.state();
        for (item, at) in places {
            let key = (item.sequence_id, item.position);
            let noted = state.places.entry(key).or_insert(*at);
            *noted = (*noted).max(*at);
        }
        Ok(())
    }

    async fn find(&self, item: Reference) -> Result<Option<u64>, RecordError> {
        let key = (item.sequence_id, item.position);
        Ok(self.state().places.get(&key).copied())
    }

    async fn lasts(&self, sequence_ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, RecordError> {
        let state = self.state();
        let last = |id: &Uuid| {
            let mut of_sequence = state.places.range((*id, i64::MIN)..=(*id, i64::MAX));
            of_sequence.next_back().map(|(key, _)| *key)
        };
        Ok(sequence_ids.iter().filter_map(last).collect())
    }

    async fn forget(&self, item: Reference, at: u64) -> Result<(), RecordError> {
        let key = (item.sequence_id, item.position);
        let mut state = self.state();
        if state.places.get(&key).is_some_and(|noted| *noted <= at) {
            state.places.remove(&key);
        }
        Ok(())
    }

    async fn floor(&self) -> Result<u64, RecordError> {
        Ok(self.state().floor)
    }

    async fn set_floor(&self, floor: u64) -> Result<(), RecordError> {
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
