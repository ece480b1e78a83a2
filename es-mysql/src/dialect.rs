//! The SQL dialect of `MySQL` and `MariaDB`.

use std::fmt::Write;

use es_sql::{Dialect, NameCase, SequenceScan, Type, TypeMatch, Types, Upsert};
use es_store::PositionKind;

const INTEGERS: &[&str] = &["bigint", "int("];

/// Positions are bound and read as integers: those of times are microseconds.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type {
            name: "BIGINT",
            suffix: " AUTO_INCREMENT",
            accepted: INTEGERS,
        },
        sequence_id: Type::new("BINARY(16)", &["binary(16)", "char(32)"]),
        integer: Type::new("BIGINT", INTEGERS),
        timestamp: Type::new("DECIMAL(24, 6)", &["decimal"]),
        text: Type::new("TEXT", &["text", "mediumtext", "longtext", "varchar"]),
    },
    type_match: TypeMatch::Prefix,
    name_case: NameCase::Sensitive,
    is_unreserved,
    quote,
    parameter,
    to_stored,
    from_stored,
    truncate: "TRUNCATE TABLE",
    sequence_scan: SequenceScan::Distinct,
    upsert: Upsert::OnDuplicateKey,
};

/// The names of the format are not keywords; all others are quoted.
fn is_unreserved(name: &str) -> bool {
    const SUFFIXES: [&str; 7] = [
        "_id", "_index", "_events", "_items", "_noid", "_version", "_type",
    ];
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn parameter(_: usize) -> String {
    "?".to_owned()
}

fn to_stored(kind: PositionKind, number: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("{number} * 0.000001"),
        _ => number.to_owned(),
    }
}

pub(crate) fn from_stored(kind: PositionKind, position: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("CAST({position} * 1000000 AS SIGNED)"),
        _ => position.to_owned(),
    }
}

/// Writes a text as a literal that does not depend on the escapes of the session's SQL mode.
pub(crate) fn text(text: &str) -> String {
    let mut literal = "CONVERT(0x".to_owned();
    for byte in text.bytes() {
        let _infallible = write!(literal, "{byte:02x}");
    }
    literal.push_str(" USING utf8mb4)");
    literal
}
