//! The requests to retry or skip dead letters.

use std::sync::Arc;

use es_core::notification_log::Notification;
use es_store::read_model::{DeadLetter, LetterQuery, ProjectionTables, ReadModel, Request};
use uuid::Uuid;

use crate::attempt::{EventOf, Operation, Outcome};
use crate::batch::{Batch, Entry};
use crate::projection::Projection;
use crate::session::{Session, SessionEnd};

/// The error of a dead letter without a handler. The letter stays, as another program may have one.
const NO_HANDLER: &str =
    "this program has no handler for the event; retry it with a program that has one, or skip it";

/// Number of dead letters per query.
const PAGE: u32 = 100;

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    /// Processes all requests for dead letters.
    pub(crate) async fn process_requests(&mut self) -> Result<(), SessionEnd> {
        loop {
            let requested = self.letters(LetterQuery::new(PAGE).requested()).await?;
            if requested.is_empty() {
                return Ok(());
            }
            for letter in requested {
                self.check_cancelled()?;
                self.process_request(letter).await?;
            }
        }
    }

    /// Processes the request for a dead letter, then retries the later letters of its aggregate.
    async fn process_request(&mut self, letter: DeadLetter) -> Result<(), SessionEnd> {
        let aggregate_id = letter.aggregate_id;
        let is_done = match letter.request {
            Some(Request::Skip) => {
                self.set_entries(Vec::new())?;
                let removal = Operation::RemoveLetter(letter.record_id);
                self.attempt(removal).await?.committed()?
            }
            _ => self.retry_letter(letter).await?,
        };
        if is_done {
            self.retry_letters(aggregate_id).await?;
        }
        Ok(())
    }

    /// Retries the dead letters of an aggregate in order, until one fails. Without letters the
    /// aggregate is no longer blocked.
    async fn retry_letters(&mut self, aggregate_id: Uuid) -> Result<(), SessionEnd> {
        loop {
            let query = LetterQuery::new(PAGE).with_aggregate(aggregate_id);
            let letters = self.letters(query).await?;
            if letters.is_empty() {
                self.context()?.blocked.remove(&aggregate_id);
                return self.publish_blocked();
            }
            for letter in letters {
                self.check_cancelled()?;
                // A request to skip a later letter is processed on its own.
                if letter.request == Some(Request::Skip) || !self.retry_letter(letter).await? {
                    return Ok(());
                }
            }
        }
    }

    /// Retries a dead letter once. If it fails, or if this program has no handler for it, the letter is
    /// updated and `false` returned.
    async fn retry_letter(&mut self, letter: DeadLetter) -> Result<bool, SessionEnd> {
        let error = match self.decode(&letter).await? {
            None => NO_HANDLER.to_owned(),
            Some(entry) => {
                self.set_entries(vec![entry])?;
                match self.attempt(Operation::RetryLetter).await? {
                    Outcome::Failed(_, error) | Outcome::Rejected(_, error) => error,
                    outcome => return outcome.committed(),
                }
            }
        };
        let letter = DeadLetter {
            attempts: letter.attempts.saturating_add(1),
            request: None,
            error,
            ..letter
        };
        let letter = self.shared.mapper.encrypt_letter(letter)?;
        self.set_entries(Vec::new())?;
        let update = Operation::UpdateLetter(letter);
        self.attempt(update).await?.committed()?;
        Ok(false)
    }

    /// Decodes the event of a dead letter; `None` if this program has no handler for it.
    async fn decode(
        &mut self,
        letter: &DeadLetter,
    ) -> Result<Option<Entry<EventOf<P, M>>>, SessionEnd> {
        loop {
            let notification = Notification {
                record_id: letter.record_id,
                topic: letter.topic.clone(),
                data: letter.data.clone(),
            };
            match self.decoder.decode(notification).await {
                Ok(entry) => return Ok(entry),
                Err(error) => self.back_off(error).await?,
            }
        }
    }

    /// Makes these entries the current batch, which does not move the position.
    fn set_entries(&mut self, entries: Vec<Entry<EventOf<P, M>>>) -> Result<(), SessionEnd> {
        let position = self.position;
        self.context()?.batch = Batch {
            entries,
            ..Batch::empty(position)
        };
        Ok(())
    }

    async fn letters(&mut self, query: LetterQuery) -> Result<Vec<DeadLetter>, SessionEnd> {
        let name = Arc::clone(&self.shared.name);
        self.read(move |model, transaction| {
            Box::pin(async move { Ok(model.tables().letters(transaction, &name, &query).await?) })
        })
        .await
    }
}

impl Outcome {
    /// Returns whether the attempt was committed.
    ///
    /// # Errors
    ///
    /// [`SessionEnd::LeaseLost`] if it was fenced.
    fn committed(self) -> Result<bool, SessionEnd> {
        match self {
            Self::Committed(_) => Ok(true),
            Self::Failed(..) | Self::Rejected(..) => Ok(false),
            Self::Fenced => Err(SessionEnd::LeaseLost),
        }
    }
}
