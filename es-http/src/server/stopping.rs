//! The stop signal of a server.

use tokio_util::sync::{CancellationToken, DropGuard};

/// The stop signal of a server, for the accept loop and the handlers of live streams.
///
/// A type of its own, because requests carry it as an extension, and a router may have a token too.
#[derive(Clone, Default)]
pub(crate) struct Stopping(CancellationToken);

impl Stopping {
    /// Returns a value that gives the signal when it is dropped.
    pub(super) fn guard(&self) -> DropGuard {
        self.0.clone().drop_guard()
    }

    /// Waits until the server stops.
    pub(crate) async fn wait(self) {
        self.0.cancelled_owned().await;
    }
}
