//! Tables: made as the format says, and checked where they are there.

use es_sql::{StoredColumn, StoredTable, missing};
use es_store::{RecordError, Table};
use tokio_postgres::{Client, Error};

use crate::dialect::{DIALECT, quote};
use crate::error::record_error;

/// The statements that make a table.
pub(crate) fn create(table: &Table) -> Vec<String> {
    DIALECT.create(table)
}

/// What kind of thing has the table's name, as the catalogue calls it.
pub(crate) async fn kind(client: &Client, table: &Table) -> Result<Option<String>, Error> {
    let sql = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)";
    let row = client.query_opt(sql, &[&quote(&table.name)]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Checks that a table can be used: its columns, and what is unique in it.
pub(crate) async fn check(client: &Client, table: &Table) -> Result<(), RecordError> {
    let failed = |error| record_error("check the table", error);
    match kind(client, table).await.map_err(failed)?.as_deref() {
        None => Err(missing(table)),
        Some("r" | "p") => {
            let stored = StoredTable {
                columns: stored_columns(client, table).await.map_err(failed)?,
                unique: unique_keys(client, table).await.map_err(failed)?,
            };
            DIALECT.check(table, &stored)
        }
        Some(_) => Err(table.unfit("it is a view, an index or a sequence, not a table")),
    }
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

/// The sets of columns that are unique in a whole table.
async fn unique_keys(client: &Client, table: &Table) -> Result<Vec<Vec<String>>, Error> {
    let sql = "SELECT array_agg(attname::text) FROM pg_index, unnest(indkey) WITH \
               ORDINALITY AS key(attribute, n) JOIN pg_attribute ON attnum = attribute WHERE indrelid = to_regclass($1) \
               AND attrelid = indrelid AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL AND n <= \
               indnkeyatts GROUP BY indexrelid";
    let rows = client.query(sql, &[&quote(&table.name)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

#[cfg(test)]
mod tests {
    use es_testing::store::assert_documented;

    use super::*;

    #[test]
    fn tables_are_made_to_the_letter_as_documented() {
        assert_documented(include_str!("../../docs/ddl.txt"), "postgresql", create);
    }
}
