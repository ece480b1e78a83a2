use std::sync::atomic::{AtomicU64, Ordering};

use es_store::{RecordError, RecordId, Table};
use mysql_async::prelude::Queryable;

use crate::database::{Database, no_lock};
use crate::error::is_read_only;

/// Up to which record all are known to be on the disk.
///
/// `InnoDB` shows a commit to others a moment before it is on the disk, and a server that is killed in that moment forgets
/// it: a follower would have seen a record that never was. So a reader of records that nobody has vouched for commits a
/// change of its own first. The log is one: when that commit is on the disk, so is all that was visible before it.
#[derive(Default)]
pub(crate) struct Durable(AtomicU64);

impl Durable {
    /// A commit was answered, so all up to this record are on the disk.
    pub(crate) fn up_to(&self, id: u64) {
        self.0.fetch_max(id, Ordering::AcqRel);
    }

    /// The table is another from now on.
    pub(crate) fn forget(&self) {
        self.0.store(0, Ordering::Release);
    }

    /// Returns when all records up to this one, which was seen, are on the disk.
    pub(crate) async fn wait_for(
        &self,
        id: RecordId,
        database: &Database,
        table: &Table,
    ) -> Result<(), RecordError> {
        const OPERATION: &str = "wait until the records are on the disk";
        if id.get() <= self.0.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut connection = database.connection(OPERATION).await?;
        let sql = "UPDATE es_readers SET pages = pages + 1 WHERE name = ?";
        match connection.exec_drop(sql, (&*table.name,)).await {
            Ok(()) if connection.affected_rows() == 0 => return Err(no_lock(table)),
            Ok(()) => connection.keep(),
            // What a replica shows is on its source's disk, as far as that was asked for.
            Err(error) if is_read_only(&error) => {}
            Err(error) => {
                drop(connection);
                return Err(database.explain(OPERATION, table, error).await);
            }
        }
        self.up_to(id.get());
        Ok(())
    }
}
