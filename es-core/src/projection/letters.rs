//! What is asked of dead letters.

use uuid::Uuid;

use super::batch::Batch;
use super::book;
use super::job::{Task, Tried};
use super::projection::Projection;
use super::read_model::{DeadLetter, LetterQuery, ReadModel, Request};
use super::session::{End, Session};
use crate::error::Result;
use crate::notification_log::Notification;

/// As many letters are read at once.
const PAGE: u32 = 100;

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    /// Does what is asked of dead letters, one aggregate after another.
    pub(super) async fn answer_letters(&mut self) -> Result<(), End> {
        loop {
            let asked = self.letters(LetterQuery::first(PAGE).asked()).await?;
            if asked.is_empty() {
                return Ok(());
            }
            for letter in asked {
                if self.stop.is_said() {
                    return Err(End::Stopped);
                }
                self.answer(letter).await?;
            }
        }
    }

    /// Does what is asked of one, and then handles those behind it, up to one that cannot be.
    async fn answer(&mut self, letter: DeadLetter) -> Result<(), End> {
        let aggregate_id = letter.aggregate_id;
        let goes_on = match letter.request {
            Some(Request::Skip) => {
                self.take_up(&letter)?;
                self.attempt(Task::Drop(letter.position)).await?.done()?
            }
            _ => self.revive(letter).await?,
        };
        if goes_on {
            self.revive_all(aggregate_id).await?;
        }
        Ok(())
    }

    async fn revive_all(&mut self, aggregate_id: Uuid) -> Result<(), End> {
        loop {
            let query = LetterQuery::first(PAGE).of(aggregate_id);
            let letters = self.letters(query).await?;
            if letters.is_empty() {
                self.job()?.parked.remove(&aggregate_id);
                return self.count_parked();
            }
            for letter in letters {
                if self.stop.is_said() {
                    return Err(End::Stopped);
                }
                // What is asked of one behind it is for it alone to hear.
                if letter.request == Some(Request::Skip) || !self.revive(letter).await? {
                    return Ok(());
                }
            }
        }
    }

    /// Handles a dead letter; says whether it could be.
    async fn revive(&mut self, letter: DeadLetter) -> Result<bool, End> {
        if !self.take_up(&letter)? {
            // The program has no handler for it any more.
            let drop = Task::Drop(letter.position);
            return self.attempt(drop).await?.done();
        }
        match self.attempt(Task::Revive).await? {
            Tried::Failed(_, error) => {
                let letter = DeadLetter {
                    attempts: letter.attempts.saturating_add(1),
                    request: None,
                    error,
                    ..letter
                };
                self.attempt(Task::Rewrite(letter)).await?.done()?;
                Ok(false)
            }
            tried => tried.done(),
        }
    }

    /// Makes a dead letter the batch in hand; says whether it has a handler.
    fn take_up(&mut self, letter: &DeadLetter) -> Result<bool, End> {
        let notification = Notification {
            id: letter.position,
            topic: letter.topic.clone(),
            data: letter.data.clone(),
        };
        let position = self.position;
        let entry = self.decoder.entry(notification)?;
        let is_handled = entry.is_some();
        self.job()?.batch = Batch {
            from: position,
            to: position,
            entries: entry.into_iter().collect(),
        };
        Ok(is_handled)
    }

    async fn letters(&mut self, query: LetterQuery) -> Result<Vec<DeadLetter>, End> {
        let name = std::sync::Arc::clone(&self.shared.name);
        let letters = book::transact(&self.shared.model, move |model, transaction| {
            Box::pin(async move { Ok(model.letters(transaction, &name, &query).await?) })
        });
        Ok(letters.await?)
    }
}

impl Tried {
    fn done(self) -> Result<bool, End> {
        match self {
            Self::Reached(_) => Ok(true),
            Self::Failed(..) => Ok(false),
            Self::Fenced => Err(End::Lost),
        }
    }
}
