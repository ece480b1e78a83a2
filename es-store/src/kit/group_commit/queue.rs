//! The queue between callers and the writer: bounded, and sure to end.

use std::collections::VecDeque;

use tokio::sync::{Notify, Semaphore};

use super::sync::{Mutex, MutexGuard, PoisonError};

/// Jobs on their way to the one writer.
///
/// Invariants:
/// 1. `phase` changes, jobs come and jobs go under one lock: a job that was accepted is seen by the writer before
///    [`Queue::wait`] tells it to end, or handed out by [`Queue::stop`].
/// 2. `room` has a permit for each job that there is room for.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    room: Semaphore,
    work: Notify,
    stopped: Notify,
}

struct State<T> {
    jobs: VecDeque<T>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// No more jobs are accepted; the writer finishes those that were.
    Closing,
    /// The writer has ended as it was told to.
    Closed,
    /// The writer has ended in the middle of things.
    Broken,
}

/// Why a job is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The queue was closed.
    Closed,
    /// The writer ended in the middle of things.
    Stopped,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                jobs: VecDeque::new(),
                phase: Phase::Open,
            }),
            room: Semaphore::new(capacity),
            work: Notify::new(),
            stopped: Notify::new(),
        }
    }

    /// Hands a job to the writer, and waits for room before.
    pub(super) async fn push(&self, job: T) -> Result<(), Refused> {
        // A closed semaphore means that the phase says why.
        let room = self.room.acquire().await.ok();
        let mut state = self.lock();
        match (state.phase, room) {
            (Phase::Open, Some(room)) => {
                room.forget();
                state.jobs.push_back(job);
            }
            (Phase::Broken, _) => return Err(Refused::Stopped),
            _ => return Err(Refused::Closed),
        }
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// For the writer: waits for jobs. `false` when the queue is closed and there are none left.
    pub(super) async fn wait(&self) -> bool {
        loop {
            {
                let state = self.lock();
                if !state.jobs.is_empty() {
                    return true;
                }
                if state.phase != Phase::Open {
                    return false;
                }
            }
            self.work.notified().await;
        }
    }

    /// For the writer: takes the oldest jobs, `limit` at most.
    pub(super) fn drain(&self, limit: usize) -> Vec<T> {
        let mut state = self.lock();
        let len = limit.min(state.jobs.len());
        let jobs: Vec<T> = state.jobs.drain(..len).collect();
        drop(state);
        self.room.add_permits(len);
        jobs
    }

    /// Accepts no more jobs.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        drop(state);
        self.room.close();
        self.work.notify_one();
    }

    /// For the writer: it has ended. Hands out the jobs that it leaves behind.
    pub(super) fn stop(&self) -> Vec<T> {
        let mut state = self.lock();
        let jobs = Vec::from(std::mem::take(&mut state.jobs));
        state.phase = match state.phase {
            Phase::Closing if jobs.is_empty() => Phase::Closed,
            _ => Phase::Broken,
        };
        drop(state);
        self.room.close();
        self.stopped.notify_waiters();
        jobs
    }

    /// Waits until the writer has ended.
    pub(super) async fn stopped(&self) {
        let stopped = self.stopped.notified();
        if matches!(self.lock().phase, Phase::Open | Phase::Closing) {
            stopped.await;
        }
    }

    #[cfg(test)]
    #[allow(
        dead_code,
        reason = "the schedule tests compile this file too, and do not look"
    )]
    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    #[cfg(test)]
    #[allow(
        dead_code,
        reason = "the schedule tests compile this file too, and do not look"
    )]
    pub(super) fn is_closing(&self) -> bool {
        self.lock().phase == Phase::Closing
    }

    /// A panic elsewhere leaves the state whole: each change is made by statements that do not panic.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
