//! Tables as `SQLite` describes them: created as the format says, and checked if they exist.

use es_sql::{
    CatalogueEntry, IdEncoding, StoredColumn, StoredTable, TableStatements, group_by_index,
};
use es_store::{RecordError, Table};
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use crate::dialect::DIALECT;
use crate::table_reader::MapError;

/// Creates the table if it is missing, and checks it otherwise.
pub(crate) fn setup(
    connection: &mut Connection,
    table: &Table,
    error: MapError<'_>,
) -> Result<(), RecordError> {
    if kind(connection, table).map_err(error)?.is_some() {
        return check(connection, table, error);
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(error)?;
    if kind(&transaction, table).map_err(error)?.is_none() {
        for statement in create(table) {
            transaction.execute_batch(&statement).map_err(error)?;
        }
    }
    check(&transaction, table, error)?;
    transaction.commit().map_err(error)
}

/// Checks that a table exists and can be used.
pub(crate) fn check(
    connection: &Connection,
    table: &Table,
    error: MapError<'_>,
) -> Result<(), RecordError> {
    let entry = describe(connection, table).map_err(error)?;
    DIALECT.check(table, &entry).map(drop)
}

/// Prepares a statement on a table. If `SQLite` does not know a name in it, the error names the
/// faults of the table.
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

/// Returns the encoding in which a table stores sequence ids, from the catalogue if it is not known
/// yet. A table that does not exist yet will be created with bytes.
pub(crate) fn id_encoding(
    connection: &Connection,
    statements: &TableStatements,
) -> Result<IdEncoding, rusqlite::Error> {
    if let Some(encoding) = statements.id_encoding.get() {
        return Ok(encoding);
    }
    let sql = "SELECT type FROM pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE";
    let Table {
        name, sequence_id, ..
    } = &statements.table;
    let declared: Option<String> = connection
        .prepare_cached(sql)?
        .query_row::<_, [&str; 2], _>([name, sequence_id], |row| row.get(0))
        .optional()?;
    let encoding = declared.as_deref().map(IdEncoding::from_declared_type);
    if let Some(encoding) = encoding {
        statements.id_encoding.set(encoding);
    }
    Ok(encoding.unwrap_or_default())
}

/// Returns the statements that create a table.
fn create(table: &Table) -> Vec<String> {
    DIALECT.create(table)
}

fn kind(connection: &Connection, table: &Table) -> Result<Option<String>, rusqlite::Error> {
    let sql = "SELECT type FROM sqlite_master WHERE name = ?1 COLLATE NOCASE";
    let kind = connection.query_row(sql, [&*table.name], |row| row.get(0));
    kind.optional()
}

fn describe(connection: &Connection, table: &Table) -> Result<CatalogueEntry, rusqlite::Error> {
    Ok(match kind(connection, table)?.as_deref() {
        None => CatalogueEntry::Missing,
        Some("table") => CatalogueEntry::Table(stored(connection, table)?),
        Some(other) => CatalogueEntry::NoTable(format!("it is a {other}, not a table")),
    })
}

fn stored(connection: &Connection, table: &Table) -> Result<StoredTable, rusqlite::Error> {
    let sql = "SELECT name, type, \"notnull\" AND dflt_value IS NULL AND pk = 0, pk > 0 FROM pragma_table_info(?1)";
    let mut stored = StoredTable {
        unique: unique_keys(connection, table)?,
        ..StoredTable::default()
    };
    // An integer that is the primary key has no index.
    let mut primary_key = Vec::new();
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([&*table.name])?;
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

/// Returns the sets of columns that are unique in the whole table.
fn unique_keys(
    connection: &Connection,
    table: &Table,
) -> Result<Vec<Vec<String>>, rusqlite::Error> {
    let sql = "SELECT list.name, COALESCE(info.name, '') FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS \
               info WHERE list.\"unique\" AND NOT list.partial ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([&*table.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    Ok(group_by_index(rows))
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
