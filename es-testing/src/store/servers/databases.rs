//! The databases that a test creates on a server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use es_store::{RecordError, RecordManager, Table};
use uuid::Uuid;

use super::{Opening, Server};
use crate::store::{Backend, Reach};

/// The databases that a test created on a server, to be dropped at its end.
pub struct Databases {
    server: Arc<dyn Server>,
    created: Mutex<Vec<String>>,
    /// Number of disturbances so far.
    turns: AtomicU32,
}

impl Databases {
    /// Creates an empty list for a server.
    #[must_use]
    pub fn new(server: Arc<dyn Server>) -> Self {
        Self {
            server,
            created: Mutex::default(),
            turns: AtomicU32::new(0),
        }
    }

    /// Creates a database with a new name, and returns the name.
    pub(super) async fn new_database(&self) -> String {
        let name = format!("es_{}", Uuid::new_v4().simple());
        self.create_database(&name).await;
        name
    }

    /// Creates a database if it is absent. It ignores a failure, because opening the store then
    /// reports the cause.
    pub async fn create_database(&self, name: &str) {
        drop(self.server.create_database(name).await);
        self.created().push(name.to_owned());
    }

    /// Drops all databases that were created.
    ///
    /// # Panics
    ///
    /// If the server fails to drop one.
    pub async fn drop_all(&self) {
        let mut names = std::mem::take(&mut *self.created());
        names.sort_unstable();
        names.dedup();
        for name in names {
            let removed = self.server.drop_database(&name).await;
            removed.expect("the database is dropped");
        }
    }

    /// Locks the list. A panic of another thread cannot leave it half-changed.
    fn created(&self) -> MutexGuard<'_, Vec<String>> {
        self.created.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for Databases {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        self.create_database(name).await;
        let database = self.server.open(name, &Opening::default()).await?;
        database.record_manager(table).await
    }

    fn tables(&self) -> Vec<Table> {
        self.server.tables()
    }

    fn largest_data(&self) -> Option<usize> {
        self.server.largest_data()
    }

    fn reach(&self) -> Reach {
        Reach::Durable
    }

    async fn disturb(&self, name: &str, table: &Table, how_long: Duration) {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        self.server.disturb(name, table, turn, how_long).await;
    }
}
