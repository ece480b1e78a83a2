//! The kinds of entities: the header fields of their events, and the mode of saving.

/// The kind of an entity type: the versions, times and hashes of its events, and the mode of saving
/// them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntityKind {
    /// The versions of events.
    pub versions: Recorded,
    /// The times of events.
    pub times: Recorded,
    /// The hashes of events.
    pub hashes: Recorded,
    /// The mode of saving pending events.
    pub save_mode: SaveMode,
}

/// The presence of a header field in the events of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The events have the field.
    Yes,
    /// The events do not have the field.
    No,
}

/// The mode of saving pending events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveMode {
    /// All or none, in one append.
    Atomic,
    /// Each event in an append of its own.
    PerEvent,
}

impl EntityKind {
    /// The kind of aggregates: versions, times and chained hashes, saved all or none.
    pub const AGGREGATE: Self = Self {
        versions: Recorded::Yes,
        times: Recorded::Yes,
        hashes: Recorded::Yes,
        save_mode: SaveMode::Atomic,
    };

    /// The kind of plain entities: chained hashes, saved one by one.
    pub const ENTITY: Self = Self {
        versions: Recorded::No,
        times: Recorded::No,
        hashes: Recorded::Yes,
        save_mode: SaveMode::PerEvent,
    };

    /// The kind of standalone events: neither versions, times nor hashes.
    pub const STANDALONE: Self = Self::ENTITY.unchained();

    /// Adds hashes. The events of entities are chained by them; standalone events are hashed one by
    /// one.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.hashes = Recorded::Yes;
        self
    }

    /// Adds versions.
    #[must_use]
    pub const fn versioned(mut self) -> Self {
        self.versions = Recorded::Yes;
        self
    }

    /// Adds times.
    #[must_use]
    pub const fn timestamped(mut self) -> Self {
        self.times = Recorded::Yes;
        self
    }

    /// Removes the hashes.
    #[must_use]
    pub const fn unchained(mut self) -> Self {
        self.hashes = Recorded::No;
        self
    }
}

impl Recorded {
    /// Returns the value if events have the field.
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
