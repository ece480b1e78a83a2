//! Queries for entities of types that are not declared.

use std::future::IntoFuture;

use es_store::Position;
use uuid::Uuid;

use super::repository::{Repository, replay_items};
use crate::domain::{Untyped, UntypedEvent, UntypedReplay};
use crate::error::Result;
use crate::event_store::BoxFuture;

/// A query for an entity of a type that need not be declared, from [`Repository::get_untyped`].
/// Await it.
#[must_use = "a query does nothing until it is awaited"]
pub struct UntypedQuery {
    repository: Repository,
    id: Uuid,
    at: Option<Position>,
    replay: UntypedReplay,
}

impl UntypedQuery {
    pub(crate) fn new(repository: &Repository, id: Uuid) -> Self {
        let salt = repository.event_store().salt().clone();
        Self {
            repository: repository.clone(),
            id,
            at: None,
            replay: UntypedReplay::new(id, salt),
        }
    }

    /// Sets the version of the state. A version after the last one gives the current state.
    pub fn at(mut self, at: impl Into<Position>) -> Self {
        self.at = Some(at.into());
        self
    }

    /// Calls `mutate` with each event of the user's own types: all events except those that create
    /// the entity, change an attribute or discard it.
    ///
    /// ```
    /// # use es_json::Value;
    /// # async fn example(repository: es_core::repository::Repository, id: uuid::Uuid) -> es_core::error::Result<()> {
    /// let world = repository.get_untyped(id).mutate(|world, event| {
    ///     if let ("SomethingHappened", Some(what)) = (event.name(), event.payload.get("what")) {
    ///         world.attributes_mut().insert("last".to_owned(), what.clone());
    ///     }
    /// });
    /// println!("{:?}", world.await?.attribute("last"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn mutate(
        mut self,
        mutate: impl Fn(&mut Untyped, UntypedEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.replay = self.replay.mutate(mutate);
        self
    }
}

impl IntoFuture for UntypedQuery {
    type Output = Result<Untyped>;
    type IntoFuture = BoxFuture<Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let items = self.repository.event_store().items(self.id);
            let items = match self.at {
                Some(at) => items.lte(at),
                None => items,
            };
            let mut replay = self.replay;
            replay_items(self.repository.event_store(), &mut replay, items).await?;
            replay.finish()
        })
    }
}
