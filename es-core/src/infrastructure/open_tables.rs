use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{RecordManager, Table};
use crate::error::RecordError;

/// The record managers that a datastore has handed out: one a table, so that all who use a table share what it needs.
pub struct OpenTables<M>(Mutex<Tables<M>>);

struct Tables<M> {
    open: HashMap<String, (Table, Arc<M>)>,
    closed: bool,
}

impl<M> Default for OpenTables<M> {
    fn default() -> Self {
        Self(Mutex::new(Tables {
            open: HashMap::new(),
            closed: false,
        }))
    }
}

impl<M: RecordManager> OpenTables<M> {
    /// The record manager of a table: the one that is open, unless `is_closed` says that it was closed by itself, or else a
    /// new one.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] where the table is in use with other columns, [`RecordError::Closed`] after
    /// [`close`](Self::close), and those of `open`.
    pub fn get_or_open(
        &self,
        table: Table,
        is_closed: fn(&M) -> bool,
        open: impl FnOnce(Table) -> Result<M, RecordError>,
    ) -> Result<Arc<M>, RecordError> {
        let mut tables = self.tables();
        if tables.closed {
            return Err(RecordError::Closed);
        }
        match tables.open.get(&*table.name) {
            Some((_, manager)) if is_closed(manager) => {}
            Some((used, manager)) if *used == table => return Ok(manager.clone()),
            Some(_) => {
                return Err(RecordError::Schema {
                    table: table.name.into_owned(),
                    reason: "it is in use with other columns".to_owned(),
                });
            }
            None => {}
        }
        let name = table.name.clone().into_owned();
        let manager = Arc::new(open(table.clone())?);
        tables.open.insert(name, (table, manager.clone()));
        Ok(manager)
    }

    /// Closes all of them, and hands out no more.
    ///
    /// # Errors
    ///
    /// Those of [`RecordManager::close`].
    pub async fn close(&self) -> Result<(), RecordError> {
        let open: Vec<_> = {
            let mut tables = self.tables();
            tables.closed = true;
            tables.open.drain().map(|(_, (_, open))| open).collect()
        };
        for manager in open {
            manager.close().await?;
        }
        Ok(())
    }

    /// A panic elsewhere leaves the map whole: it is changed by single insertions.
    fn tables(&self) -> MutexGuard<'_, Tables<M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
