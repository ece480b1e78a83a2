//! The versions of a table: setup, check and migration.
//!
//! `es_tables` holds the version of each table that this library created or migrated. A table
//! without a version was created by another program in the documented format, which is version 1.

use std::time::Duration;

use es_store::{PositionKind, Table};

use super::session::SchemaSession;
use crate::rows::{RowsBy, damaged};
use crate::{CatalogueEntry, Dialect, IdEncoding, Parameter, SqlResult, Statement};

/// The version of a table that another program created.
const FIRST: usize = 1;

/// Creates the table if it is missing, and checks it.
pub(super) async fn setup<S: SchemaSession>(
    session: &mut S,
    table: &Table,
    timeout: Duration,
) -> SqlResult {
    if !is_set_up(session, table).await? {
        session.begin_setup(timeout).await?;
        let created = create(session, table).await;
        end_setup(session, created).await?;
    }
    check(session, table).await.map(drop)
}

/// Migrates an existing table to the newest version; returns that version.
pub(super) async fn migrate<S: SchemaSession>(
    session: &mut S,
    table: &Table,
    timeout: Duration,
) -> SqlResult<usize> {
    match session.describe(table).await? {
        CatalogueEntry::NeedsMigration(_) => {}
        entry => drop(S::DIALECT.check(table, &entry)?),
    }
    session.begin_setup(timeout).await?;
    let migrated = migrate_from_recorded(session, table).await;
    end_setup(session, migrated).await?;
    check(session, table).await?;
    Ok(S::MIGRATIONS.len())
}

/// Checks that a table exists and can be used; returns the encoding of its sequence ids.
pub(super) async fn check<S: SchemaSession>(
    session: &mut S,
    table: &Table,
) -> SqlResult<IdEncoding> {
    let entry = session.describe(table).await?;
    Ok(S::DIALECT.check(table, &entry)?)
}

/// Commits the setup, or aborts it after an error.
pub(super) async fn end_setup<S: SchemaSession>(session: &mut S, done: SqlResult) -> SqlResult {
    if done.is_ok() {
        return session.commit_setup().await;
    }
    session.abort_setup().await;
    done
}

async fn is_set_up<S: SchemaSession>(session: &mut S, table: &Table) -> SqlResult<bool> {
    let exists = session.describe(table).await? != CatalogueEntry::Missing;
    Ok(exists && (!S::NEEDS_VERSION || recorded_version(session, table).await?.is_some()))
}

async fn create<S: SchemaSession>(session: &mut S, table: &Table) -> SqlResult {
    session.create_version_tables(table).await?;
    if session.describe(table).await? == CatalogueEntry::Missing {
        return run(session, table, 0).await;
    }
    match recorded_version(session, table).await? {
        Some(_) => Ok(()),
        None => record_version(session, table, FIRST).await,
    }
}

async fn migrate_from_recorded<S: SchemaSession>(session: &mut S, table: &Table) -> SqlResult {
    session.create_version_tables(table).await?;
    let recorded = recorded_version(session, table).await?;
    run(session, table, recorded.unwrap_or(FIRST)).await
}

/// Runs the migrations after a version. Each is recorded when it is done, so that an interrupted run
/// can continue.
async fn run<S: SchemaSession>(session: &mut S, table: &Table, from: usize) -> SqlResult {
    for (version, migration) in (1..).zip(S::MIGRATIONS).skip(from) {
        for statement in migration(table) {
            session.execute(&statement).await?;
        }
        record_version(session, table, version).await?;
    }
    Ok(())
}

/// Returns the version of a table, if it is recorded.
async fn recorded_version<S: SchemaSession>(
    session: &mut S,
    table: &Table,
) -> SqlResult<Option<usize>> {
    if !session.has_version_table().await? {
        return Ok(None);
    }
    let Dialect {
        parameter,
        from_stored,
        ..
    } = *S::DIALECT;
    let version = from_stored(PositionKind::Integer, "version");
    let sql = format!(
        "SELECT {version} FROM es_tables WHERE name = {}",
        parameter(1)
    );
    let rows = RowsBy(|row| {
        let version = row.number(0).and_then(|version| version.try_into().ok());
        version.ok_or_else(|| damaged("es_tables", format!("a version is {}", row.describe(0))))
    });
    let name = Parameter::from(&*table.name);
    let versions = session.query(Statement::new(&sql, [name]), rows).await?;
    Ok(versions.first().copied())
}

async fn record_version<S: SchemaSession>(
    session: &mut S,
    table: &Table,
    version: usize,
) -> SqlResult {
    let Dialect {
        parameter,
        to_stored,
        upsert,
        ..
    } = *S::DIALECT;
    let sql = format!(
        "INSERT INTO es_tables (name, version) VALUES ({}, {}) {}",
        parameter(1),
        to_stored(PositionKind::Integer, &parameter(2)),
        upsert.overwrite("name", &["version"])
    );
    let values = [Parameter::from(&*table.name), version.into()];
    session.run(Statement::new(&sql, values)).await.map(drop)
}
