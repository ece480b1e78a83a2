//! The size of the sections of a notification log.

use std::num::NonZeroU32;

use crate::error::NotificationError;

/// The number of notifications that a full section holds: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionSize(NonZeroU32);

impl SectionSize {
    /// The size that the documentation of the format uses: 20.
    pub const DEFAULT: Self = Self::from_literal(20);
    /// The largest size: 1,000. Followers read it fastest.
    pub const MAX: Self = Self::from_literal(1_000);

    const fn from_literal(size: u32) -> Self {
        match NonZeroU32::new(size) {
            Some(size) => Self(size),
            None => panic!("a section holds at least one notification"),
        }
    }

    /// Creates a size.
    ///
    /// # Errors
    ///
    /// [`NotificationError::InvalidSectionSize`] if `size` is 0 or above 1,000.
    pub fn new(size: u64) -> Result<Self, NotificationError> {
        u32::try_from(size)
            .ok()
            .and_then(NonZeroU32::new)
            .map(Self)
            .filter(|size| *size <= Self::MAX)
            .ok_or(NotificationError::InvalidSectionSize { size })
    }

    /// Returns the number of notifications.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get() as u64
    }
}

impl Default for SectionSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_1_to_1000() {
        assert!(SectionSize::new(1).is_ok() && SectionSize::new(1_000).is_ok());
        assert!(SectionSize::new(0).is_err() && SectionSize::new(1_001).is_err());
        assert!(SectionSize::new(u64::MAX).is_err());
    }
}
