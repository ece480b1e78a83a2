/// How a database writes the statements on `es_projections` and `es_dead_letters`.
#[derive(Debug, Clone, Copy)]
pub struct ProjectionDialect {
    /// Milliseconds since 1970, by the clock that all have who use the database.
    pub now: &'static str,
    /// What stands for the value that is bound as the n-th, from 1 on.
    pub parameter: fn(usize) -> String,
    /// An id as it is stored, from the text that is bound.
    pub stored_id: fn(&str) -> String,
    /// An id as text with hyphens, from what is stored.
    pub read_id: fn(&str) -> String,
    /// What stands at the end of a statement that locks the row it reads.
    pub lock: &'static str,
    /// How a row is written over one that is there.
    pub over: Over,
}

/// How a row is written over one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// `ON CONFLICT … DO`.
    OnConflict,
    /// `ON DUPLICATE KEY UPDATE`.
    OnDuplicateKey,
}
