//! Projections: read models that follow a notification log, with exactly-once positions.

#[cfg(feature = "progress")]
pub use es_projection::ProgressBar;
pub use es_projection::{
    Guarded, MemoryReadModel, MemoryTransaction, Phase, Progress, Projection, Projections, Runner,
    Running,
};
pub use es_store::read_model::{
    Asked, DeadLetter, LetterQuery, Mode, ProjectionRow, ReadModel, Request,
};
