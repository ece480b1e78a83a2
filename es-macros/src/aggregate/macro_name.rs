//! The name of the macro that runs: `#[aggregate]` or `#[entity]`.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MacroName {
    Aggregate,
    Entity,
}

impl MacroName {
    /// Returns the attribute as users write it.
    pub(super) const fn attribute(self) -> &'static str {
        match self {
            Self::Aggregate => "#[aggregate]",
            Self::Entity => "#[entity]",
        }
    }

    /// Returns the noun for the annotated struct, for messages and documentation.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::Entity => "entity",
        }
    }
}
