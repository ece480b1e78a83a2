//! What the SQL stores of `es` have in common: the tables of the format, the statements on them, the rows of projections.
//!
//! A store says by a [`Dialect`] and a [`ProjectionDialect`] how its database writes SQL, and gets texts and values. What it
//! does with them is its own: drivers, connections, locks and errors have no place here.
//!
//! ```
//! use es_store::{PositionKind, Table};
//! use es_sql::{Dialect, Fit, Names, TableStatements, Type, Types};
//!
//! let dialect = Dialect {
//!     types: Types {
//!         record_id: Type::new("BIGINT", &["bigint"]),
//!         sequence_id: Type::new("UUID", &["uuid"]),
//!         integer: Type::new("BIGINT", &["bigint"]),
//!         timestamp: Type::new("DECIMAL(24, 6)", &["numeric"]),
//!         text: Type::new("TEXT", &["text"]),
//!     },
//!     fit: Fit::Whole,
//!     names: Names::Cased,
//!     is_free: |name| name.contains('_'),
//!     quote: |name| format!("\"{}\"", name.replace('"', "\"\"")),
//!     parameter: |n| format!("${n}"),
//!     stored: |_, value| value.to_owned(),
//!     read: |_, column| column.to_owned(),
//!     truncate: "TRUNCATE TABLE",
//! };
//! let statements = TableStatements::new(&Table::snapshots(), &dialect);
//! assert_eq!(statements.delete, r#"DELETE FROM "snapshots" WHERE "sequence_id" = $1 AND "position" = $2"#);
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod columns;
mod dialect;
mod projection_dialect;
mod projection_tables;
mod projections;
mod rows;
mod statements;
mod tables;

pub use dialect::{Dialect, Fit, Names, Type, Types};
pub use projection_dialect::{Over, ProjectionDialect};
pub use projection_tables::SqlTransaction;
pub use projections::{ProjectionStatements, Statement, Value};
pub use rows::{RowPlace, max_id, position_number, position_of_number};
pub use statements::{ItemsStatement, QuotedNames, TableStatements, limit};
pub use tables::{StoredColumn, StoredTable, check_order, missing};
