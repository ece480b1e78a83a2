use es_store::PositionKind;

/// How a database writes SQL.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The types of the columns.
    pub types: Types,
    /// How types that keep the same values are told.
    pub fit: Fit,
    /// Whether names differ in the case of their letters alone.
    pub names: Names,
    /// Whether a name of small letters and underscores is surely no keyword.
    pub is_free: fn(&str) -> bool,
    /// A name as a quoted identifier.
    pub quote: fn(&str) -> String,
    /// What stands for the value that is bound as the n-th, from 1 on.
    pub parameter: fn(usize) -> String,
    /// A position as it is stored, from the value that is bound.
    pub stored: fn(PositionKind, &str) -> String,
    /// A position as it is read, from what is stored. A record id is read as a whole number is.
    pub read: fn(PositionKind, &str) -> String,
    /// What empties a table, in front of its name.
    pub truncate: &'static str,
}

/// The types of the columns.
#[derive(Debug, Clone, Copy)]
pub struct Types {
    /// Of record ids.
    pub record_id: Type,
    /// Of sequence ids.
    pub sequence_id: Type,
    /// Of positions that are whole numbers.
    pub integer: Type,
    /// Of positions that are times.
    pub timestamp: Type,
    /// Of topics and stored text.
    pub text: Type,
}

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub struct Type {
    /// As the format declares it.
    pub name: &'static str,
    /// What stands behind the type and `NOT NULL`.
    pub behind: &'static str,
    /// The types that keep the same values, as the catalogue calls them.
    pub fitting: &'static [&'static str],
}

/// How types that keep the same values are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// They are called so.
    Whole,
    /// They begin so.
    Beginning,
}

/// Whether names differ in the case of their letters alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `id` and `ID` are two columns.
    Cased,
    /// `id` and `ID` are one column.
    Uncased,
}

impl Type {
    /// A type with nothing behind it.
    #[must_use]
    pub const fn new(name: &'static str, fitting: &'static [&'static str]) -> Self {
        Self {
            name,
            behind: "",
            fitting,
        }
    }
}

impl Dialect {
    /// A name as `SQLAlchemy` writes it in the text that makes a table: without quotes where it needs none.
    pub(crate) fn identifier(&self, name: &str) -> String {
        const WORDS: [&str; 6] = ["id", "position", "topic", "data", "state", "snapshots"];
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
        if (WORDS.contains(&name) || (self.is_free)(name)) && name.chars().all(is_plain) {
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
        fit: Fit::Whole,
        names: Names::Cased,
        is_free: |name| name.contains('_'),
        quote: |name| format!("[{name}]"),
        parameter: |n| format!("${n}"),
        stored: |kind, bound| match kind {
            PositionKind::Timestamp => format!("stored({bound})"),
            _ => bound.to_owned(),
        },
        read: |kind, stored| match kind {
            PositionKind::Timestamp => format!("read({stored})"),
            _ => stored.to_owned(),
        },
        truncate: "TRUNCATE TABLE",
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
