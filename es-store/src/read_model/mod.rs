//! The contract of a database of read models: positions of projections and dead letters, written in
//! the transactions of the handlers.

mod dead_letter;
mod error;
mod projection_row;
mod projection_tables;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod read_model;

pub use self::dead_letter::{DeadLetter, LetterQuery, Request, RequestFilter};
pub use self::error::ReadModelError;
pub use self::projection_row::{Advanced, Mode, ProjectionRow, Step};
pub use self::projection_tables::ProjectionTables;
pub use self::read_model::{ReadModel, Rollback};
