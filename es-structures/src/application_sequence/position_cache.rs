//! The position cache: a process's copy of the end of the array.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use crate::array::Reference;

/// Maximum number of base arrays in the cache. It holds two while the index accepts writes.
const MAX_ARRAYS: u64 = 10;

/// Smallest array size that counts for the capacity, so that tiny arrays do not make the cache tiny.
const MIN_ARRAY_SIZE: u64 = 1_000;

/// The references from the floor to the end of the array, as far as this process has read it.
///
/// Appends and followers read the cache; only the writer changes it.
///
/// Invariants:
/// 1. All positions below `end` are taken; followers need not ask for them again.
/// 2. `positions` has the first position of each reference from `floor` up to `end`.
/// 3. The index has every reference below `floor`.
#[derive(Debug)]
pub(super) struct PositionCache {
    state: Mutex<State>,
    /// Number of positions above the floor at which the cache is full.
    capacity: u64,
}

#[derive(Debug, Default)]
struct State {
    floor: u64,
    end: u64,
    /// The highest position of a reference, plus 1. Only tombstones follow it.
    max_record_id: u64,
    positions: HashMap<Reference, u64>,
}

impl PositionCache {
    /// Creates the cache of a big array that consists of arrays of this size.
    pub(super) fn new(array_size: NonZeroU32) -> Self {
        Self {
            state: Mutex::default(),
            capacity: MAX_ARRAYS * u64::from(array_size.get()).max(MIN_ARRAY_SIZE),
        }
    }

    /// Empties the cache and starts at a floor, below which the index has every reference.
    pub(super) fn reset(&self, floor: u64) {
        *self.state() = State {
            floor,
            end: floor,
            max_record_id: floor,
            positions: HashMap::new(),
        };
    }

    /// Returns the position after the last one that was read.
    pub(super) fn end(&self) -> u64 {
        self.state().end
    }

    /// Returns the record id of the last reference that was read.
    pub(super) fn max_record_id(&self) -> u64 {
        self.state().max_record_id
    }

    /// Returns the position below which the index has every reference.
    pub(super) fn floor(&self) -> u64 {
        self.state().floor
    }

    /// Returns whether the floor must be raised before the cache takes more.
    pub(super) fn is_full(&self) -> bool {
        let state = self.state();
        state.end - state.floor > self.capacity
    }

    /// Returns the array position of an item.
    pub(super) fn position(&self, item: Reference) -> Option<u64> {
        self.state().positions.get(&item).copied()
    }

    /// Returns all positions from the floor on.
    pub(super) fn positions(&self) -> Vec<(Reference, u64)> {
        let state = self.state();
        let positions = state.positions.iter().map(|(item, at)| (*item, *at));
        positions.filter(|(_, at)| *at >= state.floor).collect()
    }

    /// Extends the cache by the next position: a reference, or `None` for a tombstone.
    pub(super) fn push(&self, item: Option<Reference>) {
        let mut state = self.state();
        let at = state.end;
        state.end += 1;
        if let Some(item) = item {
            state.max_record_id = state.end;
            state.positions.entry(item).or_insert(at);
        }
    }

    /// Adds the position of an item that was found in the index. It may be below the floor, until the floor is raised next.
    pub(super) fn insert(&self, item: Reference, at: u64) {
        self.state().positions.insert(item, at);
    }

    /// Removes the position of a deleted item.
    pub(super) fn remove(&self, item: Reference) {
        let mut state = self.state();
        let position = state.positions.remove(&item);
        if position.is_some_and(|at| at + 1 == state.max_record_id) {
            let before = state.positions.values().max();
            state.max_record_id = before.map_or(state.floor, |at| at + 1);
        }
    }

    /// Raises the floor and drops the positions below it, all of which the index has.
    pub(super) fn raise_floor(&self, floor: u64) {
        let mut state = self.state();
        state.floor = floor;
        state.positions.retain(|_, at| *at >= floor);
        state.positions.shrink_to_fit();
    }

    /// A panic elsewhere leaves the state consistent: no change panics in the middle.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
