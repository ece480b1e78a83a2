//! How `PostgreSQL` writes SQL.

use es_sql::{Dialect, Fit, Names, Type, Types};
use es_store::PositionKind;

const WHOLE: &[&str] = &["bigint", "integer"];

/// Positions are bound and read as whole numbers: those of times are microseconds. Their type is always said, so that none is
/// guessed.
pub(crate) const DIALECT: Dialect = Dialect {
    types: Types {
        record_id: Type::new("BIGSERIAL", WHOLE),
        sequence_id: Type::new("UUID", &["uuid"]),
        integer: Type::new("BIGINT", WHOLE),
        timestamp: Type::new("DECIMAL(24, 6)", &["numeric"]),
        text: Type::new("TEXT", &["text", "character varying"]),
    },
    fit: Fit::Whole,
    names: Names::Cased,
    is_free,
    quote,
    parameter,
    stored,
    read,
    truncate: "TRUNCATE TABLE",
};

/// A plain name with an underscore, other than the `current_…` and `session_user` of the language, is no keyword.
fn is_free(name: &str) -> bool {
    name.contains('_') && !name.starts_with("current_") && name != "session_user"
}

pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn parameter(n: usize) -> String {
    format!("${n}")
}

/// A quotient would be rounded.
pub(crate) fn stored(kind: PositionKind, number: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("({number}::int8::numeric * 0.000001)"),
        _ => format!("{number}::int8"),
    }
}

fn read(kind: PositionKind, position: &str) -> String {
    match kind {
        PositionKind::Timestamp => format!("({position} * 1000000)::int8"),
        _ => format!("{position}::int8"),
    }
}
