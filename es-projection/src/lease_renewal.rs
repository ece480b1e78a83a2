//! Keeps a lease, and listens for what is asked of its owner.

use std::sync::Arc;

use es_store::read_model::ReadModel;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::lease as book;
use crate::lease::{Lease, Orders};
use crate::stop::first;

/// A lease is renewed so many times while it lasts.
const RENEWALS: u32 = 4;

/// Whether the lease is still ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Ours(Orders),
    Lost,
}

/// A task that keeps a lease as long as this is not dropped.
pub(super) struct Keeper {
    standing: watch::Receiver<Standing>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Renews now and then, and at once when `poke` says that something was asked.
    pub(super) fn new<M: ReadModel>(
        model: M,
        lease: Lease,
        orders: Orders,
        poke: Arc<Notify>,
    ) -> Self {
        let (sender, mut standing) = watch::channel(Standing::Ours(orders));
        standing.mark_changed();
        let task = tokio::spawn(async move {
            let pause = lease.length / RENEWALS;
            loop {
                let _poked = first(poke.notified(), tokio::time::sleep(pause)).await;
                match book::renew(&model, &lease).await {
                    Ok(Some(orders)) => _ = sender.send_replace(Standing::Ours(orders)),
                    Ok(None) => {
                        sender.send_replace(Standing::Lost);
                        return;
                    }
                    // Where it does not come back in time, another takes over, and the next commit finds out.
                    Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
                }
            }
        });
        Self { standing, task }
    }

    /// What was learnt since this was asked before, if anything was.
    pub(super) fn news(&mut self) -> Option<Standing> {
        match self.standing.has_changed() {
            Ok(false) => None,
            // The task has ended, and has said before why.
            Ok(true) | Err(_) => Some(*self.standing.borrow_and_update()),
        }
    }

    /// Returns when it was renewed since it was looked at, or is lost.
    pub(super) async fn renewed(&mut self) {
        // The sender is gone once the lease is lost, which was said.
        let _ = self.standing.changed().await;
        // Waiting is not looking: what is new is still news.
        self.standing.mark_changed();
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}
