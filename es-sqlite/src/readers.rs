//! The pool of connections that read a file.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use es_store::RecordError;
use rusqlite::Connection;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::connect::connect;
use crate::{Mode, SqliteOptions};

/// A pool of connections that only read.
pub(crate) struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            path,
            options: options.clone(),
            idle: Mutex::default(),
            permits: Semaphore::new(options.readers.max(1)),
        }
    }

    /// Waits for a permit to take a connection. Callers hold it until they have used the answer.
    pub(crate) async fn permit(&self) -> Result<SemaphorePermit<'_>, RecordError> {
        let permit = self.permits.acquire().await;
        permit.map_err(|_closed| RecordError::Closed)
    }

    pub(crate) fn take(&self) -> Result<Connection, rusqlite::Error> {
        match self.idle().pop() {
            Some(connection) => Ok(connection),
            None => connect(&self.path, Mode::ReadOnly, &self.options),
        }
    }

    pub(crate) fn put_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if !self.permits.is_closed() {
            idle.push(connection);
        }
    }

    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
