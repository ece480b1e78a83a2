//! The contract of a store of read models: positions of projections and dead letters, in the transactions of what handlers
//! write.

mod projection_tables;
#[expect(
    clippy::module_inception,
    reason = "files are named for their main type"
)]
mod read_model;

pub use self::projection_tables::ProjectionTables;
pub use self::read_model::{
    Advanced, Asked, DeadLetter, LetterQuery, Mode, ProjectionRow, ReadModel, Request, Step, Undoes,
};
