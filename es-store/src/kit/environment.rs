//! Environment variables. An unreadable value is an error, not an unset variable.

use std::env::{self, VarError};

use crate::error::RecordError;

/// Returns the value of an environment variable; `None` if it is unset or empty.
///
/// # Errors
///
/// [`RecordError::InvalidSetting`] if the value is not Unicode. The error names the variable and
/// does not quote the value.
pub fn variable(name: &'static str) -> Result<Option<String>, RecordError> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(RecordError::InvalidSetting {
            setting: name,
            reason: "the value of this environment variable is not Unicode".to_owned(),
        }),
    }
}
