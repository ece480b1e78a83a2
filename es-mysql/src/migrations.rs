//! The versions of a table: what each adds to the one before, and which one a table has.
//!
//! `es_tables` has a row for each table that is set up: its version, and the lock that writers take. A table that was
//! made by somebody else, as the format says, has version 1. `es_readers` has a row for each as well, which readers of
//! records change.

use std::time::Duration;

use es_store::{RecordError, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};

use crate::error::record_error;
use crate::schema::{self, create, widen};

/// The statements from each version to the next. Each can be run again where it was interrupted, but the first.
const MIGRATIONS: &[fn(&Table) -> Vec<String>] = &[create, widen];

const LISTS: &str = "CREATE TABLE IF NOT EXISTS es_tables (name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT \
                     NULL PRIMARY KEY, version INT NOT NULL) ENGINE=InnoDB; CREATE TABLE IF NOT EXISTS es_readers (name \
                     VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, pages BIGINT NOT NULL) \
                     ENGINE=InnoDB";

const OPERATION: &str = "set the table up";

/// Makes the table where it is absent, and checks it where it is there. A table that is there gets its lock.
pub(crate) async fn setup(
    connection: &mut Conn,
    table: &Table,
    patience: Duration,
) -> Result<(), RecordError> {
    if is_ready(connection, table).await.map_err(failed)? {
        return schema::check(connection, table).await.map(drop);
    }
    take_turn(connection, patience).await?;
    let made = make(connection, table).await;
    end_turn(connection).await;
    made.map_err(failed)?;
    schema::check(connection, table).await.map(drop)
}

/// Brings a table that is there to the newest version; says which that is.
pub(crate) async fn migrate(
    connection: &mut Conn,
    table: &Table,
    patience: Duration,
) -> Result<usize, RecordError> {
    if schema::engine(connection, table)
        .await
        .map_err(failed)?
        .is_none()
    {
        schema::check(connection, table).await?;
    }
    take_turn(connection, patience).await?;
    let migrated = bring(connection, table).await;
    end_turn(connection).await;
    migrated.map_err(failed)?;
    schema::check(connection, table).await?;
    Ok(MIGRATIONS.len())
}

/// Whether the table is there, with its lock.
async fn is_ready(connection: &mut Conn, table: &Table) -> Result<bool, Error> {
    let is_there = schema::engine(connection, table).await?.is_some();
    Ok(is_there && version(connection, table).await?.is_some())
}

async fn make(connection: &mut Conn, table: &Table) -> Result<(), Error> {
    make_lists(connection, table).await?;
    if schema::engine(connection, table).await?.is_none() {
        return run(connection, table, 0).await;
    }
    let sql = "INSERT IGNORE INTO es_tables VALUES (?, 1)";
    connection.exec_drop(sql, (&*table.name,)).await
}

async fn bring(connection: &mut Conn, table: &Table) -> Result<(), Error> {
    make_lists(connection, table).await?;
    let version = version(connection, table).await?.unwrap_or(1);
    run(connection, table, version).await
}

async fn make_lists(connection: &mut Conn, table: &Table) -> Result<(), Error> {
    connection.query_drop(LISTS).await?;
    let sql = "INSERT IGNORE INTO es_readers VALUES (?, 0)";
    connection.exec_drop(sql, (&*table.name,)).await
}

async fn run(connection: &mut Conn, table: &Table, from: usize) -> Result<(), Error> {
    for (migration, version) in MIGRATIONS.iter().zip(1_usize..).skip(from) {
        for statement in migration(table) {
            connection.query_drop(statement).await?;
        }
        let sql =
            "INSERT INTO es_tables VALUES (?, ?) ON DUPLICATE KEY UPDATE version = VALUES(version)";
        connection.exec_drop(sql, (&*table.name, version)).await?;
    }
    Ok(())
}

/// The version of a table that is set up.
async fn version(connection: &mut Conn, table: &Table) -> Result<Option<usize>, Error> {
    let listed: Option<u8> = connection
        .query_first(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'es_tables'",
        )
        .await?;
    if listed.is_none() {
        return Ok(None);
    }
    let sql = "SELECT version FROM es_tables WHERE name = ?";
    connection.exec_first(sql, (&*table.name,)).await
}

/// One party at a time makes tables: here a transaction ends with each that is made.
pub(crate) async fn take_turn(
    connection: &mut Conn,
    patience: Duration,
) -> Result<(), RecordError> {
    let sql = "SELECT GET_LOCK(CONCAT('es_setup ', MD5(DATABASE())), ?)";
    let taken: Option<Option<u8>> = connection
        .exec_first(sql, (patience.as_secs().max(1),))
        .await
        .map_err(failed)?;
    match taken.flatten() {
        Some(1) => Ok(()),
        _ => Err(RecordError::Unavailable {
            source: "another program makes tables in this database".into(),
        }),
    }
}

pub(crate) async fn end_turn(connection: &mut Conn) {
    // Where this fails, the connection is gone, and the lock with it.
    let sql = "DO RELEASE_LOCK(CONCAT('es_setup ', MD5(DATABASE())))";
    let _gone = connection.query_drop(sql).await;
}

fn failed(error: Error) -> RecordError {
    record_error(OPERATION, error)
}
