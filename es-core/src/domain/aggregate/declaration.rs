//! The declaration of an event type in an aggregate.

use crate::domain::event::{Former, Shape};

/// The names under which events of one type are stored by current and earlier versions of the
/// program.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    pub(super) name: &'static str,
    pub(super) was: &'static [&'static str],
    /// The name follows the aggregate's base instead of its topic, as the names of the library's
    /// events do.
    pub(super) is_library: bool,
}

/// Version, shape and former shapes of an event type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration {
    pub(crate) version: u32,
    pub(crate) is_retired: bool,
    pub(crate) shape: Option<&'static Shape>,
    pub(crate) former: &'static [Former],
}

impl Declaration {
    /// The declaration of the library's own events.
    pub(crate) const LIBRARY: Self = Self {
        version: 1,
        is_retired: false,
        shape: None,
        former: &[],
    };
}
