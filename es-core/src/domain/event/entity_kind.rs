//! What entities of a type keep besides their state.

/// What entities of a type keep: versions, times, a hash chain; and how they are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntityKind {
    /// Whether events are numbered.
    pub versions: Recorded,
    /// Whether events say when they happened.
    pub times: Recorded,
    /// Whether events are chained by hashes.
    pub hashes: Recorded,
    /// Whether all pending events are saved as one list.
    pub save_mode: SaveMode,
}

/// Whether something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// How pending events are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveMode {
    /// All as one list: all or none.
    Atomic,
    /// Each by itself.
    PerEvent,
}

impl EntityKind {
    /// Of an aggregate: all of it, saved as one.
    pub const AGGREGATE: Self = Self {
        versions: Recorded::Yes,
        times: Recorded::Yes,
        hashes: Recorded::Yes,
        save_mode: SaveMode::Atomic,
    };

    /// Of a plain entity: a hash chain, saved one by one.
    pub const ENTITY: Self = Self {
        versions: Recorded::No,
        times: Recorded::No,
        hashes: Recorded::Yes,
        save_mode: SaveMode::PerEvent,
    };

    /// Of an event that stands alone: nothing but its sequence.
    pub const STANDALONE: Self = Self::ENTITY.unchained();

    /// The same, with hashes: events of entities are chained by them, those that stand alone are sealed one by one.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.hashes = Recorded::Yes;
        self
    }

    /// The same, with versions.
    #[must_use]
    pub const fn versioned(mut self) -> Self {
        self.versions = Recorded::Yes;
        self
    }

    /// The same, with times.
    #[must_use]
    pub const fn timestamped(mut self) -> Self {
        self.times = Recorded::Yes;
        self
    }

    /// The same, without a hash chain.
    #[must_use]
    pub const fn unchained(mut self) -> Self {
        self.hashes = Recorded::No;
        self
    }
}

impl Recorded {
    /// The value, where it is kept.
    pub(crate) fn then<T>(self, value: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Yes => Some(value()),
            Self::No => None,
        }
    }

    pub(crate) const fn is_recorded(self) -> bool {
        matches!(self, Self::Yes)
    }
}
