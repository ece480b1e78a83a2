//! Tables as the catalogue of `MySQL` and `MariaDB` describes them.

use es_sql::{CatalogueEntry, StoredColumn, StoredTable, group_by_index};
use es_store::Table;
use mysql_async::Error;
use mysql_async::prelude::Queryable;

use crate::dialect::{DIALECT, quote};

/// Returns the statement that creates a table with its indexes: the server commits after each, and a
/// table without its unique index could not be used, and not be completed.
pub(crate) fn create(table: &Table) -> Vec<String> {
    vec![DIALECT.create_at_once(table)]
}

/// Returns the statements that make the columns hold any text of any length, in an engine with
/// transactions.
pub(crate) fn widen(table: &Table) -> Vec<String> {
    let [name, topic, data] = [&table.name, &table.topic, &table.data].map(|name| quote(name));
    vec![format!(
        "ALTER TABLE {name} ENGINE=InnoDB, MODIFY {topic} TEXT CHARACTER SET utf8mb4 NOT NULL, MODIFY {data} LONGTEXT \
         CHARACTER SET utf8mb4"
    )]
}

/// Reads the catalogue. A view has no engine.
pub(crate) async fn describe(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<CatalogueEntry, Error> {
    let sql = "SELECT engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?";
    let engine: Option<Option<String>> = connection.exec_first(sql, (&*table.name,)).await?;
    Ok(match engine {
        None => CatalogueEntry::Missing,
        Some(Some(engine)) if engine == "InnoDB" => CatalogueEntry::Table(StoredTable {
            columns: stored_columns(connection, table).await?,
            unique: unique_keys(connection, table).await?,
        }),
        Some(Some(engine)) => CatalogueEntry::NeedsMigration(format!(
            "its engine {engine} has no transactions; `migrate` changes it to InnoDB"
        )),
        Some(None) => CatalogueEntry::NoTable("it is a view, not a table".to_owned()),
    })
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

/// Returns the sets of columns that are unique in the whole table.
async fn unique_keys(
    connection: &mut impl Queryable,
    table: &Table,
) -> Result<Vec<Vec<String>>, Error> {
    let sql = "SELECT index_name, column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND \
               table_name = ? AND non_unique = 0 AND sub_part IS NULL ORDER BY index_name";
    let rows: Vec<(String, String)> = connection.exec(sql, (&*table.name,)).await?;
    Ok(group_by_index(rows))
}

#[cfg(test)]
mod tests {
    use es_testing::store::assert_documented;

    use super::*;

    #[test]
    fn tables_are_made_to_the_letter_as_documented() {
        let create = |table: &Table| DIALECT.create(table);
        assert_documented(include_str!("../../docs/ddl.txt"), "mysql", create);
    }
}
