//! The trait of notification logs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use es_store::RecordId;

use super::notification::Notification;
use super::section::Section;
use super::section_request::SectionRequest;
use crate::error::Result;

/// The default interval at which followers poll a log.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// An application sequence in linked, numbered sections: that of a local store, of a big array or
/// of another service.
///
/// A [`NotificationReader`](super::reader::NotificationReader) and a server hold an
/// `Arc<dyn NotificationLog>`. The items are [`Notification`]s, or in the log of a big array its
/// items.
///
/// # Contract
///
/// 1. Notifications are numbered from 1, in the same order for all readers, and never change.
/// 2. A section contains those of its notifications that exist, in order. It is archived, and has a
///    next section, once its last record id or a later one is taken, even if a record id in it is
///    missing.
/// 3. A reader that has seen record id *n* can see every record id below *n*.
#[async_trait]
pub trait NotificationLog<N: 'static = Notification>: Send + Sync + 'static {
    /// Returns the requested section. A section after the end of the log is empty.
    ///
    /// # Errors
    ///
    /// Those of the store; [`Error::Unavailable`](crate::error::Error::Unavailable) if a retry may
    /// help.
    async fn section(&self, request: SectionRequest) -> Result<Section<N>>;

    /// Waits until there may be a notification after `after`. It may return too early.
    async fn changed(&self, after: RecordId) {
        let _ = after;
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

#[async_trait]
impl<N: 'static, L: NotificationLog<N> + ?Sized> NotificationLog<N> for Arc<L> {
    async fn section(&self, request: SectionRequest) -> Result<Section<N>> {
        L::section(self, request).await
    }

    async fn changed(&self, after: RecordId) {
        L::changed(self, after).await;
    }
}
