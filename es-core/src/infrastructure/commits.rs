use std::sync::Arc;

use tokio::sync::watch;

/// Wakes those who wait for events to be stored. All clones are one.
#[derive(Debug, Clone)]
pub struct Commits(Arc<watch::Sender<()>>);

/// One who waits.
#[derive(Debug)]
pub struct CommitsReceiver(watch::Receiver<()>);

impl Commits {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }

    /// Something was stored. Costs next to nothing while nobody waits.
    pub(crate) fn announce(&self) {
        // Nobody waiting is no error.
        let _ = self.0.send(());
    }

    /// Waits for commits from now on.
    #[must_use]
    pub fn subscribe(&self) -> CommitsReceiver {
        CommitsReceiver(self.0.subscribe())
    }
}

impl CommitsReceiver {
    /// Returns when something was stored since it last did, or since the subscription.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            // The store is gone, and nothing will be stored by it.
            std::future::pending::<()>().await;
        }
    }
}
