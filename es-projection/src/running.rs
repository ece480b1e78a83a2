//! The handle to a started runner.

use std::sync::Arc;
use std::time::Duration;

use es_core::error::{Error, ProjectionError, Result};
use es_core::notification_log::NotificationMapper;
use es_store::RecordId;
use es_store::read_model::{DeadLetter, ReadModel};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;
use uuid::Uuid;

use crate::progress::{Phase, Progress};
use crate::projections::Projections;

/// A handle to a started runner. Dropping it stops the runner after its current transaction.
#[must_use = "a runner stops when this is dropped"]
pub struct Running<M> {
    pub(crate) model: M,
    pub(crate) name: Arc<str>,
    pub(crate) mapper: NotificationMapper,
    pub(crate) progress: watch::Receiver<Progress>,
    pub(crate) cancel_on_drop: DropGuard,
    pub(crate) wake_renewal: Arc<Notify>,
    pub(crate) task: JoinHandle<Result<()>>,
}

impl<M: ReadModel> Running<M> {
    /// Returns the current progress.
    pub fn progress(&self) -> Progress {
        *self.progress.borrow()
    }

    /// Returns a receiver of each change of the progress.
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits until a record is handled and committed, so that a caller can read its own writes from the
    /// read model.
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
    /// [`ProjectionError::Behind`] after the timeout; [`ProjectionError::Ended`] if the runner ends
    /// first.
    pub async fn wait_for(&self, record_id: impl Into<RecordId>, timeout: Duration) -> Result<()> {
        let expected = record_id.into();
        let mut progress = self.progress.clone();
        let reached = progress
            .wait_for(|progress| progress.position >= expected || progress.phase == Phase::Ended);
        let name = self.name.to_string();
        Err(match tokio::time::timeout(timeout, reached).await {
            Ok(Ok(progress)) if progress.position >= expected => return Ok(()),
            Ok(_) => ProjectionError::Ended { name },
            Err(_) => ProjectionError::Behind {
                name,
                expected,
                reached: self.progress().position,
            },
        }
        .into())
    }

    /// Pauses the projection, whichever process runs it, until it is resumed. The current batch is
    /// finished.
    ///
    /// # Errors
    ///
    /// Those of [`Projections::pause`].
    pub async fn pause(&self) -> Result<()> {
        let paused = self.projections().pause(&self.name).await;
        self.wake_renewal.notify_one();
        paused
    }

    /// Resumes the projection.
    ///
    /// # Errors
    ///
    /// Those of [`Projections::resume`].
    pub async fn resume(&self) -> Result<()> {
        let resumed = self.projections().resume(&self.name).await;
        self.wake_renewal.notify_one();
        resumed
    }

    /// Returns the first `limit` dead letters, with their errors in plain text.
    ///
    /// # Errors
    ///
    /// [`Error::Cipher`] if they were written with another key; those of the store.
    pub async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>> {
        let letters = self.projections().dead_letters(&self.name, limit).await?;
        let decrypt = |letter: DeadLetter| self.mapper.decrypt_letter(letter);
        letters.into_iter().map(decrypt).collect()
    }

    /// Requests a retry of the dead letters of an aggregate. See [`Projections::retry`].
    ///
    /// # Errors
    ///
    /// Those of [`Projections::retry`].
    pub async fn retry(&self, aggregate_id: Uuid) -> Result<()> {
        let requested = self.projections().retry(&self.name, aggregate_id).await;
        self.wake_renewal.notify_one();
        requested
    }

    /// Requests that the first dead letter of an aggregate is dropped. See [`Projections::skip`].
    ///
    /// # Errors
    ///
    /// Those of [`Projections::skip`].
    pub async fn skip(&self, aggregate_id: Uuid) -> Result<()> {
        let requested = self.projections().skip(&self.name, aggregate_id).await;
        self.wake_renewal.notify_one();
        requested
    }

    /// Returns the read model.
    pub const fn model(&self) -> &M {
        &self.model
    }

    /// Returns the administration of all projections of the read model.
    pub fn projections(&self) -> Projections<M> {
        Projections::new(self.model.clone())
    }

    /// Stops the runner after its current transaction, and releases the lease.
    ///
    /// # Errors
    ///
    /// The error with which the runner had ended before, if any; those of releasing the lease.
    pub async fn stop(self) -> Result<()> {
        let Self {
            cancel_on_drop,
            task,
            ..
        } = self;
        drop(cancel_on_drop);
        join(task).await
    }

    /// Waits until the runner ends with an error. Dropping the future stops the runner.
    ///
    /// # Errors
    ///
    /// The reason of the end: a damaged event, a permanent failure of the store or the log, or a
    /// projection that was removed or switched to another name ([`ProjectionError::Unknown`]).
    pub async fn ended(self) -> Result<()> {
        // Dropped after the task has ended: until then it would stop the runner.
        let _cancel_on_drop = self.cancel_on_drop;
        join(self.task).await
    }
}

/// Waits for the runner's task, and passes a panic on.
async fn join(task: JoinHandle<Result<()>>) -> Result<()> {
    match task.await {
        Ok(ended) => ended,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(Error::Closed),
        },
    }
}
