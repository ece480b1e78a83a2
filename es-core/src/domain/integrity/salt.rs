//! The salt of event hashes.

use std::fmt;
use std::sync::{Arc, LazyLock};

use es_json as json;
use es_store::RecordError;
use es_store::kit::variable;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// A secret that is part of every event hash of an application. Without it, a chain that verifies
/// cannot be forged. The default is the empty salt, which is not secret.
#[derive(Clone)]
pub struct Salt(Arc<Zeroizing<String>>);

impl Salt {
    /// Creates a salt from any text.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        let quoted = Zeroizing::new(json::to_string(salt).unwrap_or_default());
        Self(Arc::new(Zeroizing::new(format!(",{}]", *quoted))))
    }

    /// Returns the empty salt.
    #[must_use]
    pub fn none() -> Self {
        Self::new("")
    }

    /// Returns the salt of this process: the environment variable `SALT_FOR_DATA_INTEGRITY`, which
    /// is read once. If it is unset, the salt is empty.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`](crate::error::Error::InvalidSetting) if it or `GENESIS_HASH` is
    /// not Unicode.
    pub fn from_env() -> Result<Self> {
        match &*PROCESS_SETTINGS {
            Ok(settings) => Ok(settings.salt.clone()),
            Err((setting, reason)) => Err(Error::InvalidSetting {
                setting,
                reason: reason.clone(),
            }),
        }
    }

    /// Returns the part of the hashed text after the object.
    pub(crate) fn suffix(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Salt {
    fn from(salt: &str) -> Self {
        Self::new(salt)
    }
}

impl PartialEq for Salt {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Salt {}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

struct ProcessSettings {
    salt: Salt,
    /// The previous hash of first events, as canonical JSON.
    genesis: String,
}

static PROCESS_SETTINGS: LazyLock<Result<ProcessSettings, (&'static str, String)>> =
    LazyLock::new(|| {
        let read = |name| match variable(name) {
            Ok(value) => Ok(value.unwrap_or_default()),
            Err(RecordError::InvalidSetting { setting, reason }) => Err((setting, reason)),
            Err(error) => Err((name, error.to_string())),
        };
        Ok(ProcessSettings {
            salt: Salt::new(&Zeroizing::new(read("SALT_FOR_DATA_INTEGRITY")?)),
            genesis: json::to_string(&read("GENESIS_HASH")?).unwrap_or_default(),
        })
    });

/// Returns the previous hash of a first event, as canonical JSON: the environment variable
/// `GENESIS_HASH`, which is read once.
///
/// Callers have called [`Salt::from_env`] before, which fails if one of the two variables is
/// invalid.
pub(crate) fn genesis() -> &'static str {
    PROCESS_SETTINGS
        .as_ref()
        .map_or(r#""""#, |settings| &settings.genesis)
}
