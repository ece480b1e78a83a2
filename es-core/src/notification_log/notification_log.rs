use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::notification::Notification;
use super::section::{Section, SectionRequest};
use crate::error::Result;

/// How often a log that nobody wakes is looked at unless told.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// An application sequence in linked, numbered sections: local, over a big array, or of another service.
///
/// `Arc<dyn NotificationLog>` is what a [`NotificationReader`](super::reader::NotificationReader) and a server hold. The items
/// are [`Notification`]s, or the [`ArrayItem`](es_structures::ArrayItem)s of a log over a big array.
///
/// # Contract
///
/// 1. Notifications are numbered from 1, in one order for all who ask, and never change.
/// 2. A section holds those of its notifications that are there, in order. It is archived, and has a next one, once its
///    last number or a later one is taken, whether or not a number in it is missing.
/// 3. Who has seen number *n* has all below *n* to see.
#[async_trait]
pub trait NotificationLog<N: 'static = Notification>: Send + Sync + 'static {
    /// The section asked for. Beyond the end it is empty.
    ///
    /// # Errors
    ///
    /// Those of the store; [`Error::Unavailable`](crate::error::Error::Unavailable) where trying again may help.
    async fn section(&self, request: SectionRequest) -> Result<Section<N>>;

    /// Returns when there may be a notification with a number above `after`. It may return too early.
    async fn changed(&self, after: u64) {
        let _ = after;
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

#[async_trait]
impl<N: 'static, L: NotificationLog<N> + ?Sized> NotificationLog<N> for Arc<L> {
    async fn section(&self, request: SectionRequest) -> Result<Section<N>> {
        L::section(self, request).await
    }

    async fn changed(&self, after: u64) {
        L::changed(self, after).await;
    }
}
