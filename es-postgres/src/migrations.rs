//! The versions of a table: what each adds to the one before, and which one a table has.
//!
//! `es_tables` holds the version of each table that this library made or migrated. One that is not listed was made by
//! somebody else as the format says, which is version 1.

use es_store::{RecordError, Table};
use tokio_postgres::{Client, Error};

use crate::error::record_error;
use crate::schema::{self, create};

/// The statements from each version to the next.
const MIGRATIONS: &[fn(&Table) -> Vec<String>] = &[create];

/// One party at a time makes tables: the catalogue's own checks end in errors of their own.
pub(crate) const BEGIN: &str =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(1702035457, 0)";

const OPERATION: &str = "set the table up";

/// Makes the table where it is absent, and checks it where it is there.
pub(crate) async fn setup(client: &Client, table: &Table) -> Result<(), RecordError> {
    let kind = schema::kind(client, table).await.map_err(failed)?;
    if kind.is_none() {
        let made = make(client, table).await;
        end(client, made).await?;
    }
    schema::check(client, table).await
}

/// Brings a table that is there to the newest version; says which that is.
pub(crate) async fn migrate(client: &Client, table: &Table) -> Result<usize, RecordError> {
    schema::check(client, table).await?;
    let migrated = bring(client, table).await;
    end(client, migrated).await?;
    schema::check(client, table).await?;
    Ok(MIGRATIONS.len())
}

async fn make(client: &Client, table: &Table) -> Result<(), Error> {
    client.batch_execute(BEGIN).await?;
    if schema::kind(client, table).await?.is_none() {
        run(client, table, 0).await?;
    }
    Ok(())
}

async fn bring(client: &Client, table: &Table) -> Result<(), Error> {
    client.batch_execute(BEGIN).await?;
    let version = version(client, table).await?;
    run(client, table, version).await
}

async fn run(client: &Client, table: &Table, from: usize) -> Result<(), Error> {
    for migration in MIGRATIONS.iter().skip(from) {
        for statement in migration(table) {
            client.batch_execute(&statement).await?;
        }
    }
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS es_tables (name TEXT PRIMARY KEY, version INT NOT NULL)",
        )
        .await?;
    let newest = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    let sql = "INSERT INTO es_tables VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version";
    client.execute(sql, &[&&*table.name, &newest]).await?;
    Ok(())
}

async fn version(client: &Client, table: &Table) -> Result<usize, Error> {
    let listed = "SELECT to_regclass('es_tables') IS NOT NULL";
    let is_listed: bool = client.query_one(listed, &[]).await?.get(0);
    if !is_listed {
        return Ok(1);
    }
    let sql = "SELECT version FROM es_tables WHERE name = $1";
    let row = client.query_opt(sql, &[&&*table.name]).await?;
    let version: i32 = row.map_or(1, |row| row.get(0));
    Ok(usize::try_from(version).unwrap_or(1))
}

pub(crate) async fn end(client: &Client, done: Result<(), Error>) -> Result<(), RecordError> {
    match done {
        Ok(()) => client.batch_execute("COMMIT").await.map_err(failed),
        Err(error) => {
            // Where this fails too, the connection is gone, and the transaction with it.
            let _gone = client.batch_execute("ROLLBACK").await;
            Err(failed(error))
        }
    }
}

fn failed(error: Error) -> RecordError {
    record_error(OPERATION, error)
}
