//! How `MySQL` and `MariaDB` write SQL.

use std::fmt::Write;

use es_sql::{Dialect, Fit, Names, Type, Types};
use es_store::PositionKind;

const WHOLE: &[&str] = &["bigint", "int("];

/// The types of ids, as the catalogue calls them.
const BYTES: &str = "binary(16)";
pub(crate) const DIGITS: &str = "char(32)";

/// Positions are bound and read as whole numbers: those of times are microseconds.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type {
            name: "BIGINT",
            behind: " AUTO_INCREMENT",
            fitting: WHOLE,
        },
        sequence_id: Type::new("BINARY(16)", &[BYTES, DIGITS]),
        integer: Type::new("BIGINT", WHOLE),
        timestamp: Type::new("DECIMAL(24, 6)", &["decimal"]),
        text: Type::new("TEXT", &["text", "mediumtext", "longtext", "varchar"]),
    },
    fit: Fit::Beginning,
    names: Names::Cased,
    is_free,
    quote,
    parameter,
    stored,
    read,
    truncate: "TRUNCATE TABLE",
};

/// The names of the format are no keywords; all others are quoted.
fn is_free(name: &str) -> bool {
    const SUFFIXES: [&str; 7] = [
        "_id", "_index", "_events", "_items", "_noid", "_version", "_type",
    ];
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

pub(crate) fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

pub(crate) fn parameter(_: usize) -> String {
    "?".to_owned()
}

fn stored(kind: PositionKind, number: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("{number} * 0.000001"),
        _ => number.to_owned(),
    }
}

pub(crate) fn read(kind: PositionKind, position: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("CAST({position} * 1000000 AS SIGNED)"),
        _ => position.to_owned(),
    }
}

/// A text as a literal, whatever the server takes for an escape.
pub(crate) fn text(text: &str) -> String {
    let mut literal = "CONVERT(0x".to_owned();
    for byte in text.bytes() {
        let _infallible = write!(literal, "{byte:02x}");
    }
    literal.push_str(" USING utf8mb4)");
    literal
}
