use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use es_store::read_model::{
    Advanced, Asked, DeadLetter, LetterQuery, Mode, ProjectionRow, ProjectionTables, ReadModel,
    Step, Undoes,
};
use es_store::{RecordError, RecordId};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock, RwLockReadGuard};
use tokio::time::Instant;
use uuid::Uuid;

/// A read model in memory: a value of the user's own, behind a lock, with the positions of the projections that fill it.
///
/// It goes with the process, and is filled anew from the first event on. What a handler has changed before it fails stays
/// changed: check first, then change.
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
pub struct MemoryReadModel<S>(Arc<RwLock<Space<S>>>);

#[derive(Debug)]
struct Space<S> {
    state: S,
    rows: BTreeMap<String, Row>,
    letters: BTreeMap<(String, RecordId), DeadLetter>,
}

/// The time when so much has passed; of what no clock counts, a year hence.
fn after(left: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(left).unwrap_or_else(|| now + YEAR)
}

#[derive(Debug, Clone)]
struct Row {
    row: ProjectionRow,
    ends: Instant,
}

impl Row {
    fn new(row: ProjectionRow) -> Self {
        let ends = after(row.lease_left);
        Self { row, ends }
    }

    fn now(&self) -> ProjectionRow {
        ProjectionRow {
            lease_left: self.ends.saturating_duration_since(Instant::now()),
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
    /// With what it holds before the first event.
    pub fn new(state: S) -> Self {
        Self(Arc::new(RwLock::new(Space {
            state,
            rows: BTreeMap::new(),
            letters: BTreeMap::new(),
        })))
    }

    /// What it holds; events wait until this is dropped.
    pub async fn read(&self) -> RwLockReadGuard<'_, S> {
        RwLockReadGuard::map(self.0.read().await, |space| &space.state)
    }
}

impl<S: Default> Default for MemoryReadModel<S> {
    fn default() -> Self {
        Self::new(S::default())
    }
}

/// What handlers of a read model in memory are given: the value, to be changed.
#[derive(Debug)]
pub struct MemoryTransaction<S>(OwnedRwLockWriteGuard<Space<S>>);

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

    const UNDOES: Undoes = Undoes::Nothing;

    fn tables(&self) -> &Self {
        self
    }

    async fn setup(&self) -> Result<(), RecordError> {
        Ok(())
    }

    async fn begin(&self) -> Result<MemoryTransaction<S>, RecordError> {
        Ok(MemoryTransaction(Arc::clone(&self.0).write_owned().await))
    }

    async fn commit(&self, _: MemoryTransaction<S>) -> Result<(), RecordError> {
        Ok(())
    }

    async fn rollback(&self, _: MemoryTransaction<S>) -> Result<(), RecordError> {
        Ok(())
    }
}

impl<S: Send + Sync + 'static> ProjectionTables<MemoryTransaction<S>> for MemoryReadModel<S> {
    async fn insert(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<(), RecordError> {
        let rows = &mut space.0.rows;
        rows.entry(name.to_owned()).or_insert_with(|| {
            Row::new(ProjectionRow {
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
        space: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<Option<ProjectionRow>, RecordError> {
        Ok(space.0.rows.get(name).map(Row::now))
    }

    async fn put(
        &self,
        space: &mut MemoryTransaction<S>,
        row: &ProjectionRow,
    ) -> Result<(), RecordError> {
        space.0.rows.insert(row.name.clone(), Row::new(row.clone()));
        Ok(())
    }

    async fn advance(
        &self,
        space: &mut MemoryTransaction<S>,
        step: &Step<'_>,
    ) -> Result<Advanced, RecordError> {
        let row = space.0.rows.get_mut(step.name);
        let ours = row.filter(|row| row.row.epoch == step.epoch && row.row.position == step.from);
        Ok(match ours {
            None => Advanced::Fenced,
            Some(row) => {
                row.row.position = step.to;
                row.ends = after(step.lease);
                Advanced::Yes
            }
        })
    }

    async fn rows(
        &self,
        space: &mut MemoryTransaction<S>,
    ) -> Result<Vec<ProjectionRow>, RecordError> {
        Ok(space.0.rows.values().map(Row::now).collect())
    }

    async fn rename(
        &self,
        space: &mut MemoryTransaction<S>,
        from: &str,
        to: &str,
    ) -> Result<(), RecordError> {
        if let Some(mut row) = space.0.rows.remove(from) {
            to.clone_into(&mut row.row.name);
            space.0.rows.insert(to.to_owned(), row);
        }
        let letters = std::mem::take(&mut space.0.letters);
        let renamed = letters.into_iter().map(|((name, position), letter)| {
            let name = if name == from { to.to_owned() } else { name };
            ((name, position), letter)
        });
        space.0.letters = renamed.collect();
        Ok(())
    }

    async fn remove(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<(), RecordError> {
        space.0.rows.remove(name);
        space.0.letters.retain(|(other, _), _| other != name);
        Ok(())
    }

    async fn letters(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
        query: &LetterQuery,
    ) -> Result<Vec<DeadLetter>, RecordError> {
        let letters = space.0.letters.iter();
        let of_projection = letters.filter(|((other, _), _)| other == name);
        let found = of_projection.map(|(_, letter)| letter).filter(|letter| {
            letter.position > query.after
                && query
                    .aggregate_id
                    .is_none_or(|id| id == letter.aggregate_id)
                && (query.asked == Asked::Whatever || letter.request.is_some())
        });
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        Ok(found.take(limit).cloned().collect())
    }

    async fn parked(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
    ) -> Result<Vec<Uuid>, RecordError> {
        let letters = space.0.letters.iter();
        let of_projection = letters.filter(|((other, _), _)| other == name);
        let ids: BTreeSet<Uuid> = of_projection
            .map(|(_, letter)| letter.aggregate_id)
            .collect();
        Ok(ids.into_iter().collect())
    }

    async fn put_letters(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
        letters: &[DeadLetter],
    ) -> Result<(), RecordError> {
        let keyed = letters
            .iter()
            .map(|letter| ((name.to_owned(), letter.position), letter.clone()));
        space.0.letters.extend(keyed);
        Ok(())
    }

    async fn remove_letter(
        &self,
        space: &mut MemoryTransaction<S>,
        name: &str,
        position: RecordId,
    ) -> Result<(), RecordError> {
        space.0.letters.remove(&(name.to_owned(), position));
        Ok(())
    }
}
