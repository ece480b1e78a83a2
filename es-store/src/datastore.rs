//! From a URI to a store: drivers that register themselves, and the databases that they open.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use crate::error::RecordError;
use crate::record_manager::RecordManager;
use crate::table::Table;

/// A database: hands out the record managers of its tables.
#[async_trait]
pub trait Datastore: Any + Send + Sync {
    /// The record manager of one table. Tables of one datastore share its connections.
    async fn record_manager(&self, table: Table) -> Result<Arc<dyn RecordManager>, RecordError>;

    /// Closes all record managers and connections. Closing twice is no error.
    async fn close(&self) -> Result<(), RecordError>;
}

/// Opens a datastore.
pub type Connect =
    fn(StoreUri) -> Pin<Box<dyn Future<Output = Result<Arc<dyn Datastore>, RecordError>> + Send>>;

/// A kind of database that this program can open, registered by the crate that knows it:
///
/// ```ignore
/// es_store::inventory::submit! { Driver::new(&["sqlite"], |uri| Box::pin(open(uri))) }
/// ```
pub struct Driver {
    schemes: &'static [&'static str],
    connect: Connect,
}

inventory::collect!(Driver);

impl Driver {
    /// Of the databases whose URIs have one of these schemes, in lower case and without a `+driver` part.
    #[must_use]
    pub const fn new(schemes: &'static [&'static str], connect: Connect) -> Self {
        Self { schemes, connect }
    }

    /// Opens the database that `uri` names with the driver registered for its scheme.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] where it is malformed or no driver of this program knows its scheme; else the driver's own.
    pub async fn open(uri: &str) -> Result<Arc<dyn Datastore>, RecordError> {
        let uri = StoreUri::parse(uri)?;
        let driver = inventory::iter::<Self>()
            .find(|driver| driver.schemes.contains(&uri.scheme()))
            .ok_or_else(|| RecordError::invalid_uri(&uri, unknown_scheme(uri.scheme())))?;
        (driver.connect)(uri).await
    }
}

fn unknown_scheme(scheme: &str) -> String {
    let mut known: Vec<_> = inventory::iter::<Driver>()
        .flat_map(|driver| driver.schemes)
        .copied()
        .collect();
    known.sort_unstable();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    format!(
        "no driver for `{scheme}:` is linked (known: {known}); turn on the feature of `es` for that store, or write \
         `use es_… as _;` for a store crate that nothing else names"
    )
}

const NO_DIGITS: &str = "a `%` stands before two hexadecimal digits; `%25` is a `%` itself";

fn digit(hex: u8) -> Option<u8> {
    char::from(hex).to_digit(16)?.try_into().ok()
}

/// A database's URI, with its scheme apart. It may hold a password, so it shows only its scheme.
#[derive(Clone)]
pub struct StoreUri {
    uri: String,
    scheme_len: usize,
}

impl StoreUri {
    /// Takes a URI apart. `postgresql+psycopg2://…` has the scheme `postgresql`.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] where there is no scheme.
    pub fn parse(uri: &str) -> Result<Self, RecordError> {
        let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
        let scheme_len = scheme.split('+').next().unwrap_or_default().len();
        let is_scheme = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let this = Self {
            uri: uri.to_owned(),
            scheme_len,
        };
        if this.scheme().is_empty() || !this.scheme().chars().all(is_scheme) {
            let reason = "it begins with a scheme in lower case, such as `sqlite::memory:` or `sqlite:///events.db`";
            return Err(RecordError::invalid_uri(&this, reason));
        }
        Ok(this)
    }

    /// The scheme, without a `+driver` part.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.uri[..self.scheme_len]
    }

    /// What stands behind the first colon.
    #[must_use]
    pub fn rest(&self) -> &str {
        self.uri.split_once(':').map_or("", |(_, rest)| rest)
    }

    /// A part of a URI, with each `%` and two hexadecimal digits as the byte that they stand for.
    ///
    /// # Errors
    ///
    /// Where a `%` stands before anything else, or the bytes are not UTF-8. It says nothing of the part, which may be a
    /// password.
    ///
    /// ```
    /// # use es_store::StoreUri;
    /// assert_eq!(StoreUri::decoded("s%40cret").as_deref(), Ok("s@cret"));
    /// assert!(StoreUri::decoded("100%").is_err() && StoreUri::decoded("%+4").is_err());
    /// ```
    pub fn decoded(part: &str) -> Result<String, &'static str> {
        let mut bytes = Vec::with_capacity(part.len());
        let mut rest = part.as_bytes();
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            bytes.push(match (byte, behind) {
                (b'%', [high, low, behind @ ..]) => {
                    rest = behind;
                    let digits = digit(*high).zip(digit(*low));
                    digits.map(|(high, low)| high * 16 + low).ok_or(NO_DIGITS)?
                }
                (b'%', _) => return Err(NO_DIGITS),
                _ => byte,
            });
        }
        String::from_utf8(bytes).map_err(|_| "what its `%`s stand for is not UTF-8")
    }

    /// The whole URI. It may hold a password: keep it out of messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.uri
    }
}

impl fmt::Debug for StoreUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:…", self.scheme())
    }
}

impl fmt::Display for StoreUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
