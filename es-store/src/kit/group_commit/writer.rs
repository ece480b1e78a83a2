//! The writer's rounds: lock, drain, write, answer.

use std::sync::Arc;

use uuid::Uuid;

use super::answer::{Job, answer, repeat, stopped};
use super::plan::Plan;
use super::queue::Queue;
use super::{BatchStore, Found, MAX_BATCH, WriteError};
use crate::append::Append;
use crate::appended::Appended;
use crate::error::{BoxError, RecordError};
use crate::position::Position;
use crate::sequenced_item::SequencedItem;

/// How often a batch is tried where programs that do not take the lock take its record ids.
const ID_ATTEMPTS: usize = 100;

type Outcome = Result<Appended, RecordError>;

pub(super) struct Writer<S> {
    store: S,
    end: End,
    /// Appends of the round before, whose turn is now.
    carried: Vec<Job>,
}

/// However the writer ends, a panic and a runtime's shutdown included, everybody is answered: jobs of the round at work
/// are dropped with their replies, those behind them here. The store goes before that.
struct End(Arc<Queue<Job>>);

impl Drop for End {
    fn drop(&mut self) {
        for job in self.0.stop() {
            answer(job.reply, Err(stopped()));
        }
    }
}

impl<S: BatchStore> Writer<S> {
    pub(super) fn new(store: S, queue: Arc<Queue<Job>>) -> Self {
        Self {
            store,
            end: End(queue),
            carried: Vec::new(),
        }
    }

    pub(super) async fn run(mut self) {
        while !self.carried.is_empty() || self.end.0.wait().await {
            self.round().await;
        }
    }

    async fn round(&mut self) {
        let locked = self.store.lock().await;
        let mut jobs = std::mem::take(&mut self.carried);
        jobs.extend(self.end.0.drain(MAX_BATCH.saturating_sub(jobs.len())));
        if let Err(error) = locked {
            let errors = repeat(error, jobs.len());
            return jobs
                .into_iter()
                .zip(errors)
                .for_each(|(job, error)| answer(job.reply, Err(error)));
        }
        let plan = Plan::new(jobs);
        if plan.appends.is_empty() {
            return self.store.unlock().await;
        }
        let outcomes = self.write(&plan.appends).await;
        if outcomes.iter().any(Result::is_ok) {
            self.store.committed();
        }
        self.carried = plan.settle(outcomes);
    }

    async fn write(&mut self, appends: &[Append]) -> Vec<Outcome> {
        match self.try_write(appends).await {
            Ok(outcomes) => outcomes,
            Err(WriteError::Refused(error)) if appends.len() > 1 && may_concern_one(&error) => {
                self.write_one_by_one(appends).await
            }
            Err(WriteError::Refused(error)) => all(error, appends.len()),
            Err(WriteError::IdTaken) => all(ids_are_taken(), appends.len()),
            Err(WriteError::Lost(source)) => self.resolve(appends, source).await,
        }
    }

    /// Writes a batch, again where its ids were taken meanwhile. The store holds the lock.
    async fn try_write(&mut self, appends: &[Append]) -> Result<Vec<Outcome>, WriteError> {
        for _ in 1..ID_ATTEMPTS {
            match self.store.write(appends).await {
                Err(WriteError::IdTaken) => self.store.lock().await?,
                written => return Ok(written?.into_appends()),
            }
        }
        Ok(self.store.write(appends).await?.into_appends())
    }

    /// After a transaction failed whole: one append the store cannot take must not fail the others.
    async fn write_one_by_one(&mut self, appends: &[Append]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(appends.len());
        for append in appends.chunks(1) {
            let written = match self.store.lock().await {
                Ok(()) => self.try_write(append).await,
                Err(error) => Err(error.into()),
            };
            outcomes.extend(match written {
                Ok(outcomes) => outcomes,
                Err(WriteError::Refused(error)) => vec![Err(error)],
                Err(WriteError::IdTaken) => vec![Err(ids_are_taken())],
                Err(WriteError::Lost(source)) => self.resolve(append, source).await,
            });
        }
        outcomes
    }

    /// After a commit without an answer: what is stored tells what became of it. The transaction held the lock, so it is
    /// over once the lock is had again.
    async fn resolve(&mut self, appends: &[Append], lost: BoxError) -> Vec<Outcome> {
        let Ok(traces) = self.traces(appends).await else {
            return all(RecordError::Unknown { source: lost }, appends.len());
        };
        let mut lost = all(RecordError::Unavailable { source: lost }, appends.len());
        let outcome = |trace: Trace| match trace {
            Trace::Kept(appended) => Some(Ok(appended)),
            Trace::Taken {
                sequence_id,
                position,
            } => Some(Err(RecordError::Conflict {
                sequence_id,
                position,
            })),
            Trace::Absent => lost.pop(),
        };
        traces.into_iter().filter_map(outcome).collect()
    }

    async fn traces(&mut self, appends: &[Append]) -> Result<Vec<Trace>, RecordError> {
        self.store.lock().await?;
        let traces = self.trace_each(appends).await;
        self.store.unlock().await;
        traces
    }

    async fn trace_each(&mut self, appends: &[Append]) -> Result<Vec<Trace>, RecordError> {
        let mut traces = Vec::with_capacity(appends.len());
        for append in appends {
            traces.push(self.trace(append.items()).await?);
        }
        Ok(traces)
    }

    /// What is stored of an append. It was written whole or not at all, so any other row at its positions is another's.
    async fn trace(&mut self, append: &[SequencedItem]) -> Result<Trace, RecordError> {
        let mut found = Vec::with_capacity(append.len());
        for item in append {
            found.push(self.store.find(item.sequence_id, item.position).await?);
        }
        let is_kept = |(item, found): (&SequencedItem, &Option<Found>)| {
            found.as_ref().is_some_and(|found| found.item == *item)
        };
        if append.iter().zip(&found).all(is_kept) {
            let first = found.first().and_then(|found| found.as_ref()?.id);
            return Ok(Trace::Kept(match first {
                Some(first) => Appended::with_ids(first, append.len()),
                None => Appended::without_ids(append.len()),
            }));
        }
        Ok(match found.into_iter().flatten().next() {
            Some(Found { item, .. }) => Trace::Taken {
                sequence_id: item.sequence_id,
                position: item.position,
            },
            None => Trace::Absent,
        })
    }
}

/// What is stored at the positions of an append whose outcome is not known.
enum Trace {
    /// Its items.
    Kept(Appended),
    /// Something else.
    Taken {
        sequence_id: Uuid,
        position: Position,
    },
    /// Nothing.
    Absent,
}

/// Whether an error of a whole batch may be the fault of one append in it.
fn may_concern_one(error: &RecordError) -> bool {
    matches!(
        error,
        RecordError::Conflict { .. } | RecordError::Invalid { .. } | RecordError::Backend { .. }
    )
}

fn all(error: RecordError, n: usize) -> Vec<Outcome> {
    repeat(error, n).into_iter().map(Err).collect()
}

fn ids_are_taken() -> RecordError {
    RecordError::Unavailable {
        source: "another program, one that does not take the lock, keeps taking the record ids"
            .into(),
    }
}
