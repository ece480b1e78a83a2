//! A read model in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use es_store::read_model::{
    Advanced, DeadLetter, LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel,
    ReadModelError, RequestFilter, Rollback, Step,
};
use es_store::{RecordError, RecordId};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, RwLockReadGuard};
use tokio::time::Instant;
use uuid::Uuid;

/// A read model in memory: a value of the type `S` behind a lock, with the positions of its
/// projections.
///
/// It is lost when the process ends, and a new process fills it from the first event. It has no
/// rollback: changes of a handler that fails stay. A handler checks first, then changes.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::collections::HashMap;
///
/// use es_projection::MemoryReadModel;
///
/// let model = MemoryReadModel::new(HashMap::<String, u64>::new());
/// assert!(model.read().await.is_empty());
/// # }
/// ```
#[derive(Debug)]
pub struct MemoryReadModel<S>(Arc<RwLock<Contents<S>>>);

#[derive(Debug)]
struct Contents<S> {
    state: S,
    rows: BTreeMap<String, StoredRow>,
    letters: BTreeMap<(String, RecordId), DeadLetter>,
}

/// Returns the time at which a lease expires; in a year if the clock cannot represent it.
fn expiry(lease_left: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(lease_left).unwrap_or_else(|| now + YEAR)
}

#[derive(Debug, Clone)]
struct StoredRow {
    row: ProjectionRow,
    expires: Instant,
}

impl StoredRow {
    fn new(row: ProjectionRow) -> Self {
        let expires = expiry(row.lease_left);
        Self { row, expires }
    }

    /// Returns the row with the time that is left of its lease now.
    fn current(&self) -> ProjectionRow {
        ProjectionRow {
            lease_left: self.expires.saturating_duration_since(Instant::now()),
            ..self.row.clone()
        }
    }
}

impl<S> Clone for MemoryReadModel<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> MemoryReadModel<S> {
    /// Creates a read model with the value before the first event.
    pub fn new(state: S) -> Self {
        Self(Arc::new(RwLock::new(Contents {
            state,
            rows: BTreeMap::new(),
            letters: BTreeMap::new(),
        })))
    }

    /// Locks the value for reading. Handlers wait until the guard is dropped.
    pub async fn read(&self) -> RwLockReadGuard<'_, S> {
        RwLockReadGuard::map(self.0.read().await, |contents| &contents.state)
    }
}

impl<S: Default> Default for MemoryReadModel<S> {
    fn default() -> Self {
        Self::new(S::default())
    }
}

/// The transaction of a [`MemoryReadModel`]: exclusive access to its value.
#[derive(Debug)]
pub struct MemoryTransaction<S>(OwnedRwLockWriteGuard<Contents<S>>);

impl<S> Deref for MemoryTransaction<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0.state
    }
}

impl<S> DerefMut for MemoryTransaction<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.0.state
    }
}

impl<S: Send + Sync + 'static> ReadModel for MemoryReadModel<S> {
    type Transaction = MemoryTransaction<S>;

    type Tables = Self;

    const ROLLBACK: Rollback = Rollback::None;

    fn tables(&self) -> &Self {
        self
    }

    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    async fn begin(&self) -> Result<MemoryTransaction<S>, RecordError> {
        Ok(MemoryTransaction(Arc::clone(&self.0).write_owned().await))
    }

    async fn commit(&self, _: MemoryTransaction<S>) -> Result<(), ReadModelError> {
        Ok(())
    }

    async fn rollback(&self, _: MemoryTransaction<S>) -> Result<(), RecordError> {
        Ok(())
    }
}

impl<S: Send + Sync + 'static> ProjectionTables<MemoryTransaction<S>> for MemoryReadModel<S> {
    async fn insert(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<(), RecordError> {
        let rows = &mut transaction.0.rows;
        rows.entry(name.to_owned()).or_insert_with(|| {
            StoredRow::new(ProjectionRow {
                name: name.to_owned(),
                position: RecordId::new(0),
                epoch: 0,
                owner: None,
                lease_left: Duration::ZERO,
                mode: Mode::Active,
            })
        });
        Ok(())
    }

    async fn lock(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<Option<ProjectionRow>, RecordError> {
        Ok(transaction.0.rows.get(name).map(StoredRow::current))
    }

    async fn put(
        &self,
        transaction: &mut MemoryTransaction<S>,
        row: &ProjectionRow,
    ) -> Result<(), RecordError> {
        transaction
            .0
            .rows
            .insert(row.name.clone(), StoredRow::new(row.clone()));
        Ok(())
    }

    async fn advance(
        &self,
        transaction: &mut MemoryTransaction<S>,
        step: &Step<'_>,
    ) -> Result<Advanced, RecordError> {
        let row = transaction.0.rows.get_mut(step.name);
        let ours = row.filter(|row| row.row.epoch == step.epoch && row.row.position == step.from);
        Ok(match ours {
            None => Advanced::Fenced,
            Some(row) => {
                row.row.position = step.to;
                row.expires = expiry(step.lease);
                Advanced::Yes
            }
        })
    }

    async fn rows(
        &self,
        transaction: &mut MemoryTransaction<S>,
    ) -> Result<Vec<ProjectionRow>, RecordError> {
        Ok(transaction
            .0
            .rows
            .values()
            .map(StoredRow::current)
            .collect())
    }

    async fn rename(
        &self,
        transaction: &mut MemoryTransaction<S>,
        from: &str,
        to: &str,
    ) -> Result<(), RecordError> {
        if let Some(mut row) = transaction.0.rows.remove(from) {
            to.clone_into(&mut row.row.name);
            transaction.0.rows.insert(to.to_owned(), row);
        }
        let letters = std::mem::take(&mut transaction.0.letters);
        let renamed = letters.into_iter().map(|((name, record_id), letter)| {
            let name = if name == from { to.to_owned() } else { name };
            ((name, record_id), letter)
        });
        transaction.0.letters = renamed.collect();
        Ok(())
    }

    async fn remove(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<(), RecordError> {
        transaction.0.rows.remove(name);
        transaction.0.letters.retain(|(other, _), _| other != name);
        Ok(())
    }

    async fn letters(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
        query: &LetterQuery,
    ) -> Result<Vec<DeadLetter>, RecordError> {
        let letters = transaction.0.letters.iter();
        let of_projection = letters.filter(|((other, _), _)| other == name);
        let found = of_projection.map(|(_, letter)| letter).filter(|letter| {
            letter.record_id > query.after
                && query
                    .aggregate_id
                    .is_none_or(|id| id == letter.aggregate_id)
                && (query.request == RequestFilter::Any || letter.request.is_some())
        });
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        Ok(found.take(limit).cloned().collect())
    }

    async fn blocked_aggregates(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<Vec<Uuid>, RecordError> {
        let letters = transaction.0.letters.iter();
        let of_projection = letters.filter(|((other, _), _)| other == name);
        let ids: BTreeSet<Uuid> = of_projection
            .map(|(_, letter)| letter.aggregate_id)
            .collect();
        Ok(ids.into_iter().collect())
    }

    async fn put_letters(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
        letters: &[DeadLetter],
    ) -> Result<(), RecordError> {
        let keyed = letters
            .iter()
            .map(|letter| ((name.to_owned(), letter.record_id), letter.clone()));
        transaction.0.letters.extend(keyed);
        Ok(())
    }

    async fn remove_letter(
        &self,
        transaction: &mut MemoryTransaction<S>,
        name: &str,
        record_id: RecordId,
    ) -> Result<(), RecordError> {
        transaction.0.letters.remove(&(name.to_owned(), record_id));
        Ok(())
    }
}
