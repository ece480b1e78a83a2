//! An attempt: one transaction that handles a part of a batch and moves the position.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es_core::internal::catch_async;
use es_store::read_model::{
    Advanced, DeadLetter, ProjectionTables, ReadModel, ReadModelError, Rollback,
};
use es_store::{RecordError, RecordId};
use uuid::Uuid;

use crate::batch::{Batch, Entry, error_chain};
use crate::lease::Lease;
use crate::projection::Projection;
use crate::transaction::{log_failed_rollback, roll_back};

pub(crate) type EventOf<P, M> = <P as Projection<<M as ReadModel>::Transaction>>::Event;

/// Number of events between two checks of the transaction's duration.
const EVENTS_PER_TIME_CHECK: usize = 32;

/// Everything that an attempt needs. It moves to the thread on which transactions may block, and
/// back.
pub(crate) struct AttemptContext<P: Projection<M::Transaction>, M: ReadModel> {
    pub(crate) projection: Arc<P>,
    pub(crate) model: M,
    pub(crate) lease: Lease,
    pub(crate) batch: Batch<EventOf<P, M>>,
    /// The aggregates with dead letters. Their events become dead letters without an attempt.
    pub(crate) blocked: HashSet<Uuid>,
    /// Duration of a transaction after which it is committed before the end of the batch.
    pub(crate) batch_time: Duration,
}

/// The work of an attempt.
#[derive(Clone)]
pub(crate) enum Operation {
    /// Handles a range of the batch's entries; those of blocked aggregates become dead letters.
    Handle(Range<usize>),
    /// Stores the entry at an index as the first dead letter of its aggregate.
    AddLetter(usize, DeadLetter),
    /// Handles the batch's single entry, a dead letter, and deletes the letter if its handler
    /// succeeds.
    RetryLetter,
    /// Deletes the dead letter of a record.
    RemoveLetter(RecordId),
    /// Replaces a dead letter.
    UpdateLetter(DeadLetter),
}

impl Operation {
    /// Returns whether a transaction with this many handled entries has called handlers.
    const fn has_called_handlers(&self, handled: usize) -> bool {
        match self {
            Self::Handle(range) => handled > range.start,
            Self::RetryLetter => true,
            Self::AddLetter(..) | Self::RemoveLetter(_) | Self::UpdateLetter(_) => false,
        }
    }
}

/// The outcome of an attempt.
pub(crate) enum Outcome {
    /// The entries before this index are handled and committed.
    Committed(usize),
    /// The entry at this index failed with an error. The entries before it are rolled back, or
    /// committed if the read model has no rollback.
    Failed(usize, String),
    /// The database refused the transaction of the entries before this index with an error, and
    /// everything is rolled back. Any of the entries may be the cause.
    Rejected(usize, String),
    /// Another runner owns the projection. Nothing was committed.
    Fenced,
}

impl<P: Projection<M::Transaction>, M: ReadModel> AttemptContext<P, M> {
    /// Runs an operation in a separate transaction.
    pub(crate) async fn run(&self, operation: Operation) -> Result<Outcome, ReadModelError> {
        let mut transaction = self.model.begin().await?;
        // Without a rollback the fence of the commit is too late: check the epoch before the work.
        if M::ROLLBACK == Rollback::None && !self.owns_lease(&mut transaction).await? {
            return Ok(Outcome::Fenced);
        }
        let (handled, failure) = self.handle(&mut transaction, &operation).await;
        match failure {
            Some(error) if M::ROLLBACK == Rollback::Full => {
                self.roll_back_failure(transaction).await?;
                Ok(Outcome::Failed(handled, error))
            }
            failure => {
                let outcome = self.commit(transaction, &operation, handled).await?;
                Ok(match (outcome, failure) {
                    (Outcome::Committed(handled), Some(error)) => Outcome::Failed(handled, error),
                    (outcome, _) => outcome,
                })
            }
        }
    }

    async fn owns_lease(&self, transaction: &mut M::Transaction) -> Result<bool, RecordError> {
        let tables = self.model.tables();
        let row = tables.lock(transaction, &self.lease.name).await?;
        Ok(row.is_some_and(|row| row.epoch == self.lease.epoch))
    }

    /// Rolls back after a handler failed.
    ///
    /// # Errors
    ///
    /// [`RecordError::Unavailable`] if the connection is lost, which then was the cause of the
    /// failure: the event is not to blame.
    async fn roll_back_failure(&self, transaction: M::Transaction) -> Result<(), RecordError> {
        match self.model.rollback(transaction).await {
            Err(error @ RecordError::Unavailable { .. }) => Err(error),
            rolled_back => {
                log_failed_rollback(rolled_back);
                Ok(())
            }
        }
    }

    /// Calls the handlers. Returns the number of handled entries of the batch, and the error of the
    /// next one if it failed.
    async fn handle(
        &self,
        transaction: &mut M::Transaction,
        operation: &Operation,
    ) -> (usize, Option<String>) {
        let range = match operation {
            Operation::Handle(range) => range.clone(),
            Operation::RetryLetter => self.batch.all(),
            Operation::AddLetter(index, _) => return (index + 1, None),
            Operation::RemoveLetter(_) | Operation::UpdateLetter(_) => {
                return (self.batch.entries.len(), None);
            }
        };
        let is_skipped =
            |entry: &Entry<_>| matches!(operation, Operation::Handle(_)) && self.is_blocked(entry);
        let began = Instant::now();
        for index in range.clone() {
            let entry = &self.batch.entries[index];
            if !is_skipped(entry)
                && let Err(error) = self.call_handler(transaction, entry).await
            {
                return (index, Some(error));
            }
            if !self.model.is_open(transaction) {
                // The check before the commit reports the ended transaction.
                return (index + 1, None);
            }
            let is_time_check = (index + 1 - range.start) % EVENTS_PER_TIME_CHECK == 0;
            if is_time_check && began.elapsed() >= self.batch_time {
                return (index + 1, None);
            }
        }
        (range.end, None)
    }

    fn is_blocked(&self, entry: &Entry<EventOf<P, M>>) -> bool {
        self.blocked.contains(&entry.aggregate_id)
    }

    async fn call_handler(
        &self,
        transaction: &mut M::Transaction,
        entry: &Entry<EventOf<P, M>>,
    ) -> Result<(), String> {
        let (header, event) = entry.event.as_ref().map_err(Clone::clone)?;
        let record_id = entry.notification.record_id;
        let handled = self
            .projection
            .__handle(event, header, record_id, transaction);
        // A panic is a failure of the event; the rollback undoes its writes.
        let handled = catch_async("the handler", handled).await;
        handled.map_err(|error| error_chain(&*error))
    }

    /// Moves the position and commits.
    async fn commit(
        &self,
        mut transaction: M::Transaction,
        operation: &Operation,
        handled: usize,
    ) -> Result<Outcome, ReadModelError> {
        if operation.has_called_handlers(handled)
            && let Err(error) = self.model.check(&mut transaction).await
        {
            roll_back(&self.model, transaction).await;
            return Self::rejected(operation, handled, error);
        }
        match self.advance(&mut transaction, operation, handled).await {
            Ok(Advanced::Yes) => match self.model.commit(transaction).await {
                Ok(()) => Ok(Outcome::Committed(handled)),
                Err(error) => Self::rejected(operation, handled, error),
            },
            Ok(Advanced::Fenced) => {
                roll_back(&self.model, transaction).await;
                Ok(Outcome::Fenced)
            }
            Err(error) => {
                roll_back(&self.model, transaction).await;
                Err(error.into())
            }
        }
    }

    /// Classifies an error at the end of a transaction: an error that a retry does not cure, such as a
    /// violated deferred constraint, is the fault of an event if handlers were called and everything
    /// is rolled back.
    fn rejected(
        operation: &Operation,
        handled: usize,
        error: ReadModelError,
    ) -> Result<Outcome, ReadModelError> {
        match error {
            ReadModelError::Store(RecordError::Backend { .. } | RecordError::Invalid { .. })
                if M::ROLLBACK == Rollback::Full && operation.has_called_handlers(handled) =>
            {
                Ok(Outcome::Rejected(handled, error_chain(&error)))
            }
            error => Err(error),
        }
    }

    /// Moves the position and writes the changes of dead letters, in the transaction of the handlers.
    async fn advance(
        &self,
        transaction: &mut M::Transaction,
        operation: &Operation,
        handled: usize,
    ) -> Result<Advanced, RecordError> {
        let tables = self.model.tables();
        let (from, to) = self.positions(operation, handled);
        let step = self.lease.step(from, to);
        let advanced = tables.advance(transaction, &step).await?;
        if advanced == Advanced::Yes {
            self.write_letters(transaction, operation, handled).await?;
        }
        Ok(advanced)
    }

    /// Returns the positions before and after an operation.
    fn positions(&self, operation: &Operation, handled: usize) -> (RecordId, RecordId) {
        let batch = &self.batch;
        let first = match operation {
            Operation::Handle(range) => range.start,
            Operation::AddLetter(index, _) => *index,
            // The record of a dead letter lies before the position already.
            Operation::RetryLetter | Operation::RemoveLetter(_) | Operation::UpdateLetter(_) => {
                return (batch.from, batch.to);
            }
        };
        (batch.position_before(first), batch.position_after(handled))
    }

    async fn write_letters(
        &self,
        transaction: &mut M::Transaction,
        operation: &Operation,
        handled: usize,
    ) -> Result<(), RecordError> {
        let (tables, name) = (self.model.tables(), &*self.lease.name);
        match operation {
            Operation::Handle(range) => {
                let letters = self.blocked_letters(range.start..handled);
                if letters.is_empty() {
                    return Ok(());
                }
                tables.put_letters(transaction, name, &letters).await
            }
            Operation::AddLetter(_, letter) | Operation::UpdateLetter(letter) => {
                let letters = std::slice::from_ref(letter);
                tables.put_letters(transaction, name, letters).await
            }
            Operation::RemoveLetter(record_id) => {
                tables.remove_letter(transaction, name, *record_id).await
            }
            Operation::RetryLetter => {
                for entry in &self.batch.entries[..handled] {
                    let record_id = entry.notification.record_id;
                    tables.remove_letter(transaction, name, record_id).await?;
                }
                Ok(())
            }
        }
    }

    /// Returns the dead letters for the entries of blocked aggregates in a range.
    fn blocked_letters(&self, range: Range<usize>) -> Vec<DeadLetter> {
        if self.blocked.is_empty() {
            return Vec::new();
        }
        let entries = self.batch.entries[range].iter();
        let blocked = entries.filter(|entry| self.is_blocked(entry));
        blocked
            .map(|entry| entry.dead_letter(String::new(), 0))
            .collect()
    }
}
