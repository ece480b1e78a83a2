//! The writer of a process: assigns positions to stored items.

use std::sync::Arc;
use std::time::Duration;

use es_store::kit::repeat;
use es_store::{Appended, Notifier, RecordError, RecordId};
use hashbrown::HashSet;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::PositionIndex;
use super::array_appender::{ArrayAppender, index_incomplete};
use super::position_cache::PositionCache;
use super::record_error::record_error;
use super::requests::{Assignment, IndexCleanup, Removal, Reply, Request};
use crate::array::{BigArray, Reference};

/// Maximum number of references in one write.
const MAX_REFERENCES: usize = 1_000;

/// Time after which the writer gives up if a position is reported as taken but reads show nothing there.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Pause before such a position is read again.
const PAUSE: Duration = Duration::from_millis(5);

/// Pause between attempts to assign the positions of the backlog.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// The task that answers the requests of a process.
pub(super) struct Writer {
    pub(super) array: BigArray<Option<Reference>>,
    pub(super) index: Arc<dyn PositionIndex>,
    pub(super) cache: Arc<PositionCache>,
    pub(super) notifier: Arc<Notifier>,
    /// `None` before the array was read.
    pub(super) appender: Option<ArrayAppender>,
    /// Stored items of appends that were answered as `Unknown`. They get positions in this order, before later items.
    pub(super) backlog: Vec<Unassigned>,
}

/// An item that needs a position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unassigned {
    item: Reference,
    /// The lowest possible position of a reference to the item.
    lower_bound: u64,
}

/// Positions that were assigned or found.
type AssignedPositions = Vec<(Reference, u64)>;

type Assignments = Vec<(Assignment, Reply<Appended>)>;

impl Writer {
    /// Answers requests until all senders are dropped.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut received = Vec::new();
        loop {
            if self.backlog.is_empty() {
                requests.recv_many(&mut received, MAX_REFERENCES).await;
                if received.is_empty() {
                    break;
                }
            } else {
                let next = requests.recv_many(&mut received, MAX_REFERENCES);
                if timeout(RETRY, next).await == Ok(0) {
                    break;
                }
            }
            self.answer_all(std::mem::take(&mut received)).await;
        }
        if !self.backlog.is_empty() {
            self.assign(Vec::new()).await;
        }
        if let Some(appender) = &mut self.appender {
            appender.await_index_writes().await;
        }
    }

    async fn answer_all(&mut self, requests: Vec<Request>) {
        let (mut assignments, mut catch_ups) = (Assignments::new(), Vec::new());
        for request in requests {
            match request {
                Request::Assign(assignment, reply) => assignments.push((assignment, reply)),
                Request::CatchUp(reply) => catch_ups.push(reply),
                Request::Remove(removal, reply) => answer(reply, self.remove(removal).await),
                Request::Clear(cleanup, reply) => answer(reply, self.clear(cleanup).await),
            }
        }
        if !assignments.is_empty() || !self.backlog.is_empty() {
            let end = self.cache.end();
            self.assign(assignments).await;
            // A successful write, or the reads after a conflict, have shown the current end. Followers that keep up
            // therefore cause no reads of their own.
            let is_at_end = self.appender.as_ref().is_some_and(ArrayAppender::is_at_end);
            if is_at_end && self.cache.end() > end && !self.cache.is_full() {
                catch_ups.drain(..).for_each(|reply| answer(reply, Ok(())));
            }
        }
        if !catch_ups.is_empty() {
            self.answer_catch_ups(catch_ups).await;
        }
    }

    /// Opens the array at the first call, and again if the index lost entries.
    async fn appender(&mut self) -> Result<&mut ArrayAppender, RecordError> {
        let appender = match self.appender.take() {
            Some(appender) if !appender.is_index_incomplete() => appender,
            _ => {
                let (array, index) = (self.array.clone(), self.index.clone());
                ArrayAppender::open(array, index, self.cache.clone()).await?
            }
        };
        Ok(self.appender.insert(appender))
    }

    async fn catch_up(&mut self) -> Result<(), RecordError> {
        if self.appender().await?.catch_up().await? {
            self.notifier.notify();
        }
        Ok(())
    }

    /// Reads the array once for all of these requests.
    async fn answer_catch_ups(&mut self, replies: Vec<Reply<()>>) {
        let mut errors = match self.catch_up().await {
            Ok(()) => Vec::new(),
            Err(error) => repeat(error, replies.len()),
        };
        for reply in replies {
            answer(reply, errors.pop().map_or(Ok(()), Err));
        }
    }

    /// Assigns positions to the backlog and to the items of these requests, and answers the requests.
    async fn assign(&mut self, assignments: Assignments) {
        let mut unassigned = std::mem::take(&mut self.backlog);
        for (assignment, _) in &assignments {
            // Another process may be assigning a position to an earlier item, anywhere in the array.
            let earlier = assignment.earlier.iter().map(|item| (*item, 0));
            let bound = assignment.lower_bound;
            let items = assignment.items.iter().map(|item| (*item, bound));
            let all = earlier.chain(items);
            unassigned.extend(all.map(|(item, lower_bound)| Unassigned { item, lower_bound }));
        }
        let assigned = self.assign_items(&mut unassigned).await;
        let failed = assignments
            .iter()
            .filter(|(assignment, _)| self.positions(assignment).is_none())
            .count();
        let mut errors = match assigned {
            Ok(()) => Vec::new(),
            Err(error) => {
                let backlog = unassigned.len();
                tracing::warn!(%error, backlog, "cannot assign positions to stored items; retrying every second");
                repeat(not_assigned(error), failed)
            }
        };
        self.backlog = unassigned;
        for (assignment, reply) in assignments {
            answer(
                reply,
                match self.positions(&assignment) {
                    Some(positions) => Ok(appended(&positions)),
                    None => Err(errors.pop().unwrap_or(RecordError::Closed)),
                },
            );
        }
        if let Some(appender) = &mut self.appender
            && let Err(error) = appender.raise_floor_if_possible().await
        {
            tracing::debug!(%error, "the position cache is full; appends are refused until the index accepts writes");
        }
    }

    /// Returns the positions of all items of a request, if all have one.
    fn positions(&self, assignment: &Assignment) -> Option<Vec<u64>> {
        let position = |item: &Reference| {
            let position = self.cache.position(*item);
            position.filter(|at| *at >= assignment.lower_bound)
        };
        assignment.items.iter().map(position).collect()
    }

    /// Assigns positions, puts them into the cache, and leaves in `unassigned` the items that got none.
    async fn assign_items(&mut self, unassigned: &mut Vec<Unassigned>) -> Result<(), RecordError> {
        let mut positions = AssignedPositions::with_capacity(unassigned.len());
        let assigned = self.write_references(unassigned, &mut positions).await;
        for (item, at) in positions {
            // The floor may have passed some positions, which are then no longer in the cache.
            self.cache.insert(item, at);
        }
        assigned
    }

    async fn write_references(
        &mut self,
        unassigned: &mut Vec<Unassigned>,
        positions: &mut AssignedPositions,
    ) -> Result<(), RecordError> {
        self.appender().await?;
        self.skip_assigned(unassigned, positions).await?;
        let mut deadline = Instant::now() + TIMEOUT;
        while !unassigned.is_empty() {
            let appender = self.appender().await?;
            let free_len = usize::try_from(appender.free_len()).unwrap_or(usize::MAX);
            let len = unassigned.len().min(MAX_REFERENCES).min(free_len);
            let items: Vec<_> = unassigned[..len].iter().map(|one| one.item).collect();
            match appender.append(&items).await {
                Ok(start) => {
                    positions.extend(items.into_iter().zip(start..));
                    unassigned.drain(..len);
                    self.notifier.notify();
                }
                Err(error) if !error.is_conflict() => return Err(record_error(error)),
                Err(error) => {
                    if appender.catch_up().await? {
                        self.notifier.notify();
                        self.skip_assigned(unassigned, positions).await?;
                        deadline = Instant::now() + TIMEOUT;
                    } else if Instant::now() >= deadline {
                        return Err(record_error(error));
                    } else {
                        // Reads do not show the other write yet; or it left a hole, which the next attempt fills.
                        sleep(PAUSE).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// Moves the items that have a position from `unassigned` to `positions`.
    ///
    /// The cache knows the array from the floor on. An item that may have a position below is looked up in the index.
    async fn skip_assigned(
        &mut self,
        unassigned: &mut Vec<Unassigned>,
        positions: &mut AssignedPositions,
    ) -> Result<(), RecordError> {
        let lower_bound = self.cache.end();
        let mut seen = HashSet::with_capacity(unassigned.len());
        let mut remaining = Vec::with_capacity(unassigned.len());
        let mut relies_on_index = false;
        for Unassigned {
            item,
            lower_bound: item_bound,
        } in unassigned.iter().copied()
        {
            let mut position = self.cache.position(item);
            if position.is_none() && item_bound < self.cache.floor() {
                position = self.index.find(item).await?;
                relies_on_index |= position.is_none();
            }
            match position {
                Some(at) if at >= item_bound => {
                    positions.push((item, at));
                    continue;
                }
                // The reference to an earlier, deleted item at the same position of the sequence.
                Some(at) => {
                    self.appender().await?.remove(item, at).await?;
                    positions.retain(|(other, _)| *other != item);
                }
                None => {}
            }
            if seen.insert(item) {
                remaining.push(Unassigned { item, lower_bound });
            }
        }
        // An index that lost entries does not prove that an item has no position.
        if relies_on_index && self.index.floor().await? < self.cache.floor() {
            self.appender = None;
            return Err(index_incomplete());
        }
        *unassigned = remaining;
        Ok(())
    }

    async fn remove(&mut self, removal: Removal) -> Result<(), RecordError> {
        let Removal { item, upper_bound } = removal;
        self.catch_up().await?;
        let position = match self.cache.position(item) {
            None => self.index.find(item).await?,
            position => position,
        };
        match position {
            Some(at) if at < upper_bound => self.appender().await?.remove(item, at).await,
            _ => Ok(()),
        }
    }

    async fn clear(&mut self, cleanup: IndexCleanup) -> Result<(), RecordError> {
        if let Some(mut appender) = self.appender.take() {
            appender.await_index_writes().await;
        }
        self.backlog.clear();
        let cleared = self.array.clear().await.map_err(record_error);
        match (cleanup, cleared) {
            (IndexCleanup::Truncate, cleared) => {
                cleared?;
                self.index.truncate().await?;
            }
            // If the table of the array is absent, it has no references to remove.
            (IndexCleanup::Drop, Ok(()) | Err(RecordError::Schema { .. })) => {
                self.index.drop_table().await?;
            }
            (IndexCleanup::Drop, Err(error)) => return Err(error),
        }
        self.cache.reset(0);
        Ok(())
    }
}

/// Answers a request. The caller may have stopped waiting.
fn answer<T>(reply: Reply<T>, answer: Result<T, RecordError>) {
    let _dropped = reply.send(answer);
}

/// Converts positions to record ids. Those of one append are consecutive, unless it crossed the end of a base array or other
/// processes assigned a part of it.
fn appended(positions: &[u64]) -> Appended {
    let one = |position: &u64| Appended::with_ids(RecordId::new(position + 1), 1);
    positions
        .iter()
        .map(one)
        .fold(Appended::default(), Appended::and)
}

/// The error of an append whose items are stored but have no positions: other errors would say that nothing was written.
fn not_assigned(error: RecordError) -> RecordError {
    RecordError::Unknown {
        source: Box::new(NotAssigned(error)),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the items are stored, but have no record ids yet; the writer assigns them later")]
struct NotAssigned(#[source] RecordError);
