//! Sections: parts of a notification log, linked to their neighbours.

use super::notification::SectionItem;
use super::section_id::SectionId;

/// A part of a notification log, linked to its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section<N> {
    /// The record ids that the section covers.
    pub id: SectionId,
    /// The items of the section, by ascending record id.
    pub items: Vec<N>,
    /// The id of the section before this one; `None` for the first section.
    pub previous: Option<SectionId>,
    /// The id of the section after this one; `None` until this one is archived.
    pub next: Option<SectionId>,
}

/// The state of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionState {
    /// More items may be added.
    Open,
    /// The log has reached the section's last record id; no item is added any more.
    Archived,
}

impl<N> Section<N> {
    /// Creates a section; its links follow from its id and its state.
    #[must_use]
    pub fn new(id: SectionId, items: Vec<N>, state: SectionState) -> Self {
        Self {
            id,
            items,
            previous: id.previous(),
            next: (state == SectionState::Archived).then(|| id.next()),
        }
    }

    /// Returns whether the section is archived: no item is added any more, and there is a next
    /// section.
    #[must_use]
    pub const fn is_archived(&self) -> bool {
        self.next.is_some()
    }
}

impl<N: SectionItem> Section<N> {
    /// Returns whether the text of the section is immutable: the section is archived and has no
    /// gap that may still be filled.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_archived() && !self.items.iter().any(SectionItem::is_gap)
    }
}
