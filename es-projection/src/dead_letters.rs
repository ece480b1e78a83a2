//! What is asked of dead letters.

use std::sync::Arc;

use es_core::notification_log::Notification;
use es_store::read_model::{DeadLetter, LetterQuery, ProjectionTables, ReadModel, Request};
use uuid::Uuid;

use crate::attempt::{EventOf, Task, Tried};
use crate::batch::{Batch, Entry};
use crate::projection::Projection;
use crate::session::{End, Session};

/// Why a dead letter stays where the program does nothing with it.
const NO_HANDLER: &str =
    "this program has no handler for it; run one that has, or ask that it is skipped";

/// As many letters are read at once.
const PAGE: u32 = 100;

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    /// Does what is asked of dead letters, one aggregate after another.
    pub(super) async fn answer_letters(&mut self) -> Result<(), End> {
        loop {
            let asked = self.letters(LetterQuery::new(PAGE).requested()).await?;
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
                self.hold(Vec::new())?;
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
            let query = LetterQuery::new(PAGE).with_aggregate(aggregate_id);
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

    /// Handles a dead letter; says whether it could be. It stays where it could not, also where the program has no handler
    /// for it: another one may.
    async fn revive(&mut self, letter: DeadLetter) -> Result<bool, End> {
        let error = match self.entry(&letter).await? {
            None => NO_HANDLER.to_owned(),
            Some(entry) => {
                self.hold(vec![entry])?;
                match self.attempt(Task::Revive).await? {
                    Tried::Failed(_, error) | Tried::Refused(_, error) => error,
                    tried => return tried.done(),
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
        self.hold(Vec::new())?;
        self.attempt(Task::Rewrite(letter)).await?.done()?;
        Ok(false)
    }

    /// The event of a dead letter, if it has a handler.
    async fn entry(&mut self, letter: &DeadLetter) -> Result<Option<Entry<EventOf<P, M>>>, End> {
        loop {
            let notification = Notification {
                record_id: letter.position,
                topic: letter.topic.clone(),
                data: letter.data.clone(),
            };
            match self.decoder.entry(notification).await {
                Ok(entry) => return Ok(entry),
                Err(error) => self.bear(error).await?,
            }
        }
    }

    /// Makes these the batch in hand, which moves the position nowhere.
    fn hold(&mut self, entries: Vec<Entry<EventOf<P, M>>>) -> Result<(), End> {
        let position = self.position;
        self.job()?.batch = Batch {
            from: position,
            to: position,
            entries,
        };
        Ok(())
    }

    async fn letters(&mut self, query: LetterQuery) -> Result<Vec<DeadLetter>, End> {
        let name = Arc::clone(&self.shared.name);
        self.read(move |model, transaction| {
            Box::pin(async move { Ok(model.tables().letters(transaction, &name, &query).await?) })
        })
        .await
    }
}

impl Tried {
    fn done(self) -> Result<bool, End> {
        match self {
            Self::Reached(_) => Ok(true),
            Self::Failed(..) | Self::Refused(..) => Ok(false),
            Self::Fenced => Err(End::Lost),
        }
    }
}
