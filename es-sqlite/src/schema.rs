//! Tables: made as the format says, and checked where they are there.

use es_sql::{StoredColumn, StoredTable, missing};
use es_store::{RecordError, Table};
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use crate::dialect::DIALECT;

type MapError<'e> = &'e dyn Fn(rusqlite::Error) -> RecordError;

/// Makes the table where it is absent, and checks it where it is there.
pub(crate) fn setup(
    connection: &mut Connection,
    table: &Table,
    error: MapError<'_>,
) -> Result<(), RecordError> {
    if kind(connection, table, error)?.is_some() {
        return check(connection, table, error);
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(error)?;
    if kind(&transaction, table, error)?.is_none() {
        for statement in create(table) {
            transaction.execute_batch(&statement).map_err(error)?;
        }
    }
    check(&transaction, table, error)?;
    transaction.commit().map_err(error)
}

/// Prepares a statement of ours. Where `SQLite` does not understand it, the table is not what it should be.
pub(crate) fn prepare<'c>(
    connection: &'c Connection,
    table: &Table,
    sql: &str,
    error: MapError<'_>,
) -> Result<CachedStatement<'c>, RecordError> {
    connection.prepare_cached(sql).map_err(|source| {
        if source.sqlite_error_code() != Some(ErrorCode::Unknown) {
            return error(source);
        }
        match check(connection, table, error) {
            Err(schema) => schema,
            Ok(()) => error(source),
        }
    })
}

/// The statements that make a table.
fn create(table: &Table) -> Vec<String> {
    DIALECT.create(table)
}

fn kind(
    connection: &Connection,
    table: &Table,
    error: MapError<'_>,
) -> Result<Option<String>, RecordError> {
    let sql = "SELECT type FROM sqlite_master WHERE name = ?1 COLLATE NOCASE";
    let name: &str = &table.name;
    connection
        .query_row(sql, [name], |row| row.get(0))
        .optional()
        .map_err(error)
}

/// Checks that a table can be used: its columns, and what is unique in it.
pub(crate) fn check(
    connection: &Connection,
    table: &Table,
    error: MapError<'_>,
) -> Result<(), RecordError> {
    match kind(connection, table, error)?.as_deref() {
        None => Err(missing(table)),
        Some("table") => {
            let stored = stored(connection, table).map_err(error)?;
            DIALECT.check(table, &stored)
        }
        Some(other) => Err(table.unfit(format!("it is a {other}, not a table"))),
    }
}

fn stored(connection: &Connection, table: &Table) -> Result<StoredTable, rusqlite::Error> {
    let mut stored = StoredTable {
        unique: unique_keys(connection, table)?,
        ..StoredTable::default()
    };
    // A whole number that is the primary key has no index.
    let mut primary_key = Vec::new();
    let sql = "SELECT name, type, \"notnull\" AND dflt_value IS NULL AND pk = 0, pk > 0 FROM pragma_table_info(?1)";
    let name: &str = &table.name;
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([name])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        if row.get(3)? {
            primary_key.push(name.clone());
        }
        stored.columns.push(StoredColumn {
            name,
            kind: row.get(1)?,
            needs_a_value: row.get(2)?,
        });
    }
    stored.unique.push(primary_key);
    Ok(stored)
}

/// The sets of columns that are unique in a whole table.
fn unique_keys(
    connection: &Connection,
    table: &Table,
) -> Result<Vec<Vec<String>>, rusqlite::Error> {
    let sql = "SELECT list.name, COALESCE(info.name, '') FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS \
               info WHERE list.\"unique\" AND NOT list.partial ORDER BY 1";
    let name: &str = &table.name;
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([name])?;
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (index, column): (String, String) = (row.get(0)?, row.get(1)?);
        match keys.last_mut() {
            Some((last, columns)) if *last == index => columns.push(column),
            _ => keys.push((index, vec![column])),
        }
    }
    Ok(keys.into_iter().map(|(_, columns)| columns).collect())
}

#[cfg(test)]
mod tests {
    use es_testing::store::{assert_documented, tables_of_the_format};

    use super::*;

    #[test]
    fn tables_are_made_to_the_letter_as_documented() {
        assert_documented(include_str!("../../docs/ddl.txt"), "sqlite", create);
    }

    #[test]
    fn a_table_that_was_made_passes_the_check() {
        for table in tables_of_the_format().into_iter().chain([
            Table::stored_events().named("order"),
            Table::stored_events().named("with \"quotes\""),
            Table::timestamp_sequenced().named("current_time"),
        ]) {
            let mut connection = Connection::open_in_memory().expect("memory");
            let fail = |error: rusqlite::Error| panic!("{}: {error}", table.name);
            setup(&mut connection, &table, &fail).expect("made");
            setup(&mut connection, &table, &fail).expect("checked");
        }
    }
}
