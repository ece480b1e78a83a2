//! Tables: made as the format says, and checked where they are there.

use es_core::RecordError;
use es_core::infrastructure::{PositionKind, Table, Uniqueness};
use tokio_postgres::{Client, Error};

use crate::error::record_error;
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

struct Column<'t> {
    name: &'t str,
    /// The type that the format declares.
    kind: &'static str,
    /// The types, as the catalogue calls them, that keep the same values.
    fitting: &'static [&'static str],
    null: &'static str,
}

impl Column<'_> {
    fn declaration(&self) -> String {
        format!("{}{}", self.kind, self.null)
    }
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    const WHOLE: &[&str] = &["bigint", "integer"];
    const TEXT: &[&str] = &["text", "character varying"];
    const NOT_NULL: &str = " NOT NULL";
    let column = |name, kind, fitting, null| Column {
        name,
        kind,
        fitting,
        null,
    };
    let (position, fitting): (_, &[&str]) = match table.position_kind {
        PositionKind::Timestamp => ("DECIMAL(24, 6)", &["numeric"]),
        _ => ("BIGINT", WHOLE),
    };
    let mut columns = Vec::new();
    if let Some(id) = &table.record_id {
        columns.push(column(&**id, "BIGSERIAL", WHOLE, NOT_NULL));
    }
    columns.extend([
        column(&table.sequence_id, "UUID", &["uuid"], NOT_NULL),
        column(&table.position, position, fitting, NOT_NULL),
        column(&table.topic, "TEXT", TEXT, NOT_NULL),
        column(&table.data, "TEXT", TEXT, ""),
    ]);
    columns
}

/// What kind of thing has the table's name, as the catalogue calls it.
pub(crate) async fn kind(client: &Client, table: &Table) -> Result<Option<String>, Error> {
    let sql = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)";
    let row = client.query_opt(sql, &[&quote(&table.name)]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Checks that a table can be used: its columns, and what is unique in it.
pub(crate) async fn check(client: &Client, table: &Table) -> Result<(), RecordError> {
    let faults = look(client, table)
        .await
        .map_err(|error| record_error("check the table", error))?;
    if faults.is_empty() {
        return Ok(());
    }
    Err(RecordError::Schema {
        table: table.name.clone().into_owned(),
        reason: faults.join("; "),
    })
}

async fn look(client: &Client, table: &Table) -> Result<Vec<String>, Error> {
    match kind(client, table).await?.as_deref() {
        None => Ok(vec!["it is not there; `setup` makes it".to_owned()]),
        Some("r" | "p") => faults(client, table).await,
        Some(_) => Ok(vec![
            "it is a view, an index or a sequence, not a table".to_owned(),
        ]),
    }
}

async fn faults(client: &Client, table: &Table) -> Result<Vec<String>, Error> {
    let stored = stored_columns(client, table).await?;
    let expected = columns(table);
    let mut faults = Vec::new();
    for column in &expected {
        match stored.iter().find(|stored| stored.name == column.name) {
            None => faults.push(format!("the column `{}` is missing", column.name)),
            Some(stored) if !column.fitting.contains(&&*stored.kind) => faults.push(format!(
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
        faults.extend(key_faults(client, table).await?);
    }
    Ok(faults)
}

async fn key_faults(client: &Client, table: &Table) -> Result<Vec<String>, Error> {
    let unique = unique_keys(client, table).await?;
    let missing = |columns: &[&str]| {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        !unique.contains(&columns.iter().map(|name| (*name).to_owned()).collect())
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
    Ok(faults)
}

struct StoredColumn {
    name: String,
    kind: String,
    needs_a_value: bool,
}

async fn stored_columns(client: &Client, table: &Table) -> Result<Vec<StoredColumn>, Error> {
    let sql = "SELECT attname::text, format_type(atttypid, NULL), attnotnull AND NOT atthasdef AND attidentity = '' FROM \
               pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";
    let rows = client.query(sql, &[&quote(&table.name)]).await?;
    let column = |row: &tokio_postgres::Row| StoredColumn {
        name: row.get(0),
        kind: row.get(1),
        needs_a_value: row.get(2),
    };
    Ok(rows.iter().map(column).collect())
}

/// The sets of columns that are unique in a whole table, each in the order of the alphabet.
async fn unique_keys(client: &Client, table: &Table) -> Result<Vec<Vec<String>>, Error> {
    let sql = "SELECT array_agg(attname::text ORDER BY attname::text COLLATE \"C\") FROM pg_index, unnest(indkey) WITH \
               ORDINALITY AS key(attribute, n) JOIN pg_attribute ON attnum = attribute WHERE indrelid = to_regclass($1) \
               AND attrelid = indrelid AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL AND n <= \
               indnkeyatts GROUP BY indexrelid";
    let rows = client.query(sql, &[&quote(&table.name)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| identifier(name)).collect();
    names.join(", ")
}

/// A name as `SQLAlchemy` writes it in a table's text: without quotes where it needs none. A plain name with an
/// underscore, other than the `current_…` and `session_user` of the language, is no keyword.
fn identifier(name: &str) -> String {
    const WORDS: [&str; 6] = ["id", "position", "topic", "data", "state", "snapshots"];
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_free = name.contains('_') && !name.starts_with("current_") && name != "session_user"
        || WORDS.contains(&name);
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
            .filter_map(|section| section.strip_prefix("postgresql\n"))
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
