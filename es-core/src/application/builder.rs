use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use es_store::kit::variable;
use es_store::{BoxError, Datastore, Driver, RecordManager, Table, Topic};
use zeroize::Zeroizing;

use super::Application;
use super::bus::{Bus, ErrorHook};
use super::persistence_policy::PersistencePolicy;
use crate::domain::aggregate::Aggregate;
use crate::domain::integrity::Salt;
use crate::error::{Error, Result};
use crate::event_store::cipher::Cipher;
use crate::event_store::{EventStore, Mapper, Transcoder};
use crate::repository::Repository;
use crate::repository::snapshots::Snapshots;

/// The database of an application that names none.
const DEFAULT_URI: &str = "sqlite:///:memory:";

/// Says what an application is made of, and opens it.
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
    snapshots: Snapshots,
    bus: Bus,
    on_error: Option<Arc<ErrorHook>>,
    /// How reading the environment ended, if it was asked.
    environment: Option<Result<()>>,
}

impl ApplicationBuilder {
    /// The database, such as `sqlite:///events.db` for a file in the current directory. A memory database unless told.
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// A store made by hand, in place of a URI.
    pub fn store(mut self, store: Arc<dyn RecordManager>) -> Self {
        self.store = Some(store);
        self
    }

    /// The table of events, where it is none of the usual shape: one with columns of other names, or without record ids.
    pub fn table(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    /// The name of the table of events; `stored_events` unless told.
    pub fn table_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.table_name = Some(name.into());
        self
    }

    /// The key, in Base64, that all events are encrypted with: 16, 24 or 32 bytes. See
    /// [`encode_random_bytes`](crate::event_store::cipher::encode_random_bytes).
    pub fn cipher_key(mut self, key: impl Into<String>) -> Self {
        self.cipher_key = Some(Zeroizing::new(key.into()));
        self
    }

    /// Encrypts only the events whose topics `chosen` accepts.
    pub fn encrypting_only(
        mut self,
        chosen: impl Fn(&Topic) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.mapper = self.mapper.encrypting_only(chosen);
        self
    }

    /// Stores what `transcoder` makes of the canonical text.
    pub fn transcoder(mut self, transcoder: impl Transcoder) -> Self {
        self.mapper = self.mapper.with_transcoder(transcoder);
        self
    }

    /// The secret that goes into every hash; that of the process unless told.
    pub fn salt(mut self, salt: impl Into<Salt>) -> Self {
        self.salt = Some(salt.into());
        self
    }

    /// Stores only the events of `A`, and of the types named so before.
    pub fn persist_only<A: Aggregate>(mut self) -> Self {
        self.persisted.push(Topic::new(A::TOPIC));
        self
    }

    /// Keeps snapshots, in a table of their own beside the events, and has aggregates begin at them. They are taken when
    /// [`Application::take_snapshot`] is called. An aggregate has them where it is marked `#[aggregate(snapshot)]`.
    pub fn snapshots(mut self) -> Self {
        self.snapshots.kept = true;
        self
    }

    /// Keeps snapshots, and takes one whenever so many events have happened to an aggregate: of the events that one `save`
    /// stores, if any is the n-th, the 2n-th and so on of its sequence, at the last of them.
    ///
    /// It is taken after the events are stored and handed to the subscribers. Where it fails, `save` does not: the error is
    /// traced, and goes to the hook of [`on_subscriber_error`](Self::on_subscriber_error).
    pub fn snapshot_every(mut self, events: u64) -> Self {
        self.snapshots.every = Some(events);
        self.snapshots()
    }

    /// Keeps snapshots in a store made by hand, of the shape of [`Table::snapshots`].
    pub fn snapshot_store(mut self, store: Arc<dyn RecordManager>) -> Self {
        self.snapshots.store = Some(store);
        self.snapshots()
    }

    /// Takes up snapshots that are in clear although there is a key, such as those that the Python library's
    /// `SnapshottingApplication` stored; without this they are ignored. Who can write to the database can forge one. New
    /// snapshots are encrypted all the same.
    pub fn clear_snapshots(mut self) -> Self {
        self.snapshots.reads_clear = true;
        self.snapshots()
    }

    /// Where subscribers stand, if they came before the application.
    pub fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// Hands the errors of subscribers to `hook`.
    pub fn on_subscriber_error(mut self, hook: impl Fn(&BoxError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Arc::new(hook));
        self
    }

    /// What the environment says: see [`Application::from_env`]. A variable that is not Unicode is an error of
    /// [`open`](Self::open).
    pub fn from_env(mut self) -> Self {
        self.environment = Some(self.read_environment());
        self
    }

    fn read_environment(&mut self) -> Result<()> {
        if let Some(uri) = variable("DB_URI")? {
            self.uri = Some(uri);
        }
        if let Some(key) = variable("CIPHER_KEY")? {
            self.cipher_key = Some(Zeroizing::new(key));
        }
        Ok(())
    }

    /// Opens the application; makes its table where there is none.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidUri`] where the URI is malformed or no driver knows it, [`Error::InvalidSetting`] where the key is
    /// no key, a variable of the environment is not Unicode or snapshots have no place, [`Error::Store`] where the table has another shape, and those of the store.
    pub async fn open(mut self) -> Result<Application> {
        let is_from_env = self.environment.take().transpose()?.is_some();
        if is_from_env && self.uri.is_none() && self.store.is_none() {
            tracing::warn!(
                "`DB_URI` is not set: events are kept in memory, and end with the program"
            );
        }
        if let Some(key) = &self.cipher_key {
            let invalid = |source: crate::event_store::cipher::CipherError| Error::InvalidSetting {
                setting: "cipher_key",
                reason: source.to_string(),
            };
            self.mapper = self
                .mapper
                .with_cipher(Cipher::from_base64(key).map_err(invalid)?);
        }
        let snapshotting = self.snapshots.policy()?;
        self.mapper.check()?;
        if let Some(hook) = self.on_error.take() {
            self.bus.set_error_hook(hook);
        }
        let (store, datastore) = self.open_store().await?;
        store.records().setup().await?;
        let snapshots = self.snapshots.open(&store, datastore.as_ref()).await?;
        let repository = Repository::new(store.clone());
        Ok(Application {
            persistence: PersistencePolicy::new(store).restricted_to(&self.persisted),
            repository: match snapshots {
                Some(snapshots) => repository.with_snapshots(snapshots),
                None => repository,
            },
            snapshotting,
            bus: self.bus,
            datastore,
        })
    }

    async fn open_store(&mut self) -> Result<(EventStore, Option<Arc<dyn Datastore>>)> {
        let mapper = std::mem::take(&mut self.mapper);
        let salt = match self.salt.take() {
            Some(salt) => salt,
            None => Salt::of_process()?,
        };
        if let Some(store) = self.store.take() {
            if self.uri.is_some() || self.table.is_some() || self.table_name.is_some() {
                let reason = "a store made by hand has its own database and table: leave out `uri`, `table` and `table_name`";
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
