use std::time::Duration;

use es_core::error::{ProjectionError, Result};
use es_store::read_model::{
    DeadLetter, LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel, Request,
};
use es_store::{BoxError, RecordId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::lease as book;
use crate::lease::{Refit, Work};

/// The projections of a read model, seen from outside, whichever process runs them.
#[derive(Debug, Clone)]
pub struct Projections<M> {
    model: M,
}

/// While a position is waited for, it is looked at so often at first, and then more seldom.
const FIRST_LOOK: Duration = Duration::from_millis(2);
const LOOKS: Duration = Duration::from_millis(100);

impl<M: ReadModel> Projections<M> {
    /// Of a read model.
    pub const fn new(model: M) -> Self {
        Self { model }
    }

    /// All of them, by name: how far they are, and who runs them.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn all(&self) -> Result<Vec<ProjectionRow>> {
        book::transact(&self.model, |model, transaction| {
            Box::pin(async move { Ok(model.tables().rows(transaction).await?) })
        })
        .await
    }

    /// One of them.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] where there is none of the name; those of the store.
    pub async fn get(&self, name: &str) -> Result<ProjectionRow> {
        let rows = self.all().await?;
        let row = rows.into_iter().find(|row| row.name == name);
        row.ok_or_else(|| unknown(name).into())
    }

    /// Waits until the record at a position is handled, and committed.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Behind`] where it takes longer; those of the store.
    pub async fn wait_for(
        &self,
        name: &str,
        position: impl Into<RecordId>,
        at_most: Duration,
    ) -> Result<()> {
        let (asked, began) = (position.into(), Instant::now());
        let mut pause = FIRST_LOOK;
        loop {
            let reached = self.get(name).await?.position;
            if reached >= asked {
                return Ok(());
            }
            let left = at_most.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(ProjectionError::Behind {
                    name: name.to_owned(),
                    expected: asked,
                    reached,
                }
                .into());
            }
            sleep(pause.min(left)).await;
            pause = (pause * 2).min(LOOKS);
        }
    }

    /// Pauses one, until it is resumed. Its runner sees it within a quarter of its lease.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] where there is none of the name; those of the store.
    pub async fn pause(&self, name: &str) -> Result<()> {
        book::set_mode(&self.model, name, Mode::Paused).await
    }

    /// Lets one go on.
    ///
    /// # Errors
    ///
    /// As [`pause`](Self::pause).
    pub async fn resume(&self, name: &str) -> Result<()> {
        book::set_mode(&self.model, name, Mode::Active).await
    }

    /// The first dead letters of one, by position, up to `limit`. Their errors are as they are stored: encrypted where the
    /// events are ([`DeadLetter::readable`]).
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn dead_letters(&self, name: &str, limit: u32) -> Result<Vec<DeadLetter>> {
        self.letters(name, LetterQuery::new(limit)).await
    }

    /// Dead letters, as they are asked for.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn letters(&self, name: &str, query: LetterQuery) -> Result<Vec<DeadLetter>> {
        let name = name.to_owned();
        book::transact(&self.model, move |model, transaction| {
            Box::pin(async move { Ok(model.tables().letters(transaction, &name, &query).await?) })
        })
        .await
    }

    /// Asks that the dead letters of an aggregate are handled again, in their order, up to one that cannot be. The runner
    /// does it within a quarter of its lease.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::NoDeadLetter`] where there is none; those of the store.
    pub async fn retry(&self, name: &str, aggregate_id: Uuid) -> Result<()> {
        book::ask(&self.model, name, aggregate_id, Request::Retry).await
    }

    /// Asks that the first dead letter of an aggregate is dropped, and those behind it handled.
    ///
    /// # Errors
    ///
    /// As [`retry`](Self::retry).
    pub async fn skip(&self, name: &str, aggregate_id: Uuid) -> Result<()> {
        book::ask(&self.model, name, aggregate_id, Request::Skip).await
    }

    /// Lets the projection `new`, which was built under a name of its own, take the place of `live`: in one transaction with
    /// what `refit` does, which is to rename tables. The position and the dead letters of `new` come with it, and who runs
    /// `new` ends.
    ///
    /// `live` is paused then, for its runners have the old code: they would fill the new tables by it. Stop them, start
    /// runners of the new code under the name `live`, and [`resume`](Self::resume) it.
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
    /// // Once no runner has the old code any more:
    /// projections.resume("balances").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`](es_core::error::Error::InvalidSetting) where the two are one, [`ProjectionError::Unknown`] where there
    /// is no projection `new`, [`ProjectionError::Refused`] with the error of `refit`; those of the store. Nothing is changed
    /// then.
    pub async fn switch(
        &self,
        new: &str,
        live: &str,
        refit: impl for<'t> FnOnce(&'t mut M::Transaction) -> Work<'t, (), BoxError> + Send + 'static,
    ) -> Result<()> {
        let refit: Refit<M> = Box::new(refit);
        book::switch(&self.model, new, live, refit).await
    }

    /// Removes one, with its dead letters; its runner ends. The read model itself is left as it is.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn remove(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        book::transact(&self.model, move |model, transaction| {
            Box::pin(async move { Ok(model.tables().remove(transaction, &name).await?) })
        })
        .await
    }
}

fn unknown(name: &str) -> ProjectionError {
    ProjectionError::Unknown {
        name: name.to_owned(),
    }
}
