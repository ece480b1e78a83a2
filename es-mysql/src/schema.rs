//! Tables: made as the format says, and checked where they are there.

use es_sql::{StoredColumn, StoredTable, missing};
use es_store::{RecordError, Table};
use mysql_async::Error;
use mysql_async::prelude::Queryable;

use crate::dialect::{DIALECT, DIGITS, quote};
use crate::error::record_error;
use crate::rows::IdForm;

/// The statements that make a table.
pub(crate) fn create(table: &Table) -> Vec<String> {
    DIALECT.create(table)
}

/// Columns that keep any text of any length, and transactions whatever the server's default is.
pub(crate) fn widen(table: &Table) -> Vec<String> {
    let [name, topic, data] = [&table.name, &table.topic, &table.data].map(|name| quote(name));
    vec![format!(
        "ALTER TABLE {name} ENGINE=InnoDB, MODIFY {topic} TEXT CHARACTER SET utf8mb4 NOT NULL, MODIFY {data} LONGTEXT \
         CHARACTER SET utf8mb4"
    )]
}

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
    match engine(connection, table).await.map_err(failed)? {
        None => return Err(missing(table)),
        Some(Some(engine)) if engine == "InnoDB" => {}
        Some(Some(engine)) => {
            return Err(table.unfit(format!(
                "its engine {engine} knows no transactions; `migrate` makes it one of InnoDB"
            )));
        }
        Some(None) => return Err(table.unfit("it is a view, not a table")),
    }
    let stored = StoredTable {
        columns: stored_columns(connection, table).await.map_err(failed)?,
        unique: unique_keys(connection, table).await.map_err(failed)?,
    };
    DIALECT.check(table, &stored)?;
    let is_id = |stored: &&StoredColumn| stored.name == table.sequence_id;
    let kind = stored.columns.iter().find(is_id).map(|id| &*id.kind);
    Ok(match kind {
        Some(DIGITS) => IdForm::Digits,
        _ => IdForm::Bytes,
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

/// The sets of columns that are unique in a whole table.
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
    Ok(keys.into_iter().map(|(_, columns)| columns).collect())
}

#[cfg(test)]
mod tests {
    use es_testing::store::assert_documented;

    use super::*;

    #[test]
    fn tables_are_made_to_the_letter_as_documented() {
        assert_documented(include_str!("../../docs/ddl.txt"), "mysql", create);
    }
}
