//! One try to handle a part of a batch in one transaction.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es_core::internal::catch_async;
use es_store::read_model::{Advanced, DeadLetter, ProjectionTables, ReadModel, Rollback};
use es_store::{RecordError, RecordId};
use uuid::Uuid;

use crate::batch::{Batch, Entry, described};
use crate::lease::{Lease, undo, warn_of};
use crate::projection::Projection;

pub(super) type EventOf<P, M> = <P as Projection<<M as ReadModel>::Transaction>>::Event;

/// The clock is looked at after so many events.
const EVENTS_A_LOOK: usize = 32;

/// A batch that is being handled, with all that this takes. It moves to where transactions may block, and back.
pub(super) struct Job<P: Projection<M::Transaction>, M: ReadModel> {
    pub(super) projection: Arc<P>,
    pub(super) model: M,
    pub(super) lease: Lease,
    pub(super) batch: Batch<EventOf<P, M>>,
    /// The aggregates that have dead letters: what comes of them waits behind.
    pub(super) parked: HashSet<Uuid>,
    /// No transaction is held much longer than this.
    pub(super) longest: Duration,
}

/// How a try ended.
pub(super) enum Tried {
    /// So many entries of the batch are handled, and committed.
    Reached(usize),
    /// An entry could not be handled. What came before it is undone, or committed where nothing can be undone.
    Failed(usize, String),
    /// The store refused what was done for entries up to this one, and all of it is undone: nobody knows for which.
    Refused(usize, String),
    /// Another runs the projection. Nothing was done.
    Fenced,
}

/// What happens to entries.
#[derive(Clone)]
pub(super) enum Task {
    /// They are handled, or parked where their aggregates are.
    Handle(Range<usize>),
    /// The one with this index becomes the first dead letter of its aggregate.
    Park(usize, DeadLetter),
    /// The only one is a dead letter: it is handled, and is none any more.
    Revive,
    /// The dead letter at this position is dropped.
    Drop(RecordId),
    /// The only one is a dead letter that is written anew.
    Rewrite(DeadLetter),
}

impl Task {
    /// Whether handlers are called on the way to an entry.
    const fn calls(&self, reached: usize) -> bool {
        match self {
            Self::Handle(range) => reached > range.start,
            Self::Revive => true,
            Self::Park(..) | Self::Drop(_) | Self::Rewrite(_) => false,
        }
    }

    /// What the store refuses for good, such as what breaks a deferred constraint, is the fault of an event where handlers did
    /// something, and where all of it is undone.
    fn refused(
        &self,
        undoes: Rollback,
        reached: usize,
        error: RecordError,
    ) -> Result<Tried, RecordError> {
        match error {
            RecordError::Backend { .. } | RecordError::Invalid { .. }
                if undoes == Rollback::Full && self.calls(reached) =>
            {
                Ok(Tried::Refused(reached, described(&error)))
            }
            error => Err(error),
        }
    }
}

impl<P: Projection<M::Transaction>, M: ReadModel> Job<P, M> {
    /// Does a task in a transaction of its own.
    pub(super) async fn run(&self, task: Task) -> Result<Tried, RecordError> {
        let mut transaction = self.model.begin().await?;
        if M::ROLLBACK == Rollback::None && !self.is_ours(&mut transaction).await? {
            return Ok(Tried::Fenced);
        }
        let (reached, failure) = self.handle(&mut transaction, &task).await;
        if failure.is_some() && M::ROLLBACK == Rollback::Full {
            self.give_up(transaction).await?;
        } else {
            if task.calls(reached)
                && let Err(error) = self.model.check(&mut transaction).await
            {
                undo(&self.model, transaction).await;
                return task.refused(M::ROLLBACK, reached, error);
            }
            match self.note(&mut transaction, &task, reached).await {
                Ok(Advanced::Yes) => {
                    if let Err(error) = self.model.commit(transaction).await {
                        return task.refused(M::ROLLBACK, reached, error);
                    }
                }
                Ok(Advanced::Fenced) => {
                    undo(&self.model, transaction).await;
                    return Ok(Tried::Fenced);
                }
                Err(error) => {
                    undo(&self.model, transaction).await;
                    return Err(error);
                }
            }
        }
        Ok(match failure {
            Some(error) => Tried::Failed(reached, error),
            None => Tried::Reached(reached),
        })
    }

    /// Rollback what a handler has failed in. Where the connection turns out to be gone, it was not the event's fault.
    async fn give_up(&self, transaction: M::Transaction) -> Result<(), RecordError> {
        match self.model.rollback(transaction).await {
            Err(error @ RecordError::Unavailable { .. }) => Err(error),
            undone => {
                warn_of(undone);
                Ok(())
            }
        }
    }

    /// Whether nobody else runs the projection: asked before the work where it could not be undone.
    async fn is_ours(&self, transaction: &mut M::Transaction) -> Result<bool, RecordError> {
        let row = self
            .model
            .tables()
            .lock(transaction, &self.lease.name)
            .await?;
        Ok(row.is_some_and(|row| row.epoch == self.lease.epoch))
    }

    /// Calls the handlers. Answers with how many entries of the batch are handled then, and why the next one is not.
    async fn handle(
        &self,
        transaction: &mut M::Transaction,
        task: &Task,
    ) -> (usize, Option<String>) {
        let range = match task {
            Task::Handle(range) => range.clone(),
            Task::Revive => self.batch.all(),
            Task::Park(at, _) => return (at + 1, None),
            Task::Drop(_) | Task::Rewrite(_) => return (self.batch.entries.len(), None),
        };
        let waits = |entry: &Entry<_>| {
            matches!(task, Task::Handle(_)) && self.parked.contains(&entry.aggregate_id)
        };
        let began = Instant::now();
        for at in range.clone() {
            let entry = &self.batch.entries[at];
            if !waits(entry)
                && let Err(error) = self.call(transaction, entry).await
            {
                return (at, Some(error));
            }
            if !self.model.is_open(transaction) {
                // Which is told before anything is kept.
                return (at + 1, None);
            }
            let is_look = (at + 1 - range.start) % EVENTS_A_LOOK == 0;
            if is_look && began.elapsed() >= self.longest {
                return (at + 1, None);
            }
        }
        (range.end, None)
    }

    async fn call(
        &self,
        transaction: &mut M::Transaction,
        entry: &Entry<EventOf<P, M>>,
    ) -> Result<(), String> {
        let (header, event) = entry.event.as_ref().map_err(Clone::clone)?;
        let at = entry.notification.record_id;
        let handled = self.projection.__handle(event, header, at, transaction);
        // What it has begun is rolled back.
        let handled = catch_async("the handler", handled).await;
        handled.map_err(|error| described(&*error))
    }

    /// Moves the position on, in the same transaction, and with it what became dead letters.
    async fn note(
        &self,
        transaction: &mut M::Transaction,
        task: &Task,
        reached: usize,
    ) -> Result<Advanced, RecordError> {
        let (tables, name) = (self.model.tables(), &*self.lease.name);
        let batch = &self.batch;
        let first = match task {
            Task::Handle(range) => range.start,
            Task::Park(at, _) => *at,
            Task::Revive | Task::Drop(_) | Task::Rewrite(_) => 0,
        };
        let (from, to) = match task {
            Task::Handle(_) | Task::Park(..) => {
                (self.position_before(first), batch.position_after(reached))
            }
            // A dead letter lies behind it already.
            Task::Revive | Task::Drop(_) | Task::Rewrite(_) => (batch.from, batch.to),
        };
        let step = self.lease.step(from, to);
        if tables.advance(transaction, &step).await? == Advanced::Fenced {
            return Ok(Advanced::Fenced);
        }
        match task {
            Task::Handle(_) => {
                let letters = self.waiting(first..reached);
                if !letters.is_empty() {
                    tables.put_letters(transaction, name, &letters).await?;
                }
            }
            Task::Park(_, letter) | Task::Rewrite(letter) => {
                let letters = std::slice::from_ref(letter);
                tables.put_letters(transaction, name, letters).await?;
            }
            Task::Drop(position) => tables.remove_letter(transaction, name, *position).await?,
            Task::Revive => {
                for entry in &self.batch.entries[..reached] {
                    let position = entry.notification.record_id;
                    tables.remove_letter(transaction, name, position).await?;
                }
            }
        }
        Ok(Advanced::Yes)
    }

    fn position_before(&self, entry: usize) -> RecordId {
        if entry == 0 {
            self.batch.from
        } else {
            self.batch.position_after(entry)
        }
    }

    /// What waits behind dead letters of its aggregates.
    fn waiting(&self, handled: Range<usize>) -> Vec<DeadLetter> {
        if self.parked.is_empty() {
            return Vec::new();
        }
        let entries = self.batch.entries[handled].iter();
        let waiting = entries.filter(|entry| self.parked.contains(&entry.aggregate_id));
        waiting
            .map(|entry| entry.letter(String::new(), 0))
            .collect()
    }
}
