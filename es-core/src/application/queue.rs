//! The queue of an `async` handler.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use es_store::BoxError;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::panics::catch_async;

pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
type Report = dyn Fn(&BoxError) + Send + Sync;

/// The name of subscribers in the message of a panic.
pub(super) const SUBSCRIBER: &str = "a subscriber";

/// The capacity of a queue. Without a limit, a handler that is slower than the publisher would
/// exhaust the memory.
const CAPACITY: usize = 1 << 16;

#[derive(Debug, thiserror::Error)]
#[error(
    "the event is not handled, because the queue of an `async` handler is full ({CAPACITY} \
     events); use a projection if no event may be dropped"
)]
struct QueueFull;

/// Runs the work of one handler in order, in a separate task.
pub(super) struct Queue {
    /// The sender to the task; `None` until the first work arrives.
    sender: Mutex<Option<mpsc::Sender<Work>>>,
    report: Arc<Report>,
}

impl Queue {
    pub(super) fn new(report: impl Fn(&BoxError) + Send + Sync + 'static) -> Self {
        Self {
            sender: Mutex::default(),
            report: Arc::new(report),
        }
    }

    /// Adds work to the queue.
    ///
    /// # Errors
    ///
    /// There is no runtime, or the queue is full.
    pub(super) fn push(&self, work: Work) -> Result<(), BoxError> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let work = match &*sender {
            Some(running) => match running.try_send(work) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(_)) => return Err(QueueFull.into()),
                // The task ended together with the runtime that ran it.
                Err(TrySendError::Closed(work)) => work,
            },
            None => work,
        };
        let runtime = Handle::try_current()?;
        let (new, receiver) = mpsc::channel(CAPACITY);
        runtime.spawn(run(receiver, Arc::clone(&self.report)));
        new.try_send(work).map_err(|_| {
            "the event is not handled, because the runtime is shutting down; close \
                 the application before the runtime ends"
        })?;
        *sender = Some(new);
        Ok(())
    }

    /// Waits until all work that was pushed before is done.
    pub(super) async fn wait_idle(&self) {
        let sender = {
            let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
            sender.clone()
        };
        let Some(sender) = sender else { return };
        let (done, is_done) = oneshot::channel();
        let marker = async move {
            // The receiver is gone if the caller stopped waiting.
            let _ = done.send(());
            Ok(())
        };
        // Both calls fail if the task has ended; then there is no work left.
        let _ = sender.send(Box::pin(marker)).await;
        let _ = is_done.await;
    }
}

async fn run(mut work: mpsc::Receiver<Work>, report: Arc<Report>) {
    while let Some(next) = work.recv().await {
        // An error does not stop the queue: the next event is independent of it.
        if let Err(error) = catch_async(SUBSCRIBER, next).await {
            report(&error);
        }
    }
}
