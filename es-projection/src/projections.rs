//! The administration of projections.

use std::time::Duration;

use es_core::error::{ProjectionError, Result};
use es_store::read_model::{
    DeadLetter, LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel, Request,
};
use es_store::{BoxError, RecordId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::switch::{ReplaceTables, switch};
use crate::transaction::{Work, lock_row, transact, unknown};

/// Administers the projections of a read model, whichever processes run them.
#[derive(Debug, Clone)]
pub struct Projections<M> {
    model: M,
}

/// The first interval of polling for a position; it doubles up to the maximum.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(2);
const MAX_POLL_INTERVAL: Duration = Duration::from_millis(100);

impl<M: ReadModel> Projections<M> {
    /// Creates the administration of a read model.
    pub const fn new(model: M) -> Self {
        Self { model }
    }

    /// Returns the state of all projections, in the order of their names.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn all(&self) -> Result<Vec<ProjectionRow>> {
        transact(&self.model, |model, transaction| {
            Box::pin(async move { Ok(model.tables().rows(transaction).await?) })
        })
        .await
    }

    /// Returns the state of a projection.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] if there is none of this name; those of the store.
    pub async fn get(&self, name: &str) -> Result<ProjectionRow> {
        let rows = self.all().await?;
        let row = rows.into_iter().find(|row| row.name == name);
        row.ok_or_else(|| unknown(name).into())
    }

    /// Waits until a record is handled and committed.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Behind`] after the timeout; [`ProjectionError::Unknown`] if there is none of
    /// this name; those of the store.
    pub async fn wait_for(
        &self,
        name: &str,
        record_id: impl Into<RecordId>,
        timeout: Duration,
    ) -> Result<()> {
        let (expected, began) = (record_id.into(), Instant::now());
        let mut interval = MIN_POLL_INTERVAL;
        loop {
            let reached = self.get(name).await?.position;
            if reached >= expected {
                return Ok(());
            }
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(ProjectionError::Behind {
                    name: name.to_owned(),
                    expected,
                    reached,
                }
                .into());
            }
            sleep(interval.min(left)).await;
            interval = (interval * 2).min(MAX_POLL_INTERVAL);
        }
    }

    /// Pauses a projection until it is resumed. Its runner notices within a quarter of its lease.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] if there is none of this name; those of the store.
    pub async fn pause(&self, name: &str) -> Result<()> {
        self.set_mode(name, Mode::Paused).await
    }

    /// Resumes a projection.
    ///
    /// # Errors
    ///
    /// Those of [`pause`](Self::pause).
    pub async fn resume(&self, name: &str) -> Result<()> {
        self.set_mode(name, Mode::Active).await
    }

    async fn set_mode(&self, name: &str, mode: Mode) -> Result<()> {
        let name = name.to_owned();
        transact(&self.model, move |model, transaction| {
            Box::pin(async move {
                let mut row = lock_row(model, transaction, &name).await?;
                row.mode = mode;
                Ok(model.tables().put(transaction, &row).await?)
            })
        })
        .await
    }

    /// Returns the first `limit` dead letters of a projection, in the order of their record ids.
    ///
    /// Errors of encrypted events are encrypted:
    /// [`NotificationMapper::decrypt_letter`](es_core::notification_log::NotificationMapper::decrypt_letter)
    /// decrypts them.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn dead_letters(&self, name: &str, limit: u32) -> Result<Vec<DeadLetter>> {
        self.letters(name, LetterQuery::new(limit)).await
    }

    /// Returns the dead letters of a projection that match a query.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn letters(&self, name: &str, query: LetterQuery) -> Result<Vec<DeadLetter>> {
        let name = name.to_owned();
        transact(&self.model, move |model, transaction| {
            Box::pin(async move { Ok(model.tables().letters(transaction, &name, &query).await?) })
        })
        .await
    }

    /// Requests a retry of the dead letters of an aggregate, in order, until one fails. The runner
    /// notices the request within a quarter of its lease.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::NoDeadLetter`] if the aggregate has no dead letter; those of the store.
    pub async fn retry(&self, name: &str, aggregate_id: Uuid) -> Result<()> {
        self.request(name, aggregate_id, Request::Retry).await
    }

    /// Requests that the first dead letter of an aggregate is dropped and the later ones are retried.
    ///
    /// # Errors
    ///
    /// Those of [`retry`](Self::retry).
    pub async fn skip(&self, name: &str, aggregate_id: Uuid) -> Result<()> {
        self.request(name, aggregate_id, Request::Skip).await
    }

    /// Stores a request with the first dead letter of an aggregate.
    async fn request(&self, name: &str, aggregate_id: Uuid, request: Request) -> Result<()> {
        let name = name.to_owned();
        transact(&self.model, move |model, transaction| {
            Box::pin(async move {
                // The runner locks the row in each transaction too, so no letter changes meanwhile.
                lock_row(model, transaction, &name).await?;
                let tables = model.tables();
                let query = LetterQuery::new(1).with_aggregate(aggregate_id);
                let first = tables.letters(transaction, &name, &query).await?.pop();
                let Some(first) = first else {
                    return Err(ProjectionError::NoDeadLetter { name, aggregate_id }.into());
                };
                let requested = DeadLetter {
                    request: Some(request),
                    ..first
                };
                Ok(tables.put_letters(transaction, &name, &[requested]).await?)
            })
        })
        .await
    }

    /// Replaces the projection `live` by the projection `new`, which was built under another name.
    ///
    /// In one transaction, `replace_tables` runs, for example to rename tables, `live` is removed, and
    /// `new` takes its name with its position and its dead letters. The runner of `new` ends.
    ///
    /// The projection is paused afterwards, because runners of `live` have the old code and would write
    /// old data into the new tables. Stop them, start runners with the new code under the name `live`,
    /// and [`resume`](Self::resume) it.
    ///
    /// ```no_run
    /// # async fn example<M: es_store::read_model::ReadModel>(model: M) -> es_core::error::Result<()> {
    /// use es_projection::Projections;
    ///
    /// let projections = Projections::new(model);
    /// projections
    ///     .switch("balances 2", "balances", |transaction| {
    ///         Box::pin(async move {
    ///             // DROP TABLE balances; ALTER TABLE balances_2 RENAME TO balances
    /// #           let _ = transaction;
    ///             Ok(())
    ///         })
    ///     })
    ///     .await?;
    /// // After the runners with the old code have stopped:
    /// projections.resume("balances").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// All of them leave everything unchanged.
    /// [`Error::InvalidSetting`](es_core::error::Error::InvalidSetting) if the names are equal;
    /// [`ProjectionError::Unknown`] if there is no projection `new`; [`ProjectionError::Refused`] with
    /// the error of `replace_tables`; those of the store.
    pub async fn switch(
        &self,
        new: &str,
        live: &str,
        replace_tables: impl for<'t> FnOnce(&'t mut M::Transaction) -> Work<'t, (), BoxError>
        + Send
        + 'static,
    ) -> Result<()> {
        let replace_tables: ReplaceTables<M> = Box::new(replace_tables);
        switch(&self.model, new, live, replace_tables).await
    }

    /// Removes a projection and its dead letters, which ends its runner. The read model is kept.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn remove(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        transact(&self.model, move |model, transaction| {
            Box::pin(async move { Ok(model.tables().remove(transaction, &name).await?) })
        })
        .await
    }
}
