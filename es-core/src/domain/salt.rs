use std::fmt;
use std::sync::{Arc, LazyLock};

use zeroize::Zeroizing;

use crate::json;

/// The secret that goes into every event hash of an application, so that nobody without it can make a chain that
/// verifies. The empty salt is no secret, and the default.
#[derive(Clone)]
pub struct Salt(Arc<Zeroizing<String>>);

impl Salt {
    /// A salt of any text.
    #[must_use]
    pub fn new(salt: &str) -> Self {
        let quoted = Zeroizing::new(json::to_string(salt).unwrap_or_default());
        Self(Arc::new(Zeroizing::new(format!(",{}]", *quoted))))
    }

    /// No salt.
    #[must_use]
    pub fn none() -> Self {
        Self::new("")
    }

    /// The salt of this process: the environment variable `SALT_FOR_DATA_INTEGRITY`, read once; none where it is unset.
    #[must_use]
    pub fn of_process() -> Self {
        PROCESS.salt.clone()
    }

    /// What follows the object in the text that is hashed.
    pub(crate) fn suffix(&self) -> &str {
        &self.0
    }
}

impl Default for Salt {
    fn default() -> Self {
        Self::of_process()
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

struct Process {
    salt: Salt,
    /// Canonical JSON of the text that stands for the hash before the first event.
    genesis: String,
}

static PROCESS: LazyLock<Process> = LazyLock::new(|| {
    let variable = |name| std::env::var(name).unwrap_or_default();
    Process {
        salt: Salt::new(&variable("SALT_FOR_DATA_INTEGRITY")),
        genesis: json::to_string(&variable("GENESIS_HASH")).unwrap_or_default(),
    }
});

/// The previous hash of a first event, as canonical JSON: the environment variable `GENESIS_HASH`, read once.
pub(crate) fn genesis() -> &'static str {
    &PROCESS.genesis
}
