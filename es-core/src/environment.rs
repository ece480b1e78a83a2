//! Variables of the environment: one that cannot be read is an error, and never as if it were unset.

use std::env::{self, VarError};

use crate::error::{Error, Result};

/// The value of an environment variable; none where it is unset or empty.
///
/// # Errors
///
/// [`Error::InvalidSetting`] where the value is not Unicode. It names the variable, and nothing of the value.
pub fn variable(name: &'static str) -> Result<Option<String>> {
    Ok(read(name)?)
}

/// An environment variable whose value is not Unicode.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotUnicode(&'static str);

pub(crate) fn read(name: &'static str) -> Result<Option<String>, NotUnicode> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(NotUnicode(name)),
    }
}

impl From<NotUnicode> for Error {
    fn from(NotUnicode(setting): NotUnicode) -> Self {
        Self::InvalidSetting {
            setting,
            reason: "the value of this environment variable is not Unicode".to_owned(),
        }
    }
}
