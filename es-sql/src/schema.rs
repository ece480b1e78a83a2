//! The statements that create a table, and the check of a table that exists.

use es_store::{Index, PositionKind, RecordError, Table, Uniqueness};

use crate::IdEncoding;
use crate::dialect::{Dialect, NameCase, Type, TypeMatch};

/// The entry of a table's name in the catalogue of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CatalogueEntry {
    /// There is no entry.
    Missing,
    /// A table.
    Table(StoredTable),
    /// A table that cannot be used until it is migrated, and the reason.
    NeedsMigration(String),
    /// Something other than a table, described for an error message: "it is a view, not a table".
    NoTable(String),
}

/// A table that exists, as the catalogue describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredTable {
    /// The columns.
    pub columns: Vec<StoredColumn>,
    /// The sets of columns that are unique in the whole table.
    pub unique: Vec<Vec<String>>,
}

/// A column of a table that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredColumn {
    /// The name.
    pub name: String,
    /// The type, as the catalogue calls it.
    pub kind: String,
    /// True if a row without a value for it is refused.
    pub needs_a_value: bool,
}

struct Column<'t> {
    name: &'t str,
    kind: Type,
    null: &'static str,
}

impl Dialect {
    /// Returns the statements that create a table, to the letter as `SQLAlchemy` writes them.
    #[must_use]
    pub fn create(&self, table: &Table) -> Vec<String> {
        let name = self.identifier(&table.name);
        let mut statements = vec![self.create_with(table, &[])];
        statements.extend(table.indexes().iter().map(|index| {
            let (kind, index, columns) = self.index(index);
            format!("CREATE {kind} {index} ON {name} ({columns})")
        }));
        statements
    }

    /// Writes one statement that creates a table with its indexes, for a database that commits by
    /// itself after each such statement. The table is the one that [`create`](Self::create) creates.
    #[must_use]
    pub fn create_at_once(&self, table: &Table) -> String {
        let indexes = table.indexes();
        let indexes = indexes.iter().map(|index| {
            let (kind, index, columns) = self.index(index);
            format!("{kind} {index} ({columns})")
        });
        self.create_with(table, &indexes.collect::<Vec<_>>())
    }

    fn create_with(&self, table: &Table, indexes: &[String]) -> String {
        let name = self.identifier(&table.name);
        let declare = |column: Column<'_>| {
            let Column { name, kind, null } = column;
            let name = self.identifier(name);
            format!("\n\t{name} {}{null}{}, ", kind.name, kind.suffix)
        };
        let columns: String = self.columns(table).into_iter().map(declare).collect();
        let key = format!("PRIMARY KEY ({})", self.list(&table.primary_key()));
        let keys = [&[key], indexes].concat().join(", \n\t");
        format!("CREATE TABLE {name} ({columns}\n\t{keys}\n)")
    }

    /// Returns the kind, the name and the columns of an index.
    fn index(&self, index: &Index<'_>) -> (&'static str, String, String) {
        let kind = match index.uniqueness {
            Uniqueness::Unique => "UNIQUE INDEX",
            Uniqueness::NonUnique => "INDEX",
        };
        (
            kind,
            self.identifier(&index.name),
            self.list(&index.columns),
        )
    }

    /// Checks the columns and the unique keys of a table. Returns the encoding in which it stores
    /// sequence ids.
    ///
    /// # Errors
    ///
    /// [`RecordError::Schema`] with everything that is wrong with it.
    pub fn check(&self, table: &Table, entry: &CatalogueEntry) -> Result<IdEncoding, RecordError> {
        let stored = match entry {
            CatalogueEntry::Table(stored) => stored,
            CatalogueEntry::Missing => {
                return Err(table.schema_error("it does not exist; `setup` creates it"));
            }
            CatalogueEntry::NeedsMigration(reason) | CatalogueEntry::NoTable(reason) => {
                return Err(table.schema_error(reason.clone()));
            }
        };
        let mut faults = self.column_faults(table, &stored.columns);
        if faults.is_empty() {
            faults = self.key_faults(table, &stored.unique);
        }
        if !faults.is_empty() {
            return Err(table.schema_error(faults.join("; ")));
        }
        let mut columns = stored.columns.iter();
        let id = columns.find(|stored| self.same(&stored.name, &table.sequence_id));
        Ok(id.map_or_else(IdEncoding::default, |id| {
            IdEncoding::from_declared_type(&id.kind)
        }))
    }

    fn columns<'t>(&self, table: &'t Table) -> Vec<Column<'t>> {
        const NOT_NULL: &str = " NOT NULL";
        let types = self.types;
        let position = match table.position_kind {
            PositionKind::Timestamp => types.timestamp,
            // `check_order` refuses tables of time UUIDs.
            _ => types.integer,
        };
        let column = |name, kind, null| Column { name, kind, null };
        let mut columns = Vec::new();
        if let Some(id) = &table.record_id {
            columns.push(column(&**id, types.record_id, NOT_NULL));
        }
        columns.extend([
            column(&table.sequence_id, types.sequence_id, NOT_NULL),
            column(&table.position, position, NOT_NULL),
            column(&table.topic, types.text, NOT_NULL),
            column(&table.data, types.text, ""),
        ]);
        columns
    }

    fn column_faults(&self, table: &Table, stored: &[StoredColumn]) -> Vec<String> {
        let expected = self.columns(table);
        let mut faults = Vec::new();
        for Column { name, kind, .. } in &expected {
            match stored.iter().find(|stored| self.same(&stored.name, name)) {
                None => faults.push(format!("the column `{name}` is missing")),
                Some(stored) if !self.fits(kind, &stored.kind) => faults.push(format!(
                    "the column `{name}` is declared as {}, not as {}",
                    stored.kind, kind.name
                )),
                Some(_) => {}
            }
        }
        for StoredColumn { name, .. } in stored.iter().filter(|stored| stored.needs_a_value) {
            if !expected.iter().any(|column| self.same(name, column.name)) {
                faults.push(format!(
                    "the column `{name}` is NOT NULL without a default, and the library does not write it: give it a \
                     default"
                ));
            }
        }
        faults
    }

    fn key_faults(&self, table: &Table, unique: &[Vec<String>]) -> Vec<String> {
        let [sequence, position] = [&*table.sequence_id, &*table.position];
        let mut faults = Vec::new();
        if let Some(id) = &table.record_id
            && !self.has_key(unique, &[id])
        {
            faults.push(format!("`{id}` has no unique index: create one"));
        }
        if !self.has_key(unique, &[sequence, position]) {
            faults.push(format!(
                "({sequence}, {position}) has no unique index: create one"
            ));
        }
        faults
    }

    /// Returns true if these columns are unique, in any order.
    fn has_key(&self, unique: &[Vec<String>], columns: &[&str]) -> bool {
        let mut keys = unique.iter().filter(|key| key.len() == columns.len());
        keys.any(|key| {
            let mut columns = columns.iter();
            columns.all(|column| key.iter().any(|name| self.same(name, column)))
        })
    }

    fn same(&self, stored: &str, name: &str) -> bool {
        match self.name_case {
            NameCase::Sensitive => stored == name,
            NameCase::Insensitive => stored.eq_ignore_ascii_case(name),
        }
    }

    fn fits(&self, kind: &Type, stored: &str) -> bool {
        let begins = |accepted: &str| {
            let begin = stored.get(..accepted.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(accepted))
        };
        kind.accepted.iter().any(|accepted| match self.type_match {
            TypeMatch::Exact => stored == *accepted,
            TypeMatch::Prefix => begins(accepted),
        })
    }

    fn list(&self, names: &[&str]) -> String {
        let names: Vec<_> = names.iter().map(|name| self.identifier(name)).collect();
        names.join(", ")
    }
}

/// Checks that an SQL database can keep the positions of a table in their order.
///
/// # Errors
///
/// [`RecordError::Schema`] if they are time UUIDs: only Cassandra knows their order.
pub(crate) fn check_order(table: &Table) -> Result<(), RecordError> {
    match table.position_kind {
        PositionKind::TimeUuid => Err(table.schema_error(
            "its positions are time UUIDs, which this database does not sort by their times; Cassandra does",
        )),
        _ => Ok(()),
    }
}

/// Groups the rows of a catalogue, index and column, into the columns of each index. Rows of one
/// index are neighbours.
#[must_use]
pub fn group_by_index(rows: impl IntoIterator<Item = (String, String)>) -> Vec<Vec<String>> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for (index, column) in rows {
        match keys.last_mut() {
            Some((last, columns)) if *last == index => columns.push(column),
            _ => keys.push((index, vec![column])),
        }
    }
    keys.into_iter().map(|(_, columns)| columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::tests::DIALECT;

    fn stored() -> StoredTable {
        let column = |(name, kind): (&str, &str)| StoredColumn {
            name: name.to_owned(),
            kind: kind.to_owned(),
            needs_a_value: true,
        };
        let columns = [
            ("id", "bigint"),
            ("originator_id", "uuid"),
            ("originator_version", "bigint"),
            ("event_type", "text"),
            ("state", "text"),
        ];
        let key = |columns: &[&str]| columns.iter().map(|name| (*name).to_owned()).collect();
        StoredTable {
            columns: columns.map(column).into(),
            unique: vec![key(&["id"]), key(&["originator_version", "originator_id"])],
        }
    }

    fn reason(dialect: &Dialect, stored: &StoredTable) -> Option<String> {
        let entry = CatalogueEntry::Table(stored.clone());
        match dialect.check(&Table::stored_events(), &entry) {
            Ok(_) => None,
            Err(RecordError::Schema { reason, .. }) => Some(reason),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_fault_of_a_table_is_reported() {
        assert_eq!(reason(&DIALECT, &stored()), None);
        let mut table = stored();
        table.columns[0].kind = "text".to_owned();
        table.columns[1].name = "tenant".to_owned();
        let expected = "the column `id` is declared as text, not as BIGINT; the column `originator_id` is missing; the column \
                    `tenant` is NOT NULL without a default, and the library does not write it: give it a default";
        assert_eq!(reason(&DIALECT, &table).as_deref(), Some(expected));
        let mut table = stored();
        table.unique = vec![vec!["originator_id".to_owned()]];
        let expected = "`id` has no unique index: create one; (originator_id, originator_version) has no unique index: create one";
        assert_eq!(reason(&DIALECT, &table).as_deref(), Some(expected));
    }

    #[test]
    fn names_and_types_are_compared_as_the_database_does() {
        let mut table = stored();
        table.columns[0].name = "ID".to_owned();
        table.columns[0].kind = "bigint(20)".to_owned();
        assert!(reason(&DIALECT, &table).is_some());
        let loose = Dialect {
            type_match: TypeMatch::Prefix,
            name_case: NameCase::Insensitive,
            ..DIALECT
        };
        assert_eq!(reason(&loose, &table), None);
    }
}
