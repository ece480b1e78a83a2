//! Read models, and the positions of the projections that fill them.

mod read_model;
mod rows;
mod tables;
mod transaction;

pub use read_model::SqliteReadModel;
pub use transaction::SqliteTransaction;
