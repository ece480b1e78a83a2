//! The application.

use std::fmt;
use std::sync::Arc;

use es_store::{Appended, BoxError, Datastore, Position, SequencedItem, Table};
use uuid::Uuid;

use super::builder::ApplicationBuilder;
use super::bus::Bus;
use super::persistence_policy::PersistencePolicy;
use super::queue::Queue;
use crate::domain::{
    Aggregate, AnyAggregate, AnyEvent, DomainEvent, SaveMode, Snapshot, Snapshotted, Standalone,
    StandaloneEvent, reseal,
};
use crate::error::{Error, Result};
use crate::event_store::{EventStore, SequenceQuery, UpTo};
use crate::notification_log::LocalNotificationLog;
use crate::repository::{Repository, SnapshottingPolicy};

/// Connects a domain model to its infrastructure: an event store, a repository and a bus. Cloning is
/// cheap.
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
    pub(super) repository: Repository,
    pub(super) persistence: PersistencePolicy,
    pub(super) snapshotting: Option<SnapshottingPolicy>,
    /// The automatic snapshots after commits of callers' transactions.
    pub(super) snapshot_queue: Arc<Queue>,
    pub(super) bus: Bus,
    /// `None` if the store was passed to the builder.
    pub(super) datastore: Option<Arc<dyn Datastore>>,
}

impl Application {
    /// Returns a builder with the default settings.
    pub fn builder() -> ApplicationBuilder {
        ApplicationBuilder::default()
    }

    /// Opens an application with the settings of the environment.
    ///
    /// | variable | setting | default |
    /// |---|---|---|
    /// | `DB_URI` | the database | `sqlite:///:memory:`, and a warning is logged |
    /// | `CIPHER_KEY` | the cipher key in Base64 | no encryption; the same if it is empty |
    /// | `SALT_FOR_DATA_INTEGRITY` | the salt of the events' hashes | no salt |
    ///
    /// # Errors
    ///
    /// Those of [`ApplicationBuilder::open`]. A variable that is not Unicode is an
    /// [`Error::InvalidSetting`], so that no secret is silently ignored.
    pub async fn from_env() -> Result<Self> {
        Self::builder().from_env().open().await
    }

    /// Stores the pending events of an aggregate, all or none, and publishes them to the bus. Returns
    /// their record ids.
    ///
    /// The events of an entity (`#[entity]`) are stored and published one by one.
    ///
    /// After an error the events are still pending. If the future is dropped, the events may be
    /// stored or not: load the aggregate again.
    ///
    /// # Errors
    ///
    /// * [`Error::Conflict`] if another writer saved the same version first: load, decide and save
    ///   again, as [`retry`](crate::retry()) does;
    /// * [`Error::Integrity`] if the aggregate was loaded with another salt;
    /// * [`Error::Broken`] if a `mutate` of the aggregate panicked;
    /// * those of the store.
    ///
    /// Errors of subscribers do not fail `save`: see [`Bus::on_error`].
    pub async fn save<A: Aggregate>(&self, aggregate: &mut A) -> Result<Appended> {
        reseal(aggregate, self.event_store().salt())?;
        let mut appended = Appended::default();
        while !aggregate.pending_events().is_empty() {
            let len = batch_len::<A>(aggregate.pending_events().len());
            let pending = &aggregate.pending_events()[..len];
            // Mapped here rather than by `append`, which would verify hashes that were just made.
            let items = self.persistence.items(pending)?;
            let stored = self.event_store().append(&items).await?;
            let events: Vec<_> = aggregate.__state_mut().pending.drain(..len).collect();
            appended = appended.and(stored);
            self.publish(&events);
            self.take_snapshot_if_due(&events).await;
        }
        Ok(appended)
    }

    /// Stores standalone events, all or none, and publishes them to the bus as one list. Hashed events
    /// are rehashed with the application's salt.
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
    /// [`Error::Conflict`] if a position is taken; [`Error::NoPosition`] if the events have no
    /// position; those of the store, such as positions of another kind than those of the table.
    /// An event with a time and no version, such as [`Logged`](crate::domain::Logged), needs a table
    /// with times: see [`ApplicationBuilder::table`] and [`open_store`](Self::open_store).
    pub async fn save_standalone<E: Standalone>(
        &self,
        events: &mut [StandaloneEvent<E>],
    ) -> Result<Appended> {
        let store = self.event_store();
        for event in &mut *events {
            event.reseal(store.salt());
        }
        let appended = if self.persistence.accepts_standalone::<E>() {
            store.append(events).await?
        } else {
            Appended::default()
        };
        self.publish(events);
        Ok(appended)
    }

    pub(super) fn publish<'a, E>(&self, events: &'a [E])
    where
        AnyEvent<'a>: From<&'a E>,
    {
        if events.is_empty() || self.bus.is_empty() {
            return;
        }
        let events: Vec<AnyEvent<'_>> = events.iter().map(AnyEvent::from).collect();
        self.bus.publish(&events);
    }

    /// Loads an aggregate. See [`Repository::get`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get`].
    pub async fn get<A: Aggregate>(&self, id: Uuid) -> Result<A> {
        self.repository.get(id).await
    }

    /// Loads an aggregate in its state at a version. See [`Repository::get_at`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_at`].
    pub async fn get_at<A: Aggregate>(&self, id: Uuid, at: impl Into<Position>) -> Result<A> {
        self.repository.get_at(id, at).await
    }

    /// Returns whether the aggregate exists. See [`Repository::contains`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::contains`].
    pub async fn contains<A: Aggregate>(&self, id: Uuid) -> Result<bool> {
        self.repository.contains::<A>(id).await
    }

    /// Loads an aggregate of the type that its stored topic names. See [`Repository::get_any`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_any`].
    pub async fn get_any(&self, id: Uuid) -> Result<AnyAggregate> {
        self.repository.get_any(id).await
    }

    /// Takes a snapshot of an aggregate at its last event in a range of versions: `..` for the
    /// current state, `..=5` or `..5`. See [`Repository::take_snapshot`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::take_snapshot`].
    ///
    /// [`Repository::take_snapshot`]: crate::repository::Repository::take_snapshot
    pub async fn take_snapshot<A: Snapshotted>(
        &self,
        id: Uuid,
        up_to: impl Into<UpTo>,
    ) -> Result<Option<Snapshot>> {
        self.repository.take_snapshot::<A>(id, up_to).await
    }

    /// Returns the latest snapshot of an aggregate in a range of versions, or `None` if there is
    /// none. See [`Repository::get_snapshot`].
    ///
    /// # Errors
    ///
    /// Those of [`Repository::get_snapshot`].
    ///
    /// [`Repository::get_snapshot`]: crate::repository::Repository::get_snapshot
    pub async fn get_snapshot(&self, id: Uuid, up_to: impl Into<UpTo>) -> Result<Option<Snapshot>> {
        self.repository.get_snapshot(id, up_to).await
    }

    /// Takes a snapshot after a save, if the policy asks for one. The events are stored, so an error
    /// must not fail the save: it is logged and passed to the error hook of the bus.
    async fn take_snapshot_if_due<A: Aggregate>(&self, events: &[DomainEvent<A>]) {
        if let Some(work) = self.due_snapshot(events)
            && let Err(error) = work.await
        {
            report_failed_snapshot(&self.bus, &error);
        }
    }

    /// Does the same in the background, for a caller that cannot wait: after the commit of a
    /// caller's transaction. [`close`](Self::close) waits for it.
    pub(super) fn queue_snapshot_if_due<A: Aggregate>(&self, events: &[DomainEvent<A>]) {
        if let Some(work) = self.due_snapshot(events)
            && let Err(error) = self.snapshot_queue.push(Box::pin(work))
        {
            report_failed_snapshot(&self.bus, &error);
        }
    }

    /// Returns the work of taking the snapshot that is due after events were saved.
    fn due_snapshot<A: Aggregate>(
        &self,
        events: &[DomainEvent<A>],
    ) -> Option<impl Future<Output = Result<(), BoxError>> + Send + 'static> {
        let policy = self
            .snapshotting
            .filter(|_| self.persistence.accepts::<A>())?;
        let strategy = self.repository.snapshot_strategy()?.clone();
        let (id, up_to) = policy.due_at(events)?;
        let store = self.event_store().clone();
        Some(async move {
            strategy.take::<A>(&store, id, up_to).await?;
            Ok(())
        })
    }

    /// Returns a query for the events of an aggregate. See [`EventStore::events`].
    pub fn events<A: Aggregate>(&self, id: Uuid) -> SequenceQuery<DomainEvent<A>> {
        self.event_store().events(id)
    }

    /// Returns a query for the stored items of a sequence. See [`EventStore::items`].
    pub fn items(&self, id: Uuid) -> SequenceQuery<SequencedItem> {
        self.event_store().items(id)
    }

    /// Returns the bus to which saved events are published.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Returns the repository.
    #[must_use]
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Returns the event store.
    #[must_use]
    pub fn event_store(&self) -> &EventStore {
        self.repository.event_store()
    }

    /// Opens another event store in the same database, with the mapper and the salt of this
    /// application. Its table is created if it does not exist. Closing the application closes it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] if the store was passed to the application's builder, because its
    /// database is not known; those of the store.
    pub async fn open_store(&self, table: Table) -> Result<EventStore> {
        let unknown = || Error::InvalidSetting {
            setting: "store",
            reason: "the application has a custom store, whose database is not known: create \
                     another `EventStore` with `EventStore::new`"
                .to_owned(),
        };
        let datastore = self.datastore.as_ref().ok_or_else(unknown)?;
        let store = self.event_store();
        let (mapper, salt) = (store.mapper().clone(), store.salt().clone());
        let opened = EventStore::open(&**datastore, table, mapper, salt).await?;
        opened.record_manager().setup().await?;
        Ok(opened)
    }

    /// Returns the notification log: all stored events in order. [`save`](Self::save) wakes its
    /// followers.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the store has no contiguous record ids.
    pub fn notification_log(&self) -> Result<LocalNotificationLog> {
        LocalNotificationLog::from_event_store(self.event_store())
    }

    /// Closes the application and all its clones: finishes accepted appends, waits for the `async`
    /// handlers and automatic snapshots, and closes the store.
    ///
    /// A handler must not call this, because it would wait for itself.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn close(&self) -> Result<()> {
        self.bus.wait_idle().await;
        self.snapshot_queue.wait_idle().await;
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

/// Reports that an automatic snapshot was not taken.
pub(super) fn report_failed_snapshot(bus: &Bus, error: &BoxError) {
    tracing::error!(%error, "failed to take a snapshot");
    bus.call_error_hook(error);
}

/// Returns the number of pending events that are saved and published together; at least 1.
pub(super) fn batch_len<A: Aggregate>(pending: usize) -> usize {
    match A::KIND.save_mode {
        SaveMode::Atomic => pending.max(1),
        SaveMode::PerEvent => 1,
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("mapper", self.event_store().mapper())
            .finish_non_exhaustive()
    }
}
