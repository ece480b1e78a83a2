//! The SQL dialect of `PostgreSQL`.

use es_sql::{Dialect, NameCase, SequenceScan, Type, TypeMatch, Types, Upsert};
use es_store::PositionKind;

const INTEGERS: &[&str] = &["bigint", "integer"];

/// Positions are bound and read as integers: those of times are microseconds. Statements always
/// name the type, so that the server does not infer another one.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type::new("BIGSERIAL", INTEGERS),
        sequence_id: Type::new("UUID", &["uuid"]),
        integer: Type::new("BIGINT", INTEGERS),
        timestamp: Type::new("DECIMAL(24, 6)", &["numeric"]),
        text: Type::new("TEXT", &["text", "character varying"]),
    },
    type_match: TypeMatch::Exact,
    name_case: NameCase::Sensitive,
    is_unreserved,
    quote,
    parameter,
    to_stored,
    from_stored,
    truncate: "TRUNCATE TABLE",
    sequence_scan: SequenceScan::Recursive,
    upsert: Upsert::OnConflict,
};

/// A plain name with an underscore is no keyword, except the `current_…` and `session_user` of the
/// language.
fn is_unreserved(name: &str) -> bool {
    name.contains('_') && !name.starts_with("current_") && name != "session_user"
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn parameter(n: usize) -> String {
    format!("${n}")
}

/// Multiplies, because the server rounds quotients.
pub(crate) fn to_stored(kind: PositionKind, number: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("({number}::int8::numeric * 0.000001)"),
        _ => format!("{number}::int8"),
    }
}

fn from_stored(kind: PositionKind, position: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("({position} * 1000000)::int8"),
        _ => format!("{position}::int8"),
    }
}
