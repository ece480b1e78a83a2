//! The stop signal of a server.

use tokio::sync::watch;

/// The stop signal of a server, for the accept loop and the handlers of live streams.
#[derive(Clone)]
pub(crate) struct Stopping(watch::Receiver<()>);

impl Stopping {
    /// Creates a signal that is given by dropping the sender.
    pub(super) fn new(stop: watch::Receiver<()>) -> Self {
        Self(stop)
    }

    /// Waits until the server stops.
    pub(crate) async fn wait(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}
