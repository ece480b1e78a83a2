//! Tables as the catalogue of `PostgreSQL` describes them.

use es_sql::{CatalogueEntry, StoredColumn, StoredTable};
use es_store::Table;
use tokio_postgres::{Client, Error, Row};

use crate::dialect::{DIALECT, quote};

/// Returns the statements that create a table.
pub(crate) fn create(table: &Table) -> Vec<String> {
    DIALECT.create(table)
}

/// Reads the catalogue.
pub(crate) async fn describe(client: &Client, table: &Table) -> Result<CatalogueEntry, Error> {
    let sql = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)";
    let row = client.query_opt(sql, &[&quote(&table.name)]).await?;
    let kind: Option<String> = row.map(|row| row.get(0));
    Ok(match kind.as_deref() {
        None => CatalogueEntry::Missing,
        Some("r" | "p") => CatalogueEntry::Table(StoredTable {
            columns: stored_columns(client, table).await?,
            unique: unique_keys(client, table).await?,
        }),
        Some(_) => {
            CatalogueEntry::NoTable("it is a view, an index or a sequence, not a table".to_owned())
        }
    })
}

async fn stored_columns(client: &Client, table: &Table) -> Result<Vec<StoredColumn>, Error> {
    let sql = "SELECT attname::text, format_type(atttypid, NULL), attnotnull AND NOT atthasdef AND attidentity = '' FROM \
               pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";
    let rows = client.query(sql, &[&quote(&table.name)]).await?;
    let column = |row: &Row| StoredColumn {
        name: row.get(0),
        kind: row.get(1),
        needs_a_value: row.get(2),
    };
    Ok(rows.iter().map(column).collect())
}

/// Returns the sets of columns that are unique in the whole table.
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
