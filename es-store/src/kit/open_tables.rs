//! What every store does with the tables of a database that are in use.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;

use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

/// A table in use, until its record manager is closed.
#[derive(Debug)]
pub struct OpenTable {
    table: Table,
    closed: AtomicBool,
}

impl OpenTable {
    /// A table that is in use from now on.
    #[must_use]
    pub const fn new(table: Table) -> Self {
        Self {
            table,
            closed: AtomicBool::new(false),
        }
    }

    /// Whether it is in use no more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// It is in use no more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Checks that it is in use, before anything is done with it.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] where it is not.
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

/// The tables of one database that are in use, each with its record manager: one a table, whoever asks for it.
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
    /// None is in use.
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
    /// The record manager of a table, which `open` makes where there is none, or it was closed.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] where the database is; [`RecordError::Schema`] where the table is in use with other columns;
    /// those of `open`.
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

    /// Closes all record managers; none is opened from now on.
    ///
    /// # Errors
    ///
    /// Those of the record managers.
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

    /// A panic elsewhere leaves the map whole: it is changed by single insertions.
    fn state(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
