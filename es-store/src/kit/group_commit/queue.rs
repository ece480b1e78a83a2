//! The bounded queue between the callers and the writer.

use std::collections::VecDeque;

use tokio::sync::{Notify, Semaphore};

use super::sync::{Mutex, MutexGuard, PoisonError};

/// A bounded queue of entries for one writer.
///
/// Invariants:
/// 1. One lock guards `phase` and `entries`. Every accepted entry is therefore seen by the writer before
///    [`Queue::wait`] returns `false`, or returned by [`Queue::stop`].
/// 2. `free_slots` has a permit for each free slot.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    free_slots: Semaphore,
    work: Notify,
    stopped: Notify,
}

struct State<T> {
    entries: VecDeque<T>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The queue accepts no entries, and the writer finishes the accepted ones.
    Closing,
    /// The writer has finished after a close.
    Closed,
    /// The writer has stopped unexpectedly.
    Broken,
}

/// The reason for rejecting an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PushError {
    /// The queue was closed.
    Closed,
    /// The writer stopped unexpectedly.
    WriterStopped,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                entries: VecDeque::new(),
                phase: Phase::Open,
            }),
            free_slots: Semaphore::new(capacity),
            work: Notify::new(),
            stopped: Notify::new(),
        }
    }

    /// Waits for a free slot and adds an entry.
    pub(super) async fn push(&self, entry: T) -> Result<(), PushError> {
        // The semaphore is closed only after the phase has changed, so the phase tells the reason.
        let slot = self.free_slots.acquire().await.ok();
        let mut state = self.lock();
        match (state.phase, slot) {
            (Phase::Open, Some(slot)) => {
                slot.forget();
                state.entries.push_back(entry);
            }
            (Phase::Broken, _) => return Err(PushError::WriterStopped),
            _ => return Err(PushError::Closed),
        }
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// Waits for entries; returns `false` if the queue is closed and empty. Only the writer calls it.
    pub(super) async fn wait(&self) -> bool {
        loop {
            {
                let state = self.lock();
                if !state.entries.is_empty() {
                    return true;
                }
                if state.phase != Phase::Open {
                    return false;
                }
            }
            self.work.notified().await;
        }
    }

    /// Takes the oldest entries, at most `limit`. Only the writer calls it.
    pub(super) fn drain(&self, limit: usize) -> Vec<T> {
        let mut state = self.lock();
        let len = limit.min(state.entries.len());
        let entries: Vec<T> = state.entries.drain(..len).collect();
        drop(state);
        self.free_slots.add_permits(len);
        entries
    }

    /// Rejects further entries.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        drop(state);
        self.free_slots.close();
        self.work.notify_one();
    }

    /// Marks the writer as stopped and returns the unfinished entries. Only the writer calls it.
    pub(super) fn stop(&self) -> Vec<T> {
        let mut state = self.lock();
        let entries = Vec::from(std::mem::take(&mut state.entries));
        state.phase = match state.phase {
            Phase::Closing if entries.is_empty() => Phase::Closed,
            _ => Phase::Broken,
        };
        drop(state);
        self.free_slots.close();
        self.stopped.notify_waiters();
        entries
    }

    /// Waits until the writer has stopped.
    pub(super) async fn stopped(&self) {
        let stopped = self.stopped.notified();
        if matches!(self.lock().phase, Phase::Open | Phase::Closing) {
            stopped.await;
        }
    }

    #[cfg(test)]
    #[allow(
        dead_code,
        reason = "the loom tests compile this file too, and do not call it"
    )]
    pub(super) fn len(&self) -> usize {
        self.lock().entries.len()
    }

    #[cfg(test)]
    #[allow(
        dead_code,
        reason = "the loom tests compile this file too, and do not call it"
    )]
    pub(super) fn is_closing(&self) -> bool {
        self.lock().phase == Phase::Closing
    }

    /// Locks the state. A panic in another thread leaves it consistent, because no change of it can
    /// panic.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
