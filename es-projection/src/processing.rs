//! The processing of a batch: attempts, retries, bisection, and dead letters for events that fail.

use es_core::error::Error;
use es_store::RecordError;
use es_store::read_model::{ReadModel, ReadModelError, Rollback};

use crate::attempt::{AttemptContext, EventOf, Operation, Outcome};
use crate::batch::Batch;
use crate::progress::Phase;
use crate::projection::Projection;
use crate::session::{Session, SessionEnd};
use crate::transaction::into_error;

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    /// Handles a batch in one transaction. If an event fails, the events before it are handled first
    /// and the event is retried alone.
    pub(crate) async fn process(&mut self, batch: Batch<EventOf<P, M>>) -> Result<(), SessionEnd> {
        let (count, to) = (batch.entries.len(), batch.to);
        self.context()?.batch = batch;
        let (mut start, mut end) = (0, count);
        while start < count || self.position < to {
            match self.attempt(Operation::Handle(start..end)).await? {
                Outcome::Committed(handled) => start = handled,
                Outcome::Failed(index, error) if index == start => {
                    self.retry_event(index, error).await?;
                    start = index + 1;
                }
                Outcome::Failed(index, _) => match M::ROLLBACK {
                    // The events before it were rolled back: repeat them without the failed one.
                    Rollback::Full => {
                        end = index;
                        continue;
                    }
                    Rollback::None => start = index,
                },
                Outcome::Rejected(handled, error) if handled == start + 1 => {
                    self.retry_event(start, error).await?;
                    start += 1;
                }
                // Any event of the range may be the cause: bisect.
                Outcome::Rejected(handled, _) => {
                    end = start + (handled - start) / 2;
                    continue;
                }
                Outcome::Fenced => return Err(SessionEnd::LeaseLost),
            }
            if start >= end {
                end = count;
            }
        }
        Ok(())
    }

    /// Retries a failed event alone, with growing waits; after the last attempt it becomes a dead
    /// letter.
    async fn retry_event(&mut self, index: usize, mut error: String) -> Result<(), SessionEnd> {
        let retry = self.shared.options.retry;
        let mut attempts = 1;
        for wait in retry.waits() {
            self.sleep(wait).await?;
            attempts += 1;
            match self.attempt(Operation::Handle(index..index + 1)).await? {
                Outcome::Committed(_) => return Ok(()),
                Outcome::Failed(_, again) | Outcome::Rejected(_, again) => error = again,
                Outcome::Fenced => return Err(SessionEnd::LeaseLost),
            }
        }
        self.add_dead_letter(index, error, attempts).await
    }

    /// Stores an event as a dead letter and blocks its aggregate.
    async fn add_dead_letter(
        &mut self,
        index: usize,
        error: String,
        attempts: u32,
    ) -> Result<(), SessionEnd> {
        let letter = self.context()?.batch.entries[index].dead_letter(error, attempts);
        let (aggregate_id, record_id) = (letter.aggregate_id, letter.record_id);
        let mapper = &self.shared.mapper;
        // The error may quote the event, and more people can read logs than the encrypted event.
        let logged = if mapper.encrypts(&letter.topic) {
            "encrypted, as the event is; read the dead letter"
        } else {
            &letter.error
        };
        tracing::error!(%aggregate_id, %record_id, error = logged, "an event became a dead letter");
        let letter = mapper.encrypt_letter(letter)?;
        if let Outcome::Fenced = self.attempt(Operation::AddLetter(index, letter)).await? {
            return Err(SessionEnd::LeaseLost);
        }
        self.telemetry.count_dead_letter();
        self.context()?.blocked.insert(aggregate_id);
        self.publish_blocked()
    }

    /// Runs an operation, and repeats it while the database is unavailable.
    pub(crate) async fn attempt(&mut self, operation: Operation) -> Result<Outcome, SessionEnd> {
        loop {
            let context = self.context.take().ok_or(SessionEnd::LeaseLost)?;
            let work = operation.clone();
            // Not cancelled: a transaction always runs to its end.
            let done = self.shared.model.run(async move {
                let outcome = context.run(work).await;
                (context, outcome)
            });
            let (context, outcome) = done.await.map_err(Error::from)?;
            let outcome = outcome.inspect(|outcome| self.record(&context, &operation, outcome));
            self.context = Some(context);
            match outcome {
                Ok(outcome) => return Ok(outcome),
                Err(ReadModelError::Store(error @ RecordError::Unavailable { .. })) => {
                    self.back_off(error.into()).await?;
                }
                Err(error) => return Err(into_error(error).into()),
            }
        }
    }

    /// Updates the metrics, the position and the published progress after an attempt.
    fn record(&mut self, context: &AttemptContext<P, M>, operation: &Operation, outcome: &Outcome) {
        match (operation, outcome) {
            (_, Outcome::Failed(..) | Outcome::Rejected(..)) => self.telemetry.count_failure(),
            (Operation::Handle(range), Outcome::Committed(handled)) => {
                self.telemetry.count_events(handled - range.start);
            }
            (Operation::RetryLetter, Outcome::Committed(_)) => self.telemetry.count_events(1),
            _ => {}
        }
        let handled = match (outcome, M::ROLLBACK) {
            (Outcome::Committed(handled), _) | (Outcome::Failed(handled, _), Rollback::None) => {
                *handled
            }
            _ => return,
        };
        if matches!(operation, Operation::Handle(_) | Operation::AddLetter(..)) {
            self.position = context.batch.position_after(handled);
            self.publish(Phase::CatchingUp);
        }
    }
}
