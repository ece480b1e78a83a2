//! Drivers: the kinds of databases that this program can open.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::datastore::Datastore;
use crate::error::RecordError;
use crate::uri::StoreUri;

/// The function of a driver that opens a datastore.
pub type Connect =
    fn(StoreUri) -> Pin<Box<dyn Future<Output = Result<Arc<dyn Datastore>, RecordError>> + Send>>;

/// A kind of database that this program can open. The crate that implements it registers it at link
/// time:
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
    /// Creates a driver for URIs with one of these schemes, in lower case and without a `+driver`
    /// part.
    #[must_use]
    pub const fn new(schemes: &'static [&'static str], connect: Connect) -> Self {
        Self { schemes, connect }
    }

    /// Opens the database that `uri` names with the driver registered for its scheme.
    ///
    /// # Errors
    ///
    /// [`RecordError::InvalidUri`] if the URI is malformed or no driver of this program has its
    /// scheme, and the errors of the driver.
    pub async fn open(uri: &str) -> Result<Arc<dyn Datastore>, RecordError> {
        let uri = StoreUri::parse(uri)?;
        let driver = inventory::iter::<Self>()
            .find(|driver| driver.schemes.contains(&uri.scheme()))
            .ok_or_else(|| uri.invalid(unknown_scheme(uri.scheme())))?;
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
        "no driver for `{scheme}:` is linked (known: {known}); enable the feature of `es-rs` for that store, or write \
         `use es_… as _;` if the program uses the store's crate in no other way"
    )
}
