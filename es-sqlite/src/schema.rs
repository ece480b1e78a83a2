//! Tables: made as the format says, and checked where they are there.

use es_core::RecordError;
use es_core::infrastructure::{PositionKind, Table, Uniqueness};
use rusqlite::{CachedStatement, Connection, ErrorCode, OptionalExtension, TransactionBehavior};

use crate::form::DIGITS;
use crate::statements::quote;

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

/// The statements that make a table, to the letter as `SQLAlchemy` writes them.
pub(crate) fn create(table: &Table) -> Vec<String> {
    let name = identifier(&table.name);
    let declare =
        |column: Column<'_>| format!("\n\t{} {}, ", identifier(column.name), column.declaration());
    let columns: Vec<_> = columns(table).into_iter().map(declare).collect();
    let columns = columns.concat();
    let key = list(&table.primary_key());
    let mut statements = vec![format!(
        "CREATE TABLE {name} ({columns}\n\tPRIMARY KEY ({key})\n)"
    )];
    statements.extend(table.indexes().iter().map(|index| {
        let unique = match index.uniqueness {
            Uniqueness::Unique => "UNIQUE ",
            Uniqueness::Repeated => "",
        };
        let columns = list(&index.columns);
        format!(
            "CREATE {unique}INDEX {} ON {name} ({columns})",
            identifier(&index.name)
        )
    }));
    statements
}

struct Column<'t> {
    name: &'t str,
    /// The type that the format declares.
    kind: &'static str,
    /// How other types begin that keep the same values.
    also: &'static [&'static str],
    null: Null,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Null {
    Refused,
    Allowed,
}

impl Column<'_> {
    fn declaration(&self) -> String {
        match self.null {
            Null::Refused => format!("{} NOT NULL", self.kind),
            Null::Allowed => self.kind.to_owned(),
        }
    }

    fn fits(&self, declared: &str) -> bool {
        let declared = declared.to_ascii_uppercase();
        declared == self.kind || self.also.iter().any(|kind| declared.starts_with(kind))
    }
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    const TEXT: &[&str] = &["VARCHAR", "CHAR", "CLOB", "TEXT"];
    let column = |name, kind, also, null| Column {
        name,
        kind,
        also,
        null,
    };
    let (position, also): (_, &[&str]) = match table.position_kind {
        PositionKind::Timestamp => (
            "DECIMAL(24, 6)",
            &["DECIMAL", "NUMERIC", "REAL", "DOUBLE", "FLOAT"],
        ),
        _ => ("INTEGER", &["BIGINT", "INT"]),
    };
    let mut columns = Vec::new();
    if let Some(id) = &table.record_id {
        columns.push(column(&**id, "INTEGER", &[], Null::Refused));
    }
    columns.extend([
        column(
            &table.sequence_id,
            "BINARY(16)",
            &["BINARY", "BLOB", "UUID", DIGITS],
            Null::Refused,
        ),
        column(&table.position, position, also, Null::Refused),
        column(&table.topic, "TEXT", TEXT, Null::Refused),
        column(&table.data, "TEXT", TEXT, Null::Allowed),
    ]);
    columns
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
    let faults = match kind(connection, table, error)?.as_deref() {
        None => vec!["it is not there; `setup` makes it".to_owned()],
        Some("table") => faults(connection, table).map_err(error)?,
        Some(other) => vec![format!("it is a {other}, not a table")],
    };
    if faults.is_empty() {
        return Ok(());
    }
    Err(RecordError::Schema {
        table: table.name.clone().into_owned(),
        reason: faults.join("; "),
    })
}

fn faults(connection: &Connection, table: &Table) -> Result<Vec<String>, rusqlite::Error> {
    let stored = stored_columns(connection, table)?;
    let expected = columns(table);
    let mut faults = Vec::new();
    for column in &expected {
        match stored
            .iter()
            .find(|stored| stored.name.eq_ignore_ascii_case(column.name))
        {
            None => faults.push(format!("the column `{}` is missing", column.name)),
            Some(stored) if !column.fits(&stored.kind) => faults.push(format!(
                "the column `{}` is declared as {}, not as {}",
                column.name, stored.kind, column.kind
            )),
            Some(_) => {}
        }
    }
    for stored in stored.iter().filter(|stored| stored.needs_a_value) {
        if !expected
            .iter()
            .any(|column| stored.name.eq_ignore_ascii_case(column.name))
        {
            faults.push(format!(
                "the column `{}` needs a value and is not ours",
                stored.name
            ));
        }
    }
    if faults.is_empty() {
        faults.extend(key_faults(connection, table, &stored)?);
    }
    Ok(faults)
}

fn key_faults(
    connection: &Connection,
    table: &Table,
    stored: &[StoredColumn],
) -> Result<Vec<String>, rusqlite::Error> {
    let mut faults = Vec::new();
    if let Some(id) = &table.record_id {
        let key: Vec<_> = stored
            .iter()
            .filter(|column| column.in_primary_key)
            .collect();
        if !matches!(&*key, [only] if only.name.eq_ignore_ascii_case(id)) {
            faults.push(format!("`{id}` is not its primary key"));
        }
    }
    let mut wanted = [
        table.sequence_id.to_ascii_lowercase(),
        table.position.to_ascii_lowercase(),
    ];
    wanted.sort();
    if !unique_keys(connection, table)?
        .iter()
        .any(|key| *key == wanted)
    {
        let [sequence, position] = [&table.sequence_id, &table.position];
        faults.push(format!("nothing makes ({sequence}, {position}) unique"));
    }
    Ok(faults)
}

struct StoredColumn {
    name: String,
    kind: String,
    needs_a_value: bool,
    in_primary_key: bool,
}

fn stored_columns(
    connection: &Connection,
    table: &Table,
) -> Result<Vec<StoredColumn>, rusqlite::Error> {
    let sql = "SELECT name, type, \"notnull\" AND dflt_value IS NULL AND pk = 0, pk > 0 FROM pragma_table_info(?1)";
    let name: &str = &table.name;
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([name], |row| {
        Ok(StoredColumn {
            name: row.get(0)?,
            kind: row.get(1)?,
            needs_a_value: row.get(2)?,
            in_primary_key: row.get(3)?,
        })
    })?;
    rows.collect()
}

/// The sets of columns that are unique in a whole table, each in the order of the alphabet.
fn unique_keys(
    connection: &Connection,
    table: &Table,
) -> Result<Vec<Vec<String>>, rusqlite::Error> {
    let sql = "SELECT list.name, lower(COALESCE(info.name, '')) FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS \
               info WHERE list.\"unique\" AND NOT list.partial ORDER BY 1, 2";
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

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| identifier(name)).collect();
    names.join(", ")
}

/// A name as `SQLAlchemy` writes it in a table's text: without quotes where it needs none. A plain name with an
/// underscore, other than the `current_…` of dates, is no keyword.
fn identifier(name: &str) -> String {
    const WORDS: [&str; 6] = ["id", "position", "topic", "data", "state", "snapshots"];
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_free = name.contains('_') && !name.starts_with("current_") || WORDS.contains(&name);
    if is_free && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        quote(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_made_to_the_letter_as_documented() {
        let documented = include_str!("../../docs/ddl.txt");
        let documented: Vec<&str> = documented
            .split("## ")
            .filter_map(|section| section.strip_prefix("sqlite\n"))
            .flat_map(|section| section.split(";\n"))
            .map(str::trim)
            .collect();
        for table in tables() {
            for statement in create(&table) {
                assert!(documented.contains(&&*statement), "{statement}");
            }
        }
    }

    #[test]
    fn a_table_that_was_made_passes_the_check() {
        for table in tables().into_iter().chain([
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

    fn tables() -> [Table; 6] {
        [
            Table::stored_events(),
            Table::integer_sequenced(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots(),
        ]
    }
}
