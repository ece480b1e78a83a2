//! The notification log of another service.

mod builder;
mod cache;
mod fetch;
mod live;
#[cfg(feature = "tls")]
mod tls;
mod url;

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_core::error::{NotificationError, Result};
use es_core::notification_log::{
    Notification, NotificationLog, Section, SectionItem, SectionRef, SectionRequest,
};
use es_store::RecordId;

pub use self::builder::{Compression, RemoteBuilder};
use self::fetch::Fetcher;
use self::live::Wake;

/// The notification log of another service, by its URL. The service is one of ours or one of
/// Python's `eventsourcing` 5.0.0. Cloning is cheap.
///
/// A reader works on it as on a local log. Failed requests are retried with growing waits. Archived
/// sections are cached; other sections are sent again only if they changed. The server's live events
/// wake followers; without them followers poll.
///
/// URLs that start with `https://` require the feature `tls` (`http-tls` of `es-rs`). Connections
/// then use `rustls`, and the server's certificate and host name are checked.
pub struct RemoteNotificationLog<N = Notification> {
    fetcher: Arc<Fetcher>,
    poll_every: Duration,
    items: PhantomData<fn() -> N>,
}

impl RemoteNotificationLog {
    /// Creates the log at a URL, such as `http://localhost:8000/notifications`, with default
    /// settings.
    ///
    /// A user and a password in the URL, as in `https://user:password@host/notifications`, are sent
    /// with every request and never shown.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`](es_core::error::Error::InvalidSetting) if the URL is malformed, is
    /// not `http` or `https`, has a query or a fragment, or is `https` and the feature `tls` is off.
    pub fn new(url: impl Into<String>) -> Result<Self> {
        Self::builder(url).build()
    }

    /// Returns a builder for the log at a URL.
    pub fn builder(url: impl Into<String>) -> RemoteBuilder {
        RemoteBuilder::new(url.into())
    }

    /// Changes the type of the items, such as to `es_structures::ArrayItem` for the log of a big
    /// array.
    #[must_use]
    pub fn with_items<N: SectionItem>(self) -> RemoteNotificationLog<N> {
        RemoteNotificationLog {
            fetcher: self.fetcher,
            poll_every: self.poll_every,
            items: PhantomData,
        }
    }
}

impl<N> Clone for RemoteNotificationLog<N> {
    fn clone(&self) -> Self {
        Self {
            fetcher: Arc::clone(&self.fetcher),
            poll_every: self.poll_every,
            items: PhantomData,
        }
    }
}

#[async_trait]
impl<N: SectionItem> NotificationLog<N> for RemoteNotificationLog<N> {
    async fn section(&self, request: SectionRequest) -> Result<Section<N>> {
        let section = self.fetcher.section(request).await?;
        match request.section {
            // A reader continues after the section that it gets, so a wrong one would make it skip
            // notifications.
            SectionRef::Containing(record_id) if !section.id.contains(record_id) => {
                let reason = format!("section {} does not contain record {record_id}", section.id);
                Err(NotificationError::malformed(reason).into())
            }
            _ => Ok(section),
        }
    }

    async fn changed(&self, after: RecordId) {
        if let Wake::AfterPollInterval = self.fetcher.changed(after).await {
            tokio::time::sleep(self.poll_every).await;
        }
    }
}
