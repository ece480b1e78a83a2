//! The application: a model bound to its infrastructure.

mod builder;
mod bus;
mod handler;
mod handler_queue;
mod in_transaction;
mod persistence_policy;
mod snapshots;
mod staged;

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

pub use builder::ApplicationBuilder;
pub use bus::{Bus, Subscription};
use es_store::{Appended, Datastore, Position, SequencedItem, Table};
pub use handler::{Handled, Handler, Happens, Outcome, Stateless};
#[doc(hidden)]
pub use handler::{happens, subscribed, subscribes};
use persistence_policy::PersistencePolicy;

use crate::domain::aggregate::{Aggregate, AnyAggregate, reseal};
use crate::domain::event::{AnyEvent, DomainEvent, Saving};
use crate::domain::library::{Standalone, StandaloneEvent};
use crate::error::{Error, Result};
use crate::event_store::{EventStore, SequenceQuery};
use crate::notification_log::LocalNotificationLog;
use crate::repository::{Repository, SnapshottingPolicy};

pub use staged::Staged;

/// Binds a model to its infrastructure: an event store, a repository, publish and subscribe. Cloning is cheap.
///
/// ```no_run
/// # async fn example() -> es_core::error::Result<()> {
/// use es_core::application::Application;
///
/// let app = Application::builder().uri("sqlite:///events.db").open().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Application {
    repository: Repository,
    persistence: PersistencePolicy,
    snapshotting: Option<SnapshottingPolicy>,
    bus: Bus,
    datastore: Option<Arc<dyn Datastore>>,
}

impl Application {
    /// Says what it is made of.
    pub fn builder() -> ApplicationBuilder {
        ApplicationBuilder::default()
    }

    /// Opens what the environment names: the database in `DB_URI` (`sqlite:///:memory:` where it is unset), the key in
    /// `CIPHER_KEY` (Base64; none where it is unset or empty), the salt in `SALT_FOR_DATA_INTEGRITY`. Where no database is
    /// named, a warning is traced: what is kept in memory ends with the program.
    ///
    /// # Errors
    ///
    /// Those of [`ApplicationBuilder::open`]: among them [`Error::InvalidSetting`] where one of these variables is not
    /// Unicode, so that no secret is taken for none.
    pub async fn from_env() -> Result<Self> {
        Self::builder().from_env().open().await
    }

    /// Stores the pending events of an aggregate, all or none, then hands them to the subscribers. Answers with their
    /// record ids. Those of a plain entity are stored and handed over one by one.
    ///
    /// Where it fails, the events are still pending. A future that is dropped may have stored them: load the aggregate
    /// again.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where somebody else saved the same version first: load again, decide
    /// again, save again ([`retry`] does). [`Error::Integrity`] where the aggregate was loaded
    /// with another salt. [`Error::Broken`] where a `mutate` of it panicked. Errors of subscribers are none of `save`: see
    /// [`Bus::on_error`].
    pub async fn save<A: Aggregate>(&self, aggregate: &mut A) -> Result<Appended> {
        reseal(aggregate, self.event_store().salt())?;
        let mut appended = Appended::default();
        while !aggregate.pending_events().is_empty() {
            let list = saved_at_once::<A>(aggregate.pending_events().len());
            let pending = &aggregate.pending_events()[..list];
            let items = self.persistence.items(pending)?;
            let stored = self.event_store().append_items(items).await?;
            let events: Vec<_> = aggregate.__root_mut().pending.drain(..list).collect();
            appended = appended.and(stored);
            self.publish(&events);
            self.snapshot_after(&events).await;
        }
        Ok(appended)
    }

    /// Stores events that stand alone, all or none, then hands them to the subscribers as one list. Those that are sealed
    /// are sealed with the application's salt.
    ///
    /// ```
    /// # async fn example(app: es_core::application::Application, log: uuid::Uuid) -> es_core::error::Result<()> {
    /// use es_core::domain::{Logged, Standalone};
    ///
    /// let mut entry = Logged::new("the lights went out").trigger(log)?;
    /// app.save_standalone(std::slice::from_mut(&mut entry)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] where a position is taken,
    /// [`Error::NoPosition`] where their kind has none, and those of the store, whose table must
    /// have positions of their kind.
    pub async fn save_standalone<E: Standalone>(
        &self,
        events: &mut [StandaloneEvent<E>],
    ) -> Result<Appended> {
        let store = self.event_store();
        for event in &mut *events {
            event.reseal(store.salt());
        }
        let appended = store.append(events).await?;
        self.publish(events);
        Ok(appended)
    }

    fn publish<'a, E>(&self, events: &'a [E])
    where
        AnyEvent<'a>: From<&'a E>,
    {
        if events.is_empty() || self.bus.is_empty() {
            return;
        }
        let events: Vec<AnyEvent<'_>> = events.iter().map(AnyEvent::from).collect();
        self.bus.publish(&events);
    }

    /// The aggregate as it is. See [`Repository::get`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get`].
    pub async fn get<A: Aggregate>(&self, id: Uuid) -> Result<A> {
        self.repository.get(id).await
    }

    /// The aggregate as it was at a version. See [`Repository::get_at`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_at`].
    pub async fn get_at<A: Aggregate>(&self, id: Uuid, at: impl Into<Position>) -> Result<A> {
        self.repository.get_at(id, at).await
    }

    /// Whether there is such an aggregate. See [`Repository::contains`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::contains`].
    pub async fn contains<A: Aggregate>(&self, id: Uuid) -> Result<bool> {
        self.repository.contains::<A>(id).await
    }

    /// The aggregate under an id, of whatever type. See [`Repository::get_any`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_any`].
    pub async fn get_any(&self, id: Uuid) -> Result<AnyAggregate> {
        self.repository.get_any(id).await
    }

    /// The events of an aggregate. See [`EventStore::events`].
    pub fn events<A: Aggregate>(&self, id: Uuid) -> SequenceQuery<DomainEvent<A>> {
        self.event_store().events(id)
    }

    /// The stored rows of a sequence. See [`EventStore::items`].
    pub fn items(&self, id: Uuid) -> SequenceQuery<SequencedItem> {
        self.event_store().items(id)
    }

    /// Where saved events are handed to subscribers.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Where aggregates are loaded.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Where events are kept.
    #[must_use]
    pub fn event_store(&self) -> &EventStore {
        self.repository.event_store()
    }

    /// Another event store in the same database: a table of its own, made where there is none, with the mapper and the salt of
    /// this application. It is closed with it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] where the application's store was made by hand: what lies beside
    /// it is not known; and those of the store.
    pub async fn open_store(&self, table: Table) -> Result<EventStore> {
        let unknown = || {
            Error::InvalidSetting {
            setting: "store",
            reason: "a store made by hand has no known tables beside it: make an `EventStore` of another".to_owned(),
        }
        };
        let datastore = self.datastore.as_ref().ok_or_else(unknown)?;
        let store = self.event_store();
        let (mapper, salt) = (store.mapper().clone(), store.salt().clone());
        let opened = EventStore::open(&**datastore, table, mapper, salt).await?;
        opened.record_manager().setup().await?;
        Ok(opened)
    }

    /// The notification log: all events that are stored, in their order. Its followers are woken by [`save`](Self::save).
    ///
    /// # Errors
    ///
    /// [`Error::Store`] where the store gives no contiguous record ids.
    pub fn notification_log(&self) -> Result<LocalNotificationLog> {
        LocalNotificationLog::from_event_store(self.event_store())
    }

    /// Finishes what was accepted, waits for the `async` handlers, and closes the store, for all clones of this application.
    /// A handler must not call it.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn close(&self) -> Result<()> {
        self.bus.settle().await;
        self.event_store().record_manager().close().await?;
        if let Some(snapshots) = self.repository.snapshot_strategy() {
            snapshots.record_manager().close().await?;
        }
        if let Some(datastore) = &self.datastore {
            datastore.close().await?;
        }
        Ok(())
    }
}

/// How many of so many pending events are saved and published as one list; at least one.
fn saved_at_once<A: Aggregate>(pending: usize) -> usize {
    match A::KIND.saving {
        Saving::AsOne => pending.max(1),
        Saving::OneByOne => 1,
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("mapper", self.event_store().mapper())
            .finish_non_exhaustive()
    }
}
