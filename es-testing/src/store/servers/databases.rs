use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use es_store::{RecordError, RecordManager, Table};
use uuid::Uuid;

use super::{Opening, Server};
use crate::store::{Backend, Reach};

/// The databases of a server that a test made.
pub struct Databases {
    server: Arc<dyn Server>,
    made: Mutex<Vec<String>>,
    turns: AtomicU32,
}

impl Databases {
    /// None as yet.
    #[must_use]
    pub fn of(server: Arc<dyn Server>) -> Self {
        Self {
            server,
            made: Mutex::default(),
            turns: AtomicU32::new(0),
        }
    }

    pub(super) fn server(&self) -> Arc<dyn Server> {
        self.server.clone()
    }

    /// A new database.
    pub(super) async fn new_one(&self) -> String {
        let name = format!("es_{}", Uuid::new_v4().simple());
        self.make(&name).await;
        name
    }

    /// A database of this name, made where it is absent. Where that fails, opening the store says why.
    pub async fn make(&self, name: &str) {
        drop(self.server.make(name).await);
        self.made().push(name.to_owned());
    }

    /// Drops all that were made.
    ///
    /// # Panics
    ///
    /// Where the server fails.
    pub async fn drop_all(&self) {
        let mut names = std::mem::take(&mut *self.made());
        names.sort_unstable();
        names.dedup();
        for name in names {
            self.server.remove(&name).await.expect("dropped");
        }
    }

    /// A panic elsewhere leaves the list whole.
    fn made(&self) -> MutexGuard<'_, Vec<String>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for Databases {
    async fn open(&self, name: &str, table: Table) -> Result<Arc<dyn RecordManager>, RecordError> {
        self.make(name).await;
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
