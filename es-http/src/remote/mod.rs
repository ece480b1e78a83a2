//! The log of another service.

mod builder;
mod cache;
mod fetch;
mod live;
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
use fetch::Fetcher;
use live::Waited;

pub use builder::{Compression, RemoteBuilder};

/// The notification log of another service, by its URL: one of ours, or one of Python's `eventsourcing` 5.0.0. Cloning is
/// cheap.
///
/// A reader works on it as on a local one. What fails for a moment is tried again, with growing waits; archived sections
/// are kept, within bounds, and others are asked for only where they changed. Followers are told by the server's events,
/// where it has them, and else look from time to time.
///
/// A URL with `https` needs a feature of `reqwest` for TLS; turn one on in your own `Cargo.toml`.
pub struct RemoteNotificationLog<N = Notification> {
    fetcher: Arc<Fetcher>,
    poll_every: Duration,
    items: PhantomData<fn() -> N>,
}

impl RemoteNotificationLog {
    /// The log at a URL, such as `http://localhost:8000/notifications`. A user and a password in it, as in
    /// `https://user:password@host/notifications`, are brought with every request, and shown nowhere.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`](es_core::error::Error::InvalidSetting) where it is no such URL, or one with a query or a fragment.
    pub fn new(url: impl Into<String>) -> Result<Self> {
        Self::builder(url).build()
    }

    /// The same, with more to say.
    pub fn builder(url: impl Into<String>) -> RemoteBuilder {
        RemoteBuilder::new(url.into())
    }

    /// The same log, where its items are others: [`ArrayItem`](es_structures::ArrayItem)s, where it is one
    /// over a big array.
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
            // Following such an answer would lead anywhere.
            SectionRef::Containing(number) if !section.id.contains(number) => {
                let reason = format!("section {} is not the one of {number}", section.id);
                Err(NotificationError::MalformedSection { reason }.into())
            }
            _ => Ok(section),
        }
    }

    async fn changed(&self, after: RecordId) {
        if let Waited::Untold = self.fetcher.changed(after).await {
            tokio::time::sleep(self.poll_every).await;
        }
    }
}
