use std::sync::Arc;
use std::time::Duration;

use es_core::error::{Error, ProjectionError, Result};
use es_core::notification_log::NotificationMapper;
use es_store::RecordId;
use es_store::read_model::{DeadLetter, ReadModel};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::progress::{Phase, Progress};
use crate::projections::Projections;

/// A runner at work. Dropping it stops the runner after the transaction that it is in.
#[must_use = "a runner stops when this is dropped"]
pub struct Running<M> {
    model: M,
    name: Arc<str>,
    mapper: NotificationMapper,
    progress: watch::Receiver<Progress>,
    stop: watch::Sender<bool>,
    poke: Arc<Notify>,
    task: JoinHandle<Result<()>>,
}

impl<M: ReadModel> Running<M> {
    pub(super) fn new(
        model: M,
        (name, mapper): (Arc<str>, NotificationMapper),
        progress: watch::Receiver<Progress>,
        stop: watch::Sender<bool>,
        poke: Arc<Notify>,
        task: JoinHandle<Result<()>>,
    ) -> Self {
        Self {
            model,
            name,
            mapper,
            progress,
            stop,
            poke,
            task,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// How far it is, whenever that changes.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits until the record at a position is handled, and committed: then who wrote it can read what came of it.
    ///
    /// ```no_run
    /// # async fn example<M: es_store::read_model::ReadModel, A: es_core::domain::Aggregate>(
    /// #     app: es_core::application::Application, running: es_projection::Running<M>, mut aggregate: A,
    /// # ) -> es_core::error::Result<()> {
    /// let saved = app.save(&mut aggregate).await?;
    /// if let Some(last) = saved.record_ids().last() {
    ///     running.wait_for(last, std::time::Duration::from_secs(5)).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Behind`] where it takes longer, [`ProjectionError::Ended`] where the runner has ended before.
    pub async fn wait_for(&self, position: impl Into<RecordId>, at_most: Duration) -> Result<()> {
        let asked = position.into();
        let mut progress = self.progress.clone();
        let reached = progress
            .wait_for(|progress| progress.position >= asked || progress.phase == Phase::Ended);
        let reached = tokio::time::timeout(at_most, reached).await;
        let reached = match reached {
            Ok(Ok(progress)) if progress.position >= asked => return Ok(()),
            Ok(_) => None,
            Err(_) => Some(self.progress().position),
        };
        let name = self.name.to_string();
        Err(match reached {
            None => ProjectionError::Ended { name },
            Some(reached) => ProjectionError::Behind {
                name,
                expected: asked,
                reached,
            },
        }
        .into())
    }

    /// Pauses it, for whichever process runs it, until it is resumed. What it has in hand is finished.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn pause(&self) -> Result<()> {
        let paused = self.projections().pause(&self.name).await;
        self.poke.notify_one();
        paused
    }

    /// Lets it go on.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn resume(&self) -> Result<()> {
        let resumed = self.projections().resume(&self.name).await;
        self.poke.notify_one();
        resumed
    }

    /// Its first dead letters, up to `limit`, with their errors in clear.
    ///
    /// # Errors
    ///
    /// [`Error::Cipher`] where they were written with another key; those of the store.
    pub async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>> {
        let letters = self.projections().dead_letters(&self.name, limit).await?;
        let readable = |letter: DeadLetter| self.mapper.decrypt_letter(letter);
        letters.into_iter().map(readable).collect()
    }

    /// Asks that the dead letters of an aggregate are handled again. See [`Projections::retry`].
    ///
    /// # Errors
    ///
    /// Those of [`Projections::retry`].
    pub async fn retry(&self, aggregate_id: Uuid) -> Result<()> {
        let asked = self.projections().retry(&self.name, aggregate_id).await;
        self.poke.notify_one();
        asked
    }

    /// Asks that the first dead letter of an aggregate is dropped. See [`Projections::skip`].
    ///
    /// # Errors
    ///
    /// Those of [`Projections::skip`].
    pub async fn skip(&self, aggregate_id: Uuid) -> Result<()> {
        let asked = self.projections().skip(&self.name, aggregate_id).await;
        self.poke.notify_one();
        asked
    }

    /// The read model.
    pub const fn model(&self) -> &M {
        &self.model
    }

    /// All projections of its read model.
    pub fn projections(&self) -> Projections<M> {
        Projections::new(self.model.clone())
    }

    /// Stops it after the transaction that it is in, and gives the lease back.
    ///
    /// # Errors
    ///
    /// Why it had ended before, if it had.
    pub async fn stop(self) -> Result<()> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Waits until it ends by itself, which is by an error.
    ///
    /// # Errors
    ///
    /// Why it ended: a damaged event, a store or a log that failed for good, or another name
    /// ([`ProjectionError::Unknown`]).
    pub async fn ended(self) -> Result<()> {
        let Self {
            task, stop: _stop, ..
        } = self;
        match task.await {
            Ok(ended) => ended,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Closed),
            },
        }
    }
}
