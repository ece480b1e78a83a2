//! Keyspaces and tables: creates them, and checks those that exist.

use std::collections::BTreeMap;

use es_store::{BoxError, PositionKind, RecordError, Table};
use scylla::client::session::Session;
use scylla::response::query_result::QueryResult;
use scylla::statement::Consistency;

use crate::database::{Database, change_schema};
use crate::error::record_error;
use crate::statements::{qualified, quote};
use crate::{CassandraOptions, Replication};

/// Returns the statement that creates a table. It is the statement of the Python library, with
/// quotes around names.
pub(crate) fn create(keyspace: &str, table: &Table) -> String {
    let columns: Vec<_> = columns(table)
        .iter()
        .map(|column| format!("{} {} , ", quote(column.name), column.kind))
        .collect();
    let [sequence, position] = [&table.sequence_id, &table.position].map(|name| quote(name));
    format!(
        "CREATE TABLE IF NOT EXISTS {} ({}PRIMARY KEY (({sequence}), {position})) WITH CLUSTERING ORDER BY \
         ({position} DESC)",
        qualified(keyspace, table),
        columns.concat()
    )
}

fn create_keyspace(options: &CassandraOptions) -> String {
    let replication = match &options.replication {
        Replication::Simple(factor) => {
            format!("'class': 'SimpleStrategy', 'replication_factor': '{factor}'")
        }
        Replication::ByDatacenter(centres) => {
            let centres = centres
                .iter()
                .map(|(name, factor)| format!(", '{}': '{factor}'", name.replace('\'', "''")));
            format!(
                "'class': 'NetworkTopologyStrategy'{}",
                centres.collect::<String>()
            )
        }
    };
    format!(
        "CREATE KEYSPACE IF NOT EXISTS {} WITH replication = {{{replication}}} AND durable_writes = true",
        quote(&options.keyspace)
    )
}

struct Column<'t> {
    name: &'t str,
    kind: &'static str,
    role: Role,
}

/// The role of a column in the primary key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Sequence,
    Position,
    Other,
}

impl Role {
    /// Returns the name of the role in the system schema.
    const fn name(self) -> &'static str {
        match self {
            Self::Sequence => "partition_key",
            Self::Position => "clustering",
            Self::Other => "regular",
        }
    }
}

fn columns(table: &Table) -> [Column<'_>; 4] {
    let position = match table.position_kind {
        PositionKind::Timestamp => "decimal",
        PositionKind::TimeUuid => "timeuuid",
        PositionKind::Integer => "bigint",
    };
    let column = |name, kind, role| Column { name, kind, role };
    [
        column(&*table.sequence_id, "uuid", Role::Sequence),
        column(&*table.position, position, Role::Position),
        column(&*table.topic, "text", Role::Other),
        column(&*table.data, "text", Role::Other),
    ]
}

const OPERATION: &str = "set the table up";
const READ_SCHEMA: &str = "read the system schema";

/// Creates the keyspace and the table if they are absent, then checks the table.
pub(crate) async fn setup(database: &Database, table: &Table) -> Result<(), RecordError> {
    let failed = |error| record_error(OPERATION, error);
    let session = database.session()?;
    let options = database.options();
    // A user of a keyspace may lack the right to create one, even with `IF NOT EXISTS`.
    if replication(database).await?.is_none() {
        let created = change_schema(session.get_session(), &create_keyspace(options)).await;
        created.map_err(failed)?;
    }
    if !exists(database, table).await? {
        let created = change_schema(session.get_session(), &create(&options.keyspace, table)).await;
        created.map_err(failed)?;
    }
    check(database, table).await
}

/// Returns whether the table exists, in whatever shape.
pub(crate) async fn exists(database: &Database, table: &Table) -> Result<bool, RecordError> {
    Ok(!stored_columns(database, table).await?.is_empty())
}

/// Checks the columns, the key and the order of an existing table.
pub(crate) async fn check(database: &Database, table: &Table) -> Result<(), RecordError> {
    let stored = stored_columns(database, table).await?;
    let faults = faults(table, &stored);
    if faults.is_empty() {
        return Ok(());
    }
    Err(RecordError::Schema {
        table: table.name.clone().into_owned(),
        reason: faults.join("; "),
    })
}

struct StoredColumn {
    name: String,
    kind: String,
    role: String,
    order: String,
}

fn faults(table: &Table, stored: &[StoredColumn]) -> Vec<String> {
    if stored.is_empty() {
        return vec!["it does not exist; call `setup` to create it".to_owned()];
    }
    let expected = columns(table);
    let mut faults = Vec::new();
    for column in &expected {
        let name = column.name;
        let Some(stored) = stored.iter().find(|stored| stored.name == name) else {
            faults.push(format!("the column `{name}` is missing"));
            continue;
        };
        if stored.kind != column.kind {
            let (is, expected) = (&stored.kind, column.kind);
            faults.push(format!(
                "the column `{name}` is declared as {is}, not as {expected}"
            ));
        }
        if stored.role != column.role.name() {
            let (is, expected) = (&stored.role, column.role.name());
            faults.push(format!(
                "the column `{name}` has the role {is}, not {expected}"
            ));
        } else if column.role == Role::Position && stored.order != "desc" {
            faults.push(format!(
                "the column `{name}` is in ascending order, not in descending order"
            ));
        }
    }
    let is_key =
        |stored: &&StoredColumn| stored.role != Role::Other.name() && stored.role != "static";
    for stored in stored.iter().filter(is_key) {
        if !expected.iter().any(|column| column.name == stored.name) {
            let name = &stored.name;
            faults.push(format!(
                "the column `{name}` is part of the key, but unknown"
            ));
        }
    }
    faults
}

async fn stored_columns(
    database: &Database,
    table: &Table,
) -> Result<Vec<StoredColumn>, RecordError> {
    let cql = "SELECT column_name, type, kind, clustering_order FROM system_schema.columns WHERE keyspace_name = ? AND \
               table_name = ?";
    let rows = read_schema(database, cql, &[&database.options().keyspace, &table.name]).await?;
    let column = |row: Vec<String>| {
        let [name, kind, role, order] = <[String; 4]>::try_from(row).ok()?;
        Some(StoredColumn {
            name,
            kind,
            role,
            order,
        })
    };
    Ok(texts(rows).into_iter().filter_map(column).collect())
}

/// Returns the replication of the keyspace: the class of the strategy and its options. `None` if
/// the keyspace is absent.
pub(crate) async fn replication(
    database: &Database,
) -> Result<Option<BTreeMap<String, String>>, RecordError> {
    let cql = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?";
    let unreadable = |error: BoxError| RecordError::Backend {
        operation: READ_SCHEMA,
        source: error,
    };
    let rows = read_schema(database, cql, &[&database.options().keyspace]).await?;
    let rows = rows
        .into_rows_result()
        .map_err(|error| unreadable(error.into()))?;
    let row = rows
        .maybe_first_row()
        .map_err(|error| unreadable(error.into()))?;
    Ok(row.map(|(replication,)| replication))
}

/// Reads the system schema. Every node has all of it, so one answer suffices.
async fn read_schema(
    database: &Database,
    cql: &str,
    values: &[&str],
) -> Result<QueryResult, RecordError> {
    let statement = database.read_statement(cql, Consistency::One);
    let rows = database.session()?.execute_unpaged(statement, values).await;
    rows.map_err(|error| record_error(READ_SCHEMA, error))
}

/// Returns the rows of a result as text; empty text for nulls and other types.
fn texts(rows: QueryResult) -> Vec<Vec<String>> {
    let Ok(rows) = rows.into_rows_result() else {
        return Vec::new();
    };
    let text = |value: Option<scylla::value::CqlValue>| {
        value
            .and_then(scylla::value::CqlValue::into_string)
            .unwrap_or_default()
    };
    let Ok(rows) = rows.rows::<scylla::value::Row>() else {
        return Vec::new();
    };
    rows.filter_map(Result::ok)
        .map(|row| row.columns.into_iter().map(text).collect())
        .collect()
}

/// The assumed limit for servers that do not report one: half of the default commit log segment.
const MAX_MUTATION: usize = 16 << 20;

/// Returns the size of the largest mutation that the server accepts. Servers before Cassandra 4 do
/// not report it. A larger append would fail only after a write timeout, so it is refused in
/// advance.
pub(crate) async fn max_mutation_bytes(session: &Session) -> usize {
    let setting = async |name: &str| {
        let cql = "SELECT value FROM system_views.settings WHERE name = ?";
        let rows = session.query_unpaged(cql, (name,)).await.ok()?;
        bytes(texts(rows).first()?.first()?)
    };
    let mutation = setting("max_mutation_size").await;
    let segment = setting("commitlog_segment_size")
        .await
        .map(|bytes| bytes / 2);
    let frame = setting("native_transport_max_frame_size").await;
    let known = mutation.or(segment).unwrap_or(MAX_MUTATION);
    known.min(frame.unwrap_or(MAX_MUTATION))
}

/// Parses a size of the server's settings, such as `8MiB`.
fn bytes(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let shift = match unit {
        "B" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documented() -> Vec<String> {
        let documented = include_str!("../../docs/ddl.txt");
        let statements = documented
            .split("## ")
            .filter_map(|section| section.strip_prefix("cassandra\n"))
            .flat_map(|section| section.split(';'))
            .map(|statement| statement.trim().replace("  ", " "));
        statements.collect()
    }

    /// Removes the quotes around table names and the conditions, which the documented statements do
    /// not have.
    fn plain(statement: &str) -> String {
        let name = "\"eventsourcing\".\"";
        let statement = statement.replace("IF NOT EXISTS ", "");
        match statement.split_once(name).and_then(|(before, after)| {
            let (table, rest) = after.split_once('"')?;
            Some(format!("{before}eventsourcing.{table}{rest}"))
        }) {
            Some(statement) => statement,
            None => statement.replace("\"eventsourcing\"", "eventsourcing"),
        }
    }

    #[test]
    fn tables_are_created_as_documented() {
        let documented = documented();
        for table in [
            Table::stored_events(),
            Table::integer_sequenced(),
            Table::timestamp_sequenced(),
            Table::timeuuid_sequenced(),
            Table::snapshots(),
        ] {
            let statement = plain(&create("eventsourcing", &table));
            assert!(documented.contains(&statement), "{statement}");
        }
    }

    #[test]
    fn keyspaces_are_created_as_documented() {
        let mut options = CassandraOptions::new(["h"], "eventsourcing");
        let statement = plain(&create_keyspace(&options));
        assert!(documented().contains(&statement), "{statement}");
        options.replication = Replication::ByDatacenter(vec![("a'b".to_owned(), 3)]);
        let statement = create_keyspace(&options);
        assert!(
            statement.contains("'NetworkTopologyStrategy', 'a''b': '3'}"),
            "{statement}"
        );
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(bytes("8MiB"), Some(8 << 20));
        assert_eq!(bytes("4096KiB"), Some(4 << 20));
        assert_eq!(bytes("8388608B"), Some(8 << 20));
        for invalid in ["", "MiB", "8", "8Mo", "null"] {
            assert_eq!(bytes(invalid), None, "{invalid}");
        }
    }
}
