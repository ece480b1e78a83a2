//! Rows of `MySQL` and `MariaDB`.

use es_sql::{IdEncoding, RowReader, SqlRow, position_number};
use es_store::{RecordError, RecordId, SequencedItem, Table};
use mysql_async::{Row, Value};
use uuid::Uuid;

/// Returns a sequence id as it is bound.
pub(crate) fn id_value(id: Uuid, encoding: IdEncoding) -> Value {
    Value::Bytes(match encoding {
        IdEncoding::Bytes => id.as_bytes().to_vec(),
        IdEncoding::Digits => id.simple().to_string().into_bytes(),
    })
}

/// Returns the values of an item's row, with its record id if the table has one.
pub(crate) fn parameters(
    table: &Table,
    item: &SequencedItem,
    encoding: IdEncoding,
    id: Option<RecordId>,
) -> Result<Vec<Value>, RecordError> {
    let mut parameters = vec![
        id_value(item.sequence_id, encoding),
        position_number(table, item.position)?.into(),
        item.topic.as_str().into(),
        (&*item.data).into(),
    ];
    parameters.extend(id.map(|id| Value::UInt(id.get())));
    Ok(parameters)
}

/// A row of the driver.
pub(crate) struct MysqlRow<'r>(&'r Row);

impl MysqlRow<'_> {
    pub(crate) fn read_all<R: RowReader>(
        rows: &[Row],
        reader: &mut R,
    ) -> Result<Vec<R::Output>, RecordError> {
        let rows = rows.iter();
        rows.map(|row| reader.read(&MysqlRow(row))).collect()
    }

    fn get(&self, column: usize) -> &Value {
        self.0.as_ref(column).unwrap_or(&Value::NULL)
    }
}

impl SqlRow for MysqlRow<'_> {
    fn id(&self, column: usize) -> Option<Uuid> {
        match self.get(column) {
            Value::Bytes(bytes) if bytes.len() == 16 => Uuid::from_slice(bytes).ok(),
            Value::Bytes(digits) => Uuid::try_parse_ascii(digits).ok(),
            _ => None,
        }
    }

    fn expected_id(&self) -> &'static str {
        "16 bytes or 32 hexadecimal digits"
    }

    /// The text protocol sends numbers as digits.
    fn number(&self, column: usize) -> Option<i64> {
        match self.get(column) {
            Value::Int(number) => Some(*number),
            Value::UInt(number) => i64::try_from(*number).ok(),
            Value::Bytes(digits) => std::str::from_utf8(digits).ok()?.parse().ok(),
            _ => None,
        }
    }

    fn text(&self, column: usize) -> Option<&str> {
        match self.get(column) {
            Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn is_null(&self, column: usize) -> bool {
        *self.get(column) == Value::NULL
    }

    fn describe(&self, column: usize) -> String {
        match self.get(column) {
            Value::Bytes(bytes) => match Uuid::from_slice(bytes) {
                Ok(id) => id.to_string(),
                Err(_) => format!("a text of {} bytes", bytes.len()),
            },
            other => other.as_sql(true),
        }
    }
}
