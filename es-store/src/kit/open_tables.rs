//! The open tables of a database, as every store keeps them.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

/// A table and whether its record manager is closed.
#[derive(Debug)]
pub struct OpenTable {
    table: Table,
    closed: AtomicBool,
}

impl OpenTable {
    /// Creates an open table.
    #[must_use]
    pub const fn new(table: Table) -> Self {
        Self {
            table,
            closed: AtomicBool::new(false),
        }
    }

    /// Returns whether the table is closed.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Marks the table as closed.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Checks that the table is open. Record managers call this before every operation.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] if it is not.
    pub fn check_open(&self) -> Result<(), RecordError> {
        if self.is_closed() {
            Err(RecordError::Closed)
        } else {
            Ok(())
        }
    }
}

impl Deref for OpenTable {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.table
    }
}

/// The open tables of one database, with one record manager for each table.
#[derive(Debug)]
pub struct OpenTables<M> {
    state: Mutex<State<M>>,
}

#[derive(Debug)]
struct State<M> {
    open: HashMap<String, (Arc<OpenTable>, Arc<M>)>,
    closed: bool,
}

impl<M> Default for OpenTables<M> {
    /// Creates an empty map.
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                open: HashMap::new(),
                closed: false,
            }),
        }
    }
}

impl<M: RecordManager> OpenTables<M> {
    /// Returns the record manager of a table. If there is none, or it was closed, `open` creates
    /// it.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] if the database is closed, [`RecordError::Schema`] if the table is
    /// in use with other columns, and the errors of `open`.
    pub fn get(
        &self,
        table: Table,
        open: impl FnOnce(Arc<OpenTable>) -> Result<M, RecordError>,
    ) -> Result<Arc<M>, RecordError> {
        let mut state = self.state();
        if state.closed {
            return Err(RecordError::Closed);
        }
        match state.open.get(&*table.name) {
            Some((known, manager)) if !known.is_closed() => {
                known.check_same(&table)?;
                return Ok(manager.clone());
            }
            _ => {}
        }
        let name = table.name.clone().into_owned();
        let table = Arc::new(OpenTable::new(table));
        let manager = Arc::new(open(table.clone())?);
        state.open.insert(name, (table, manager.clone()));
        Ok(manager)
    }

    /// Closes all record managers and refuses to open others.
    ///
    /// # Errors
    ///
    /// The errors of the record managers.
    pub async fn close(&self) -> Result<(), RecordError> {
        let open: Vec<_> = {
            let mut state = self.state();
            state.closed = true;
            state
                .open
                .drain()
                .map(|(_, (_, manager))| manager)
                .collect()
        };
        for manager in open {
            manager.close().await?;
        }
        Ok(())
    }

    /// Locks the state. A panic in another thread leaves it consistent, because it changes by
    /// single insertions.
    fn state(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
