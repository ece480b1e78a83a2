//! The servers, and the connections of a process.

use std::num::NonZeroU32;
use std::time::Duration;

use es::cassandra::scylla::client::session_builder::SessionBuilder;
use es::event_store::Mapper;
use es::notification_log::SectionSize;
use es::redis::{RedisIntegerSequence, RedisOptions};
use es::store::{Driver, StoreUri, Table};
use es::structures::{ArrayNotificationLog, BigArray, Reference, Settler};
use es::{Application, EventStore};
use uuid::Uuid;

/// A writer can be slower than this on a busy machine; it then takes another number.
pub const TIMEOUT: Duration = Duration::from_millis(400);

/// A small size, so that writers often cross from one base array to the next.
pub const ARRAY_SIZE: u32 = 40;

pub type References = BigArray<Option<Reference>>;

/// A new keyspace and a new counter.
#[derive(Clone)]
pub struct System {
    pub server: String,
    pub keyspace: String,
    /// The root of the big array.
    pub root: Uuid,
    pub redis: RedisOptions,
}

/// The connections of a process.
#[derive(Clone)]
pub struct Client {
    pub app: Application,
    pub array: References,
    pub numbers: RedisIntegerSequence,
}

impl System {
    pub fn new() -> Self {
        let uri = std::env::var(super::CASSANDRA).unwrap();
        let address = uri.strip_prefix("cassandra://").unwrap();
        let redis = std::env::var(super::REDIS).unwrap();
        Self {
            server: address.split_once('/').unwrap().0.to_owned(),
            keyspace: format!("es_{}", Uuid::new_v4().simple()),
            root: Uuid::new_v4(),
            redis: RedisOptions::try_from(&StoreUri::parse(&redis).unwrap()).unwrap(),
        }
    }

    /// Opens new connections to both servers.
    pub async fn client(&self) -> Client {
        let uri = format!("cassandra://{}/{}", self.server, self.keyspace);
        let database = Driver::open(&uri).await.unwrap();
        let events = database
            .record_manager(Table::stored_events().without_record_ids())
            .await;
        let items = database
            .record_manager(Table::integer_sequenced().without_record_ids())
            .await;
        let items = items.unwrap();
        items.setup().await.unwrap();
        let builder = Application::builder().salt("").store(events.unwrap());
        let store = EventStore::new(items, Mapper::new(), es::Salt::none());
        let size = NonZeroU32::new(ARRAY_SIZE).unwrap();
        Client {
            app: builder.open().await.unwrap(),
            array: BigArray::new(store, self.root, size),
            numbers: self.numbers(),
        }
    }

    pub fn numbers(&self) -> RedisIntegerSequence {
        let key = RedisIntegerSequence::key_for(self.root);
        RedisIntegerSequence::new(self.redis.clone(), key).unwrap()
    }

    /// Drops the keyspace and the counter.
    pub async fn drop(self) {
        let builder = SessionBuilder::new().known_node(&self.server);
        let session = builder.build().await.unwrap();
        let drop = format!("DROP KEYSPACE IF EXISTS {}", self.keyspace);
        session.query_unpaged(drop, ()).await.unwrap();
        let mut command = std::process::Command::new("redis-cli");
        let port = self.redis.port.to_string();
        command.args(["-h", &self.redis.host, "-p", &port, "DEL"]);
        command.arg(RedisIntegerSequence::key_for(self.root));
        assert!(command.output().unwrap().status.success());
    }
}

impl Client {
    /// Returns a log that ends before the first hole.
    pub fn log(&self) -> ArrayNotificationLog {
        let size = SectionSize::new(u64::from(ARRAY_SIZE)).unwrap();
        let log = ArrayNotificationLog::new(std::sync::Arc::new(self.array.clone()), size);
        let log = log.unwrap().poll_every(Duration::from_millis(50));
        log.stop_at_gaps()
    }

    /// Settles holes until the task is aborted.
    pub async fn settle(self) {
        let mut settler = Settler::new(self.array, TIMEOUT);
        loop {
            // The next pass repeats a failed one.
            let _ = settler.settle().await;
            tokio::time::sleep(TIMEOUT / 8).await;
        }
    }
}
