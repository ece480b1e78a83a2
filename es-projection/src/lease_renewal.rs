//! A background task that renews a lease and reads the requests to its owner.

use std::sync::Arc;

use es_store::read_model::ReadModel;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::lease::{Lease, Renewed, renew};

/// Number of renewals within the duration of a lease, so that one that fails can be repeated in time.
const RENEWALS: u32 = 4;

/// The state of a lease after its last renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeaseState {
    Held(Renewed),
    Lost,
}

/// A handle to the task that renews a lease. Dropping it ends the task.
pub(crate) struct LeaseRenewal {
    state: watch::Receiver<LeaseState>,
    task: JoinHandle<()>,
}

impl LeaseRenewal {
    /// Starts the task. `wake` makes it renew at once, so that it reads a new request.
    pub(crate) fn start<M: ReadModel>(
        model: M,
        lease: Lease,
        claimed: Renewed,
        wake: Arc<Notify>,
    ) -> Self {
        let (sender, mut state) = watch::channel(LeaseState::Held(claimed));
        state.mark_changed();
        let task = tokio::spawn(renew_until_lost(model, lease, wake, sender));
        Self { state, task }
    }

    /// Returns the state of the lease if it was renewed or lost since the last call.
    pub(crate) fn take_update(&mut self) -> Option<LeaseState> {
        match self.state.has_changed() {
            Ok(false) => None,
            // `Err` means that the task has ended; the last state is the reason.
            Ok(true) | Err(_) => Some(*self.state.borrow_and_update()),
        }
    }

    /// Waits until there is an update, and leaves it to [`take_update`](Self::take_update).
    pub(crate) async fn wait_for_update(&mut self) {
        // An error means that the task has ended, which is an update as well.
        let _ = self.state.changed().await;
        self.state.mark_changed();
    }
}

impl Drop for LeaseRenewal {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn renew_until_lost<M: ReadModel>(
    model: M,
    lease: Lease,
    wake: Arc<Notify>,
    state: watch::Sender<LeaseState>,
) {
    let interval = lease.duration / RENEWALS;
    loop {
        let _woken = timeout(interval, wake.notified()).await;
        match renew(&model, &lease).await {
            Ok(Some(renewed)) => _ = state.send_replace(LeaseState::Held(renewed)),
            Ok(None) => {
                state.send_replace(LeaseState::Lost);
                return;
            }
            // If no renewal succeeds before the lease expires, another runner claims it, and the next
            // commit is fenced.
            Err(error) => tracing::warn!(%error, "renewing the lease of a projection failed"),
        }
    }
}
