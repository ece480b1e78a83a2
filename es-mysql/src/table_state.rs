//! The followers of a table, and how far its records are known to be durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use es_sql::server::{Checkout, Session, explain};
use es_sql::{ErrorKind, Statement};
use es_store::{Notifier, RecordError, RecordId, Table, WakeUp};

use crate::Mysql;
use crate::database::lock_row_missing;
use crate::statements::Statements;

/// The followers of a table, and the record up to which all are known to be durable.
///
/// `InnoDB` shows a commit to others a moment before it is on the disk. If the server is killed in
/// that moment, it forgets the commit: a follower would have seen a record that never was. So a
/// reader of records that are not known to be durable commits a separate change first. There is
/// one log: when that commit is on the disk, so is everything that was visible before it.
#[derive(Default)]
pub struct TableState {
    notifier: Notifier,
    durable: AtomicU64,
}

impl es_sql::server::TableState<Mysql> for TableState {
    fn new(_: &Arc<Mysql>, _: &Statements) -> Self {
        Self::default()
    }

    fn wake_up(&self) -> WakeUp {
        self.notifier.subscribe()
    }

    fn notify(&self) {
        self.notifier.notify();
    }

    fn set_durable(&self, id: RecordId) {
        self.durable.fetch_max(id.get(), Ordering::AcqRel);
    }

    async fn wait_until_durable(
        &self,
        id: RecordId,
        database: &Mysql,
        table: &Table,
    ) -> Result<(), RecordError> {
        const OPERATION: &str = "wait until the records are durable";
        if id.get() <= self.durable.load(Ordering::Acquire) {
            return Ok(());
        }
        let sql = "UPDATE es_readers SET pages = pages + 1 WHERE name = ?";
        let update = Statement::new(sql, [(&*table.name).into()]);
        let mut connection = Checkout::take(database, OPERATION).await?;
        let updated = connection.session().run(update).await;
        match connection.keep_if_ok(updated) {
            Ok(0) => return Err(lock_row_missing(table)),
            Ok(_) => {}
            // A replica shows commits that are on the disk of its source, as far as its settings
            // demand that.
            Err(error) if error.kind() == Some(ErrorKind::ReadOnly) => {}
            Err(error) => return Err(explain(database, table, OPERATION, error).await),
        }
        self.set_durable(id);
        Ok(())
    }

    fn invalidate(&self) {
        self.durable.store(0, Ordering::Release);
    }
}
