//! Rows of `PostgreSQL`, and the columns of items as arrays.

use es_sql::{RowReader, SqlRow, position_number};
use es_store::{RecordError, SequencedItem, Table};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

type BoxError = Box<dyn std::error::Error + Sync + Send>;

/// The columns of items, as the arrays that are bound.
pub(crate) struct Columns<'i> {
    pub(crate) sequences: Vec<Uuid>,
    pub(crate) positions: Vec<i64>,
    pub(crate) topics: Vec<&'i str>,
    pub(crate) data: Vec<&'i str>,
}

impl<'i> Columns<'i> {
    pub(crate) fn new(table: &Table, items: &[&'i SequencedItem]) -> Result<Self, RecordError> {
        let columns = items.iter();
        let positions = columns
            .clone()
            .map(|item| position_number(table, item.position));
        Ok(Self {
            sequences: columns.clone().map(|item| item.sequence_id).collect(),
            positions: positions.collect::<Result<_, _>>()?,
            topics: columns.clone().map(|item| item.topic.as_str()).collect(),
            data: columns.map(|item| &*item.data).collect(),
        })
    }
}

/// A row of the driver.
pub(crate) struct PostgresRow<'r>(&'r Row);

impl PostgresRow<'_> {
    pub(crate) fn read_all<R: RowReader>(
        rows: &[Row],
        reader: &mut R,
    ) -> Result<Vec<R::Output>, RecordError> {
        let rows = rows.iter();
        rows.map(|row| reader.read(&PostgresRow(row))).collect()
    }

    fn get<'s, T: FromSql<'s>>(&'s self, column: usize) -> Option<T> {
        self.0.try_get::<_, Option<T>>(column).ok().flatten()
    }
}

impl SqlRow for PostgresRow<'_> {
    fn id(&self, column: usize) -> Option<Uuid> {
        self.get(column)
    }

    fn expected_id(&self) -> &'static str {
        "a UUID"
    }

    fn number(&self, column: usize) -> Option<i64> {
        self.get(column)
    }

    fn text(&self, column: usize) -> Option<&str> {
        self.get(column)
    }

    fn is_null(&self, column: usize) -> bool {
        self.get::<Anything>(column).is_none()
    }

    fn describe(&self, column: usize) -> String {
        let kind = self
            .0
            .columns()
            .get(column)
            .map(tokio_postgres::Column::type_);
        match kind {
            Some(_) if self.is_null(column) => "NULL".to_owned(),
            Some(&Type::UUID) => self
                .id(column)
                .map_or_else(String::new, |id| id.to_string()),
            Some(&Type::INT8) => self.number(column).unwrap_or_default().to_string(),
            Some(kind) => format!("a value of the type {kind}"),
            None => "NULL".to_owned(),
        }
    }
}

/// A value of any type.
struct Anything;

impl FromSql<'_> for Anything {
    fn from_sql(_: &Type, _: &[u8]) -> Result<Self, BoxError> {
        Ok(Self)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
