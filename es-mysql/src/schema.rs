//! Tables: made as the format says, and checked where they are there.

use es_core::RecordError;
use es_core::infrastructure::{PositionKind, Table, Uniqueness};
use mysql_async::Error;
use mysql_async::prelude::Queryable;

use crate::error::record_error;
use crate::rows::IdForm;
use crate::statements::quote;

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

/// Columns that keep any text of any length, and transactions whatever the server's default is.
pub(crate) fn widen(table: &Table) -> Vec<String> {
    let [name, topic, data] = [&table.name, &table.topic, &table.data].map(|name| quote(name));
    vec![format!(
        "ALTER TABLE {name} ENGINE=InnoDB, MODIFY {topic} TEXT CHARACTER SET utf8mb4 NOT NULL, MODIFY {data} LONGTEXT \
         CHARACTER SET utf8mb4"
    )]
}

struct Column<'t> {
    name: &'t str,
    /// The type that the format declares.
    kind: &'static str,
    /// How the types begin, as the catalogue calls them, that keep the same values.
    fitting: &'static [&'static str],
    null: &'static str,
}

impl Column<'_> {
    fn declaration(&self) -> String {
        format!("{}{}", self.kind, self.null)
    }

    fn fits(&self, stored: &str) -> bool {
        self.fitting.iter().any(|kind| stored.starts_with(kind))
    }
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    const WHOLE: &[&str] = &["bigint", "int("];
    const TEXT: &[&str] = &["text", "mediumtext", "longtext", "varchar"];
    const NOT_NULL: &str = " NOT NULL";
    let column = |name, kind, fitting, null| Column {
        name,
        kind,
        fitting,
        null,
    };
    let (position, fitting): (_, &[&str]) = match table.position_kind {
        PositionKind::Timestamp => ("DECIMAL(24, 6)", &["decimal"]),
        _ => ("BIGINT", WHOLE),
    };
    let mut columns = Vec::new();
    if let Some(id) = &table.record_id {
        columns.push(column(&**id, "BIGINT", WHOLE, " NOT NULL AUTO_INCREMENT"));
    }
    columns.extend([
        column(&table.sequence_id, "BINARY(16)", &[BYTES, DIGITS], NOT_NULL),
        column(&table.position, position, fitting, NOT_NULL),
        column(&table.topic, "TEXT", TEXT, NOT_NULL),
        column(&table.data, "TEXT", TEXT, ""),
    ]);
    columns
}

/// The types of ids, as the catalogue calls them.
const BYTES: &str = "binary(16)";
const DIGITS: &str = "char(32)";

/// The engine of the table, `None` where it is absent. What is no table has none.
pub(crate) async fn engine(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<Option<Option<String>>, Error> {
    let sql = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?";
    connection.exec_first(sql, (&*table.name,)).await
}

/// Checks that a table can be used, its columns and what is unique in it; tells how it keeps ids.
pub(crate) async fn check(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<IdForm, RecordError> {
    let failed = |error| record_error("check the table", error);
    let stored = stored_columns(connection, table).await.map_err(failed)?;
    let faults = match engine(connection, table).await.map_err(failed)? {
        None => vec!["it is not there; `setup` makes it".to_owned()],
        Some(Some(engine)) if engine == "InnoDB" => {
            let unique = unique_keys(connection, table).await.map_err(failed)?;
            faults(table, &stored, &unique)
        }
        Some(Some(engine)) => vec![format!(
            "its engine {engine} knows no transactions; `migrate` makes it one of InnoDB"
        )],
        Some(None) => vec!["it is a view, not a table".to_owned()],
    };
    if !faults.is_empty() {
        return Err(RecordError::Schema {
            table: table.name.clone().into_owned(),
            reason: faults.join("; "),
        });
    }
    let is_id = |stored: &&StoredColumn| stored.name == table.sequence_id;
    let kind = stored.iter().find(is_id).map(|id| &*id.kind);
    Ok(match kind {
        Some(DIGITS) => IdForm::Digits,
        _ => IdForm::Bytes,
    })
}

fn faults(table: &Table, stored: &[StoredColumn], unique: &[Vec<String>]) -> Vec<String> {
    let expected = columns(table);
    let mut faults = Vec::new();
    for column in &expected {
        match stored.iter().find(|stored| stored.name == column.name) {
            None => faults.push(format!("the column `{}` is missing", column.name)),
            Some(stored) if !column.fits(&stored.kind) => faults.push(format!(
                "the column `{}` is declared as {}, not as {}",
                column.name, stored.kind, column.kind
            )),
            Some(_) => {}
        }
    }
    for stored in stored.iter().filter(|stored| stored.needs_a_value) {
        if !expected.iter().any(|column| stored.name == column.name) {
            faults.push(format!(
                "the column `{}` needs a value and is not ours",
                stored.name
            ));
        }
    }
    if faults.is_empty() {
        faults.extend(key_faults(table, unique));
    }
    faults
}

fn key_faults(table: &Table, unique: &[Vec<String>]) -> Vec<String> {
    let missing = |columns: &[&str]| {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        !unique.iter().any(|key| *key == columns)
    };
    let mut faults = Vec::new();
    if let Some(id) = &table.record_id
        && missing(&[id])
    {
        faults.push(format!("nothing makes `{id}` unique"));
    }
    if missing(&[&table.sequence_id, &table.position]) {
        let [sequence, position] = [&table.sequence_id, &table.position];
        faults.push(format!("nothing makes ({sequence}, {position}) unique"));
    }
    faults
}

struct StoredColumn {
    name: String,
    kind: String,
    needs_a_value: bool,
}

async fn stored_columns(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<Vec<StoredColumn>, Error> {
    let sql = "SELECT column_name, column_type, is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE \
               '%auto_increment%' FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?";
    let column = |(name, kind, needs_a_value)| StoredColumn {
        name,
        kind,
        needs_a_value,
    };
    connection.exec_map(sql, (&*table.name,), column).await
}

/// The sets of columns that are unique in a whole table, each in the order of the alphabet.
async fn unique_keys(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<Vec<Vec<String>>, Error> {
    let sql = "SELECT index_name, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND \
               table_name = ? AND non_unique = 0 AND sub_part IS NULL ORDER BY index_name";
    let rows: Vec<(String, String)> = connection.exec(sql, (&*table.name,)).await?;
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for (index, column) in rows {
        match keys.last_mut() {
            Some((last, columns)) if *last == index => columns.push(column),
            _ => keys.push((index, vec![column])),
        }
    }
    let sorted = |(_, mut columns): (_, Vec<String>)| {
        columns.sort_unstable();
        columns
    };
    Ok(keys.into_iter().map(sorted).collect())
}

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| identifier(name)).collect();
    names.join(", ")
}

/// A name as `SQLAlchemy` writes it in a table's text: without quotes where it needs none. The names of the format are
/// no keywords; all others are quoted.
fn identifier(name: &str) -> String {
    const WORDS: [&str; 6] = ["id", "position", "topic", "data", "state", "snapshots"];
    const SUFFIXES: [&str; 7] = [
        "_id", "_index", "_events", "_items", "_noid", "_version", "_type",
    ];
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_free = WORDS.contains(&name) || SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
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
            .filter_map(|section| section.strip_prefix("mysql\n"))
            .flat_map(|section| section.split(";\n"))
            .map(str::trim)
            .collect();
        for table in [
            Table::stored_events(),
            Table::integer_sequenced(),
            Table::integer_sequenced_no_id(),
            Table::timestamp_sequenced(),
            Table::timestamp_sequenced_no_id(),
            Table::snapshots(),
        ] {
            for statement in create(&table) {
                assert!(documented.contains(&&*statement), "{statement}");
            }
        }
    }
}
