//! Everything that the SQL stores of `es` share: the tables of the format and the statements on
//! them, the record manager, the datastore and the read models.
//!
//! A store describes its database by a [`Dialect`] and implements a few traits over its driver:
//!
//! - [`Database`] and [`TableDriver`] for the datastore and the record manager;
//! - for a database on a server, [`Server`](server::Server) for its connections and
//!   [`Session`](server::Session) with its two siblings for the statements on one connection, and
//!   has the rest done by [`server`];
//! - [`SqlRow`] for the rows of its driver.
//!
//! ```
//! use es_store::{PositionKind, Table};
//! use es_sql::{Dialect, NameCase, SequenceScan, TableStatements, Type, TypeMatch, Types, Upsert};
//!
//! let dialect = Dialect {
//!     types: Types {
//!         record_id: Type::new("BIGINT", &["bigint"]),
//!         sequence_id: Type::new("UUID", &["uuid"]),
//!         integer: Type::new("BIGINT", &["bigint"]),
//!         timestamp: Type::new("DECIMAL(24, 6)", &["numeric"]),
//!         text: Type::new("TEXT", &["text"]),
//!     },
//!     type_match: TypeMatch::Exact,
//!     name_case: NameCase::Sensitive,
//!     is_unreserved: |name| name.contains('_'),
//!     quote: |name| format!("\"{}\"", name.replace('"', "\"\"")),
//!     parameter: |n| format!("${n}"),
//!     to_stored: |_, value| value.to_owned(),
//!     from_stored: |_, column| column.to_owned(),
//!     truncate: "TRUNCATE TABLE",
//!     sequence_scan: SequenceScan::Recursive,
//!     upsert: Upsert::OnConflict,
//! };
//! let statements = TableStatements::new(&Table::snapshots(), &dialect);
//! assert_eq!(statements.drop, r#"DROP TABLE IF EXISTS "snapshots""#);
//! ```

mod datastore;
mod dialect;
mod error;
mod id_encoding;
mod projection_rows;
mod projection_statements;
mod projection_tables;
mod record_manager;
mod rows;
mod schema;
pub mod server;
mod statement;
mod statements;
mod table_query;

pub use datastore::{Database, FromConnection, FromPool, SqlDatastore, connect};
pub use dialect::{Dialect, NameCase, SequenceScan, Type, TypeMatch, Types, Upsert};
pub use error::{DriverError, ErrorKind, SqlError, SqlResult};
pub use id_encoding::{IdEncoding, IdEncodingCache};
pub use projection_statements::{ProjectionDialect, ProjectionStatements};
pub use projection_tables::RunStatements;
pub use record_manager::{SqlRecordManager, TableDriver};
pub use rows::{FromRow, ItemRows, MaxRecordId, RowReader, SqlRow, position_number};
pub use schema::{CatalogueEntry, StoredColumn, StoredTable, group_by_index};
pub use statement::{Parameter, Parameters, Statement};
pub use statements::{QuotedNames, TableStatements};
pub use table_query::{TableChange, TableQuery};
