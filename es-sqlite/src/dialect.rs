//! The SQL dialect of `SQLite`.

use es_sql::{Dialect, NameCase, SequenceScan, Type, TypeMatch, Types, Upsert};

/// Positions are bound and read as they are stored.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type::new("INTEGER", &["INTEGER"]),
        sequence_id: Type::new("BINARY(16)", &["BINARY", "BLOB", "UUID", "CHAR(32)"]),
        integer: Type::new("INTEGER", &["INTEGER", "BIGINT", "INT"]),
        timestamp: Type::new(
            "DECIMAL(24, 6)",
            &["DECIMAL", "NUMERIC", "REAL", "DOUBLE", "FLOAT"],
        ),
        text: Type::new("TEXT", &["TEXT", "VARCHAR", "CHAR", "CLOB"]),
    },
    type_match: TypeMatch::Prefix,
    name_case: NameCase::Insensitive,
    is_unreserved,
    quote,
    parameter,
    to_stored: |_, value| value.to_owned(),
    from_stored: |_, column| column.to_owned(),
    truncate: "DELETE FROM",
    sequence_scan: SequenceScan::Recursive,
    upsert: Upsert::OnConflict,
};

/// A plain name with an underscore is no keyword, except the `current_…` of dates.
fn is_unreserved(name: &str) -> bool {
    name.contains('_') && !name.starts_with("current_")
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn parameter(n: usize) -> String {
    format!("?{n}")
}
