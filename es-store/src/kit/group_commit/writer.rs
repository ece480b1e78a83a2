//! The writer's loop: lock, drain, write, answer.

use std::sync::Arc;

use uuid::Uuid;

use super::plan::Plan;
use super::queue::Queue;
use super::queued_append::{QueuedAppend, answer, repeat, writer_stopped};
use super::{BatchStore, MAX_BATCH, StoredItem, WriteError};
use crate::append::Append;
use crate::appended::Appended;
use crate::error::{BoxError, RecordError};
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// Maximum number of attempts for a batch whose record ids are taken by programs that do not take
/// the lock.
const ID_ATTEMPTS: usize = 100;

type Outcome = Result<Appended, RecordError>;

pub(super) struct Writer<S> {
    store: S,
    queue: StopGuard,
    /// Deferred appends of the previous batch, which go first in the next one.
    carried: Vec<QueuedAppend>,
}

/// Answers all callers when the writer stops, also after a panic or a shutdown of the runtime. The
/// queued appends of the current batch are dropped with their reply channels; this guard answers the queued
/// ones. The store is declared before the guard and is dropped first.
struct StopGuard(Arc<Queue<QueuedAppend>>);

impl Drop for StopGuard {
    fn drop(&mut self) {
        for queued in self.0.stop() {
            answer(queued.reply, Err(writer_stopped()));
        }
    }
}

impl<S: BatchStore> Writer<S> {
    pub(super) fn new(store: S, queue: Arc<Queue<QueuedAppend>>) -> Self {
        Self {
            store,
            queue: StopGuard(queue),
            carried: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) {
        while !self.carried.is_empty() || self.queue.0.wait().await {
            self.round().await;
        }
    }

    async fn round(&mut self) {
        let locked = self.store.lock().await;
        let mut queued_appends = std::mem::take(&mut self.carried);
        queued_appends.extend(
            self.queue
                .0
                .drain(MAX_BATCH.saturating_sub(queued_appends.len())),
        );
        if let Err(error) = locked {
            let errors = repeat(error, queued_appends.len());
            return queued_appends
                .into_iter()
                .zip(errors)
                .for_each(|(queued, error)| answer(queued.reply, Err(error)));
        }
        let plan = Plan::new(queued_appends);
        if plan.appends.is_empty() {
            return self.store.unlock().await;
        }
        let outcomes = self.write(&plan.appends).await;
        if outcomes.iter().any(Result::is_ok) {
            self.store.committed();
        }
        self.carried = plan.finish(outcomes);
    }

    async fn write(&mut self, appends: &[Append]) -> Vec<Outcome> {
        match self.try_write(appends).await {
            Ok(outcomes) => outcomes,
            Err(WriteError::NotWritten(error))
                if appends.len() > 1 && may_concern_one_append(&error) =>
            {
                self.write_one_by_one(appends).await
            }
            Err(WriteError::NotWritten(error)) => fail_all(error, appends.len()),
            Err(WriteError::IdTaken) => fail_all(ids_taken(), appends.len()),
            Err(WriteError::Lost(source)) => self.resolve_lost_commit(appends, source).await,
        }
    }

    /// Writes a batch, and retries if its record ids were taken. The lock is held.
    async fn try_write(&mut self, appends: &[Append]) -> Result<Vec<Outcome>, WriteError> {
        for _ in 1..ID_ATTEMPTS {
            match self.store.write(appends).await {
                Err(WriteError::IdTaken) => self.store.lock().await?,
                written => return Ok(written?.into_appends()),
            }
        }
        Ok(self.store.write(appends).await?.into_appends())
    }

    /// Writes each append on its own after the whole transaction failed, so that one faulty append
    /// does not fail the others.
    async fn write_one_by_one(&mut self, appends: &[Append]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(appends.len());
        for append in appends.chunks(1) {
            let written = match self.store.lock().await {
                Ok(()) => self.try_write(append).await,
                Err(error) => Err(error.into()),
            };
            outcomes.extend(match written {
                Ok(outcomes) => outcomes,
                Err(WriteError::NotWritten(error)) => vec![Err(error)],
                Err(WriteError::IdTaken) => vec![Err(ids_taken())],
                Err(WriteError::Lost(source)) => self.resolve_lost_commit(append, source).await,
            });
        }
        outcomes
    }

    /// Looks up the outcome of a commit without an answer. The transaction held the lock, so it has
    /// ended once the lock is taken again.
    async fn resolve_lost_commit(&mut self, appends: &[Append], lost: BoxError) -> Vec<Outcome> {
        let Ok(lookups) = self.look_up_all(appends).await else {
            return fail_all(RecordError::Unknown { source: lost }, appends.len());
        };
        let mut lost = fail_all(RecordError::Unavailable { source: lost }, appends.len());
        let outcome = |lookup: Lookup| match lookup {
            Lookup::Stored(appended) => Some(Ok(appended)),
            Lookup::Taken {
                sequence_id,
                position,
            } => Some(Err(RecordError::Conflict {
                sequence_id,
                position,
            })),
            Lookup::Absent => lost.pop(),
        };
        lookups.into_iter().filter_map(outcome).collect()
    }

    async fn look_up_all(&mut self, appends: &[Append]) -> Result<Vec<Lookup>, RecordError> {
        self.store.lock().await?;
        let lookups = self.look_up_each(appends).await;
        self.store.unlock().await;
        lookups
    }

    async fn look_up_each(&mut self, appends: &[Append]) -> Result<Vec<Lookup>, RecordError> {
        let mut lookups = Vec::with_capacity(appends.len());
        for append in appends {
            lookups.push(self.look_up(append.items()).await?);
        }
        Ok(lookups)
    }

    /// Looks up one append. It was written as a whole or not at all, so another row at its
    /// positions belongs to another append.
    async fn look_up(&mut self, append: &[SequencedItem]) -> Result<Lookup, RecordError> {
        let mut found = Vec::with_capacity(append.len());
        for item in append {
            found.push(self.store.find(item.sequence_id, item.position).await?);
        }
        let is_stored = |(item, found): (&SequencedItem, &Option<StoredItem>)| {
            found.as_ref().is_some_and(|found| found.item == *item)
        };
        if append.iter().zip(&found).all(is_stored) {
            let first = found.first().and_then(|found| found.as_ref()?.id);
            return Ok(Lookup::Stored(match first {
                Some(first) => Appended::with_ids(first, append.len()),
                None => Appended::without_ids(append.len()),
            }));
        }
        Ok(match found.into_iter().flatten().next() {
            Some(StoredItem { item, .. }) => Lookup::Taken {
                sequence_id: item.sequence_id,
                position: item.position,
            },
            None => Lookup::Absent,
        })
    }
}

/// The stored state at the positions of an append with an unknown outcome.
enum Lookup {
    /// The items of the append.
    Stored(Appended),
    /// Another item.
    Taken {
        sequence_id: Uuid,
        position: Position,
    },
    /// No item.
    Absent,
}

/// Returns whether an error of a whole batch may be caused by a single append in it.
fn may_concern_one_append(error: &RecordError) -> bool {
    matches!(
        error,
        RecordError::Conflict { .. } | RecordError::Invalid { .. } | RecordError::Backend { .. }
    )
}

fn fail_all(error: RecordError, n: usize) -> Vec<Outcome> {
    repeat(error, n).into_iter().map(Err).collect()
}

fn ids_taken() -> RecordError {
    RecordError::Unavailable {
        source: "another program keeps taking the record ids and does not take the store's lock: stop it"
            .into(),
    }
}
