//! Two macros, one pipeline.

/// Which of the two macros runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Aggregate,
    Entity,
}

impl Entry {
    /// As it stands above a struct.
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::Aggregate => "#[aggregate]",
            Self::Entity => "#[entity]",
        }
    }

    /// What it makes of the struct.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::Entity => "entity",
        }
    }
}
