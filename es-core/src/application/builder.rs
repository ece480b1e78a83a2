//! The builder of applications.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use es_store::kit::variable;
use es_store::{BoxError, Datastore, Driver, RecordManager, Table, Topic};
use zeroize::Zeroizing;

use super::application::{Application, report_failed_snapshot};
use super::bus::{Bus, ErrorHook};
use super::persistence_policy::PersistencePolicy;
use super::queue::Queue;
use crate::domain::replay::check_topics;
use crate::domain::{Aggregate, Salt, Standalone};
use crate::error::{Error, Result};
use crate::event_store::cipher::{Cipher, CipherError};
use crate::event_store::{EventStore, Mapper, Transcoder};
use crate::repository::Repository;
use crate::repository::snapshots::SnapshotSettings;

/// The database if no URI is set.
const DEFAULT_URI: &str = "sqlite:///:memory:";

/// Collects the settings of an [`Application`] and opens it.
#[derive(Default)]
#[must_use = "a builder does nothing until `open` is called"]
pub struct ApplicationBuilder {
    uri: Option<String>,
    store: Option<Arc<dyn RecordManager>>,
    table: Option<Table>,
    table_name: Option<Cow<'static, str>>,
    mapper: Mapper,
    cipher_key: Option<Zeroizing<String>>,
    salt: Option<Salt>,
    persisted: Vec<Topic>,
    snapshots: SnapshotSettings,
    bus: Bus,
    on_error: Option<Arc<ErrorHook>>,
    is_from_env: bool,
    allows_shared_topics: bool,
}

impl ApplicationBuilder {
    /// Sets the database, such as `sqlite:///events.db` for a file in the current directory. Default:
    /// a database in memory.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// Sets a custom store instead of a URI.
    pub fn store(mut self, store: Arc<dyn RecordManager>) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets the table of events, such as one with other column names or without record ids.
    pub fn table(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    /// Sets the name of the table of events. Default: `stored_events`.
    pub fn table_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.table_name = Some(name.into());
        self
    }

    /// Encrypts all events with this key of 16, 24 or 32 bytes, in Base64.
    /// [`encode_random_bytes`](crate::event_store::cipher::encode_random_bytes) creates one.
    pub fn cipher_key(mut self, key: impl Into<String>) -> Self {
        self.cipher_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Encrypts only the events with topics that `chosen` accepts.
    pub fn encrypt_only(mut self, chosen: impl Fn(&Topic) -> bool + Send + Sync + 'static) -> Self {
        self.mapper = self.mapper.encrypt_only(chosen);
        self
    }

    /// Stores the texts that `transcoder` encodes.
    pub fn transcoder(mut self, transcoder: impl Transcoder) -> Self {
        self.mapper = self.mapper.with_transcoder(transcoder);
        self
    }

    /// Permits that several aggregate types of this program have one topic.
    ///
    /// By default, [`open`](Self::open) refuses them: two types with one name, in modules of their
    /// own, have one topic unless one declares another (`#[aggregate(topic = "…")]`), and each would
    /// be read as the other. This is for a test that holds several releases of one program. Examples
    /// in documentation, which rustdoc links into one program, may share topics without it.
    pub fn allow_shared_topics(mut self) -> Self {
        self.allows_shared_topics = true;
        self
    }

    /// Sets the salt, a secret that is part of every hash. Default: the salt of the environment, as of
    /// [`Salt::from_env`].
    pub fn salt(mut self, salt: impl Into<Salt>) -> Self {
        self.salt = Some(salt.into());
        self
    }

    /// Stores only the events of `A`, and of the types of other calls. All events are published.
    pub fn persist_only<A: Aggregate>(mut self) -> Self {
        self.persisted.push(Topic::new(A::TOPIC));
        self
    }

    /// Stores only the standalone events of type `E`, and the events of the types of other calls,
    /// also of [`persist_only`](Self::persist_only). All events are published.
    pub fn persist_only_standalone<E: Standalone>(mut self) -> Self {
        self.persisted.push(Topic::new(E::NAME));
        self
    }

    /// Enables snapshots: they are stored in a table beside the events, and aggregates are loaded from
    /// them.
    ///
    /// [`Application::take_snapshot`] takes one. Only aggregates with `#[aggregate(snapshot)]` have
    /// snapshots.
    pub fn snapshots(mut self) -> Self {
        self.snapshots.is_enabled = true;
        self
    }

    /// Enables snapshots, and takes one after every `events` events of an aggregate.
    ///
    /// If one of the events of a `save` is the n-th, the 2n-th and so on of its sequence, the snapshot
    /// is taken at the last event of the `save`, after the events are stored and published. After a
    /// `save_in`, it is taken in the background when the transaction is committed, in the tokio
    /// runtime of that moment. An error
    /// does not fail the `save`: it is logged and passed to the hook of
    /// [`on_subscriber_error`](Self::on_subscriber_error).
    pub fn snapshot_every(mut self, events: u64) -> Self {
        self.snapshots.every = Some(events);
        self.snapshots()
    }

    /// Enables snapshots, and stores them in a custom store with a table like [`Table::snapshots`].
    pub fn snapshot_store(mut self, store: Arc<dyn RecordManager>) -> Self {
        self.snapshots.store = Some(store);
        self.snapshots()
    }

    /// Enables snapshots, and accepts plain-text snapshots although there is a key, such as those of
    /// the Python library's `SnapshottingApplication`. By default they are ignored.
    ///
    /// Anyone with write access to the database can then forge a snapshot. New snapshots are still
    /// encrypted.
    pub fn plain_text_snapshots(mut self) -> Self {
        self.snapshots.accepts_plain_text = true;
        self.snapshots()
    }

    /// Sets the bus, to subscribe before the application is opened.
    pub fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// Passes the errors of subscribers and of automatic snapshots to `hook`.
    pub fn on_subscriber_error(mut self, hook: impl Fn(&BoxError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(hook));
        self
    }

    /// Takes the settings that this builder does not set from the environment: see
    /// [`Application::from_env`]. The order of the calls does not matter: a setting of the builder
    /// wins. A variable that is not Unicode is an error of [`open`](Self::open).
    pub fn from_env(mut self) -> Self {
        self.is_from_env = true;
        self
    }

    fn read_environment(&mut self) -> Result<()> {
        if self.uri.is_none() && self.store.is_none() {
            self.uri = variable("DB_URI")?;
            if self.uri.is_none() {
                tracing::warn!(
                    "`DB_URI` is not set, so events are kept in memory and lost at exit: set it to \
                     keep them"
                );
            }
        }
        if self.cipher_key.is_none() {
            self.cipher_key = variable("CIPHER_KEY")?.map(Zeroizing::new);
        }
        Ok(())
    }

    /// Opens the application. Creates its tables if they do not exist.
    ///
    /// # Errors
    ///
    /// * [`Error::AmbiguousTopic`] if two aggregate types of this program have one topic;
    /// * [`Error::InvalidUri`] if the URI is malformed or no driver supports it;
    /// * [`Error::InvalidSetting`] if the key is not valid, a variable of the environment is not
    ///   Unicode, or there is no store for snapshots;
    /// * [`Error::Store`] if the table has another schema;
    /// * those of the store.
    pub async fn open(mut self) -> Result<Application> {
        if !self.allows_shared_topics {
            check_topics()?;
        }
        if self.is_from_env {
            self.read_environment()?;
        }
        if let Some(key) = &self.cipher_key {
            let invalid = |source: CipherError| Error::InvalidSetting {
                setting: "cipher_key",
                reason: source.to_string(),
            };
            self.mapper = self
                .mapper
                .with_cipher(Cipher::from_base64(key).map_err(invalid)?);
        }
        let snapshotting = self.snapshots.policy()?;
        self.mapper.validate()?;
        if let Some(hook) = self.on_error.take() {
            self.bus.set_error_hook(hook);
        }
        let (store, datastore) = self.open_store().await?;
        store.record_manager().setup().await?;
        let snapshots = self.snapshots.open(&store, datastore.as_ref()).await?;
        let repository = Repository::new(store.clone());
        let bus = self.bus.clone();
        let snapshot_queue = Queue::new(move |error| report_failed_snapshot(&bus, error));
        Ok(Application {
            persistence: PersistencePolicy::new(store).restricted_to(&self.persisted),
            repository: match snapshots {
                Some(snapshots) => repository.with_snapshots(snapshots),
                None => repository,
            },
            snapshotting,
            snapshot_queue: Arc::new(snapshot_queue),
            bus: self.bus,
            datastore,
        })
    }

    async fn open_store(&mut self) -> Result<(EventStore, Option<Arc<dyn Datastore>>)> {
        let mapper = std::mem::take(&mut self.mapper);
        let salt = match self.salt.take() {
            Some(salt) => salt,
            None => Salt::from_env()?,
        };
        if let Some(store) = self.store.take() {
            if self.uri.is_some() || self.table.is_some() || self.table_name.is_some() {
                let reason = "a custom store has its own database and table: remove `uri`, `table` \
                              and `table_name`";
                return Err(Error::InvalidSetting {
                    setting: "store",
                    reason: reason.to_owned(),
                });
            }
            return Ok((EventStore::new(store, mapper, salt), None));
        }
        let datastore = Driver::open(self.uri.as_deref().unwrap_or(DEFAULT_URI)).await?;
        let table = self.table.take().unwrap_or_else(Table::stored_events);
        let table = match self.table_name.take() {
            Some(name) => table.named(name),
            None => table,
        };
        let store = EventStore::open(&*datastore, table, mapper, salt).await?;
        Ok((store, Some(datastore)))
    }
}

impl fmt::Debug for ApplicationBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplicationBuilder")
            .field("mapper", &self.mapper)
            .finish_non_exhaustive()
    }
}
