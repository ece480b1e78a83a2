//! What a process has read of the array.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use crate::array::Reference;

/// How many base arrays are known at most. They are two as long as the index takes notes.
const MOST_ARRAYS: u64 = 10;

/// How many positions count as an array where one holds less.
const LEAST_ARRAY: u64 = 1_000;

/// What this process knows of the array, for those who append and those who read. Only the writer changes it.
///
/// Invariants:
/// 1. All positions below `end` are taken; those who read need not ask for them.
/// 2. `places` has the first place of each reference that stands from `floor` on and below `end`.
/// 3. Every reference below `floor` is noted in the index.
#[derive(Debug)]
pub(super) struct Known {
    state: Mutex<State>,
    /// How many positions from the floor on are known at most, about.
    most: u64,
}

#[derive(Debug, Default)]
struct State {
    floor: u64,
    end: u64,
    /// One more than the highest position of a reference: behind it stand tombstones only.
    last: u64,
    places: HashMap<Reference, u64>,
}

impl Known {
    /// Of an array that is made of arrays of this size.
    pub(super) fn of(size: NonZeroU32) -> Self {
        Self {
            state: Mutex::default(),
            most: MOST_ARRAYS * u64::from(size.get()).max(LEAST_ARRAY),
        }
    }

    /// Begins at a position below which all references are noted in the index.
    pub(super) fn begin(&self, floor: u64) {
        *self.state() = State {
            floor,
            end: floor,
            last: floor,
            places: HashMap::new(),
        };
    }

    pub(super) fn end(&self) -> u64 {
        self.state().end
    }

    pub(super) fn last(&self) -> u64 {
        self.state().last
    }

    pub(super) fn floor(&self) -> u64 {
        self.state().floor
    }

    /// Whether nothing more is to be known before the floor is raised.
    pub(super) fn is_full(&self) -> bool {
        let state = self.state();
        state.end - state.floor > self.most
    }

    pub(super) fn place(&self, item: Reference) -> Option<u64> {
        self.state().places.get(&item).copied()
    }

    /// All places from the floor on.
    pub(super) fn places(&self) -> Vec<(Reference, u64)> {
        let state = self.state();
        let places = state.places.iter().map(|(item, at)| (*item, *at));
        places.filter(|(_, at)| *at >= state.floor).collect()
    }

    /// The next position is taken: by a reference, or by a hole that was filled.
    pub(super) fn push(&self, item: Option<Reference>) {
        let mut state = self.state();
        let at = state.end;
        state.end += 1;
        if let Some(item) = item {
            state.last = state.end;
            state.places.entry(item).or_insert(at);
        }
    }

    /// The index knows where an item stands.
    pub(super) fn learn(&self, item: Reference, at: u64) {
        self.state().places.insert(item, at);
    }

    /// An item has no place any more.
    pub(super) fn forget(&self, item: Reference) {
        let mut state = self.state();
        let place = state.places.remove(&item);
        if place.is_some_and(|at| at + 1 == state.last) {
            let before = state.places.values().max();
            state.last = before.map_or(state.floor, |at| at + 1);
        }
    }

    /// All references below are noted in the index: what is known of them is left to it.
    pub(super) fn raise_floor(&self, floor: u64) {
        let mut state = self.state();
        state.floor = floor;
        state.places.retain(|_, at| *at >= floor);
        state.places.shrink_to_fit();
    }

    /// A panic elsewhere leaves it whole: nothing in between panics.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
