//! The dialect of a database: the types of columns, and the parts of statements that databases
//! write differently.

use es_store::PositionKind;

/// The dialect of a database.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The types of the columns.
    pub types: Types,
    /// The comparison of a column's type with those that store the same values.
    pub type_match: TypeMatch,
    /// The comparison of names that differ only in case.
    pub name_case: NameCase,
    /// Returns true for a name of lower-case letters and underscores that is not a keyword.
    pub is_unreserved: fn(&str) -> bool,
    /// Quotes a name.
    pub quote: fn(&str) -> String,
    /// Returns the placeholder of the n-th bound value, counted from 1.
    pub parameter: fn(usize) -> String,
    /// Converts a bound number to a stored position.
    pub to_stored: fn(PositionKind, &str) -> String,
    /// Converts a stored position to a number. A record id is read like an integer position.
    pub from_stored: fn(PositionKind, &str) -> String,
    /// The statement that empties a table, up to the table's name.
    pub truncate: &'static str,
    /// The search for the distinct sequence ids of a table.
    pub sequence_scan: SequenceScan,
    /// The form of an `INSERT` that replaces an existing row.
    pub upsert: Upsert,
}

/// The types of the columns.
#[derive(Debug, Clone, Copy)]
pub struct Types {
    /// The type of record ids.
    pub record_id: Type,
    /// The type of sequence ids.
    pub sequence_id: Type,
    /// The type of integer positions.
    pub integer: Type,
    /// The type of positions that are times.
    pub timestamp: Type,
    /// The type of topics and stored text.
    pub text: Type,
}

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// The name with which the format declares it.
    pub name: &'static str,
    /// The text that follows the type and `NOT NULL`.
    pub suffix: &'static str,
    /// The names, in the catalogue, of the types that store the same values.
    pub accepted: &'static [&'static str],
}

/// The comparison of a column's type with the accepted ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeMatch {
    /// The names are equal.
    Exact,
    /// The name begins with an accepted one, in any case.
    Prefix,
}

/// The comparison of names that differ only in case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameCase {
    /// `id` and `ID` are two columns.
    Sensitive,
    /// `id` and `ID` are one column.
    Insensitive,
}

/// A search for the distinct sequence ids of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SequenceScan {
    /// A recursive query that seeks one id after another in the index: a seek is cheap, and a
    /// sequence may be long.
    Recursive,
    /// `SELECT DISTINCT`, for a database that skips through the index by itself.
    Distinct,
}

/// The form of an `INSERT` that replaces an existing row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upsert {
    /// `ON CONFLICT … DO`.
    OnConflict,
    /// `ON DUPLICATE KEY UPDATE`.
    OnDuplicateKey,
}

impl Type {
    /// Creates a type without a suffix.
    #[must_use]
    pub const fn new(name: &'static str, accepted: &'static [&'static str]) -> Self {
        Self {
            name,
            suffix: "",
            accepted,
        }
    }
}

impl Upsert {
    /// Returns the end of an `INSERT` that overwrites `columns` of an existing row with the same
    /// `key`.
    pub(crate) fn overwrite(self, key: &str, columns: &[&str]) -> String {
        let assign = |value: fn(&str) -> String| {
            let columns = columns.iter();
            let columns = columns.map(|column| format!("{column} = {}", value(column)));
            columns.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::OnConflict => {
                let columns = assign(|column| format!("excluded.{column}"));
                format!("ON CONFLICT ({key}) DO UPDATE SET {columns}")
            }
            Self::OnDuplicateKey => {
                let columns = assign(|column| format!("VALUES({column})"));
                format!("ON DUPLICATE KEY UPDATE {columns}")
            }
        }
    }

    /// Returns the end of an `INSERT` that leaves an existing row with the same `key` alone.
    pub(crate) fn keep(self, key: &str) -> String {
        match self {
            Self::OnConflict => "ON CONFLICT DO NOTHING".to_owned(),
            // `INSERT IGNORE` takes a shared lock on an existing row. Two transactions that both
            // hold it and then lock the row for writing deadlock; an update that changes nothing
            // takes the exclusive lock at once.
            Self::OnDuplicateKey => format!("ON DUPLICATE KEY UPDATE {key} = {key}"),
        }
    }
}

impl Dialect {
    /// Writes a name as `SQLAlchemy` does in `CREATE` statements: without quotes if it needs none.
    pub(crate) fn identifier(&self, name: &str) -> String {
        const WORDS: [&str; 6] = ["id", "position", "topic", "data", "state", "snapshots"];
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
        if (WORDS.contains(&name) || (self.is_unreserved)(name)) && name.chars().all(is_plain) {
            name.to_owned()
        } else {
            (self.quote)(name)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const DIALECT: Dialect = Dialect {
        types: Types {
            record_id: Type::new("BIGINT", &["bigint"]),
            sequence_id: Type::new("UUID", &["uuid"]),
            integer: Type::new("BIGINT", &["bigint"]),
            timestamp: Type::new("DECIMAL(24, 6)", &["numeric"]),
            text: Type::new("TEXT", &["text"]),
        },
        type_match: TypeMatch::Exact,
        name_case: NameCase::Sensitive,
        is_unreserved: |name| name.contains('_'),
        quote: |name| format!("[{name}]"),
        parameter: |n| format!("${n}"),
        to_stored: |kind, bound| match kind {
            PositionKind::Timestamp => format!("stored({bound})"),
            _ => bound.to_owned(),
        },
        from_stored: |kind, stored| match kind {
            PositionKind::Timestamp => format!("read({stored})"),
            _ => stored.to_owned(),
        },
        truncate: "TRUNCATE TABLE",
        sequence_scan: SequenceScan::Distinct,
        upsert: Upsert::OnConflict,
    };

    #[test]
    fn names_that_may_be_keywords_are_quoted() {
        let names = ["id", "stored_events", "order", "Stored_Events", "a_1"];
        let written = names.map(|name| DIALECT.identifier(name));
        assert_eq!(
            written,
            ["id", "stored_events", "[order]", "[Stored_Events]", "[a_1]"]
        );
    }
}
