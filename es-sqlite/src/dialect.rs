//! How `SQLite` writes SQL.

use es_sql::{Dialect, Fit, Names, Type, Types};

/// How Django declares a column of ids.
pub(crate) const DIGITS: &str = "CHAR(32)";

/// Positions are bound and read as they are stored.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type::new("INTEGER", &["INTEGER"]),
        sequence_id: Type::new("BINARY(16)", &["BINARY", "BLOB", "UUID", DIGITS]),
        integer: Type::new("INTEGER", &["INTEGER", "BIGINT", "INT"]),
        timestamp: Type::new(
            "DECIMAL(24, 6)",
            &["DECIMAL", "NUMERIC", "REAL", "DOUBLE", "FLOAT"],
        ),
        text: Type::new("TEXT", &["TEXT", "VARCHAR", "CHAR", "CLOB"]),
    },
    fit: Fit::Beginning,
    names: Names::Uncased,
    is_free,
    quote,
    parameter,
    stored: |_, value| value.to_owned(),
    read: |_, column| column.to_owned(),
    truncate: "DELETE FROM",
};

/// A plain name with an underscore, other than the `current_…` of dates, is no keyword.
fn is_free(name: &str) -> bool {
    name.contains('_') && !name.starts_with("current_")
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn parameter(n: usize) -> String {
    format!("?{n}")
}
