//! What entities of a type keep besides their state.

use crate::domain::aggregate::Aggregate;

/// What entities of a type keep: versions, times, a hash chain; and how they are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntityKind {
    /// Whether events are numbered.
    pub versions: Kept,
    /// Whether events say when they happened.
    pub times: Kept,
    /// Whether events are chained by hashes.
    pub hashes: Kept,
    /// Whether all pending events are saved as one list.
    pub saving: Saving,
}

/// Whether something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// How pending events are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// All as one list: all or none.
    AsOne,
    /// Each by itself.
    OneByOne,
}

impl EntityKind {
    /// Of an aggregate: all of it, saved as one.
    pub const AGGREGATE: Self = Self {
        versions: Kept::Yes,
        times: Kept::Yes,
        hashes: Kept::Yes,
        saving: Saving::AsOne,
    };

    /// Of a plain entity: a hash chain, saved one by one.
    pub const ENTITY: Self = Self {
        versions: Kept::No,
        times: Kept::No,
        hashes: Kept::Yes,
        saving: Saving::OneByOne,
    };

    /// Of an event that stands alone: nothing but its sequence.
    pub const LONE: Self = Self::ENTITY.unchained();

    /// The same, with hashes: events of entities are chained by them, those that stand alone are sealed one by one.
    #[must_use]
    pub const fn sealed(mut self) -> Self {
        self.hashes = Kept::Yes;
        self
    }

    /// The same, with versions.
    #[must_use]
    pub const fn versioned(mut self) -> Self {
        self.versions = Kept::Yes;
        self
    }

    /// The same, with times.
    #[must_use]
    pub const fn timestamped(mut self) -> Self {
        self.times = Kept::Yes;
        self
    }

    /// The same, without a hash chain.
    #[must_use]
    pub const fn unchained(mut self) -> Self {
        self.hashes = Kept::No;
        self
    }
}

impl Kept {
    /// The value, where it is kept.
    pub(crate) fn then<T>(self, value: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Yes => Some(value()),
            Self::No => None,
        }
    }

    pub(crate) const fn is_kept(self) -> bool {
        matches!(self, Self::Yes)
    }
}

/// An entity whose events are numbered. Every aggregate is.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no versions",
    note = "write `versioned` into its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Versioned: Aggregate {}

/// An entity whose events say when they happened. Every aggregate is.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` have no times",
    note = "write `timestamped` into its `#[entity(…)]`, or make it an `#[aggregate]`"
)]
pub trait Timestamped: Aggregate {}

/// An entity whose events are chained by hashes. All are, but those with `integrity = off`.
#[diagnostic::on_unimplemented(
    message = "the events of `{Self}` are not chained by hashes",
    note = "take `integrity = off` out of its attribute"
)]
pub trait HashChained: Aggregate {}
