//! The pool of connections that read a file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use es_store::RecordError;
use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::connect::connect;
use crate::database::blocking;
use crate::database_file::DatabaseFile;
use crate::{Mode, SqliteOptions};

/// A pool of connections that only read.
pub(crate) struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, options: &SqliteOptions) -> Self {
        Self {
            path,
            options: options.clone(),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(options.readers.max(1))),
        }
    }

    /// Runs `work` on a connection of the pool, off the threads of the runtime.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        operation: &'static str,
        file: &Arc<DatabaseFile>,
        work: impl FnOnce(&Connection) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, RecordError> {
        // Held by the work while the connection is in use: there is one permit per connection.
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_closed| RecordError::Closed)?;
        let (this, file) = (self.clone(), file.clone());
        let read = move || {
            file.check(operation)?;
            let connection = this.take().map_err(|error| file.error(operation, error))?;
            let answer = work(&connection);
            this.put_back(connection);
            // The permit is the connection's, also if nobody waits for the answer.
            drop(permit);
            answer
        };
        blocking(operation, read).await
    }

    fn take(&self) -> Result<Connection, rusqlite::Error> {
        match self.idle().pop() {
            Some(connection) => Ok(connection),
            None => connect(&self.path, Mode::ReadOnly, &self.options),
        }
    }

    /// Closes a connection that is in a transaction: the next caller would read an old state.
    pub(crate) fn put_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if connection.is_autocommit() && !self.permits.is_closed() {
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
