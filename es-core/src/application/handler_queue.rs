use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use es_store::BoxError;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::panics::caught_work;

pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
type Report = dyn Fn(&BoxError) + Send + Sync;

/// Who panics, where one does.
pub(super) const SUBSCRIBER: &str = "a subscriber";

/// So much work waits at most: a handler that is always slower than what is published would fill the memory.
const MOST: usize = 1 << 16;

#[derive(Debug, thiserror::Error)]
#[error(
    "{MOST} events wait for an `async` handler already: what comes now is not handled by it; what must see every event \
     follows the application's sequence"
)]
struct Full;

/// Does the work of one handler in the order in which it came, in a task of its own.
pub(super) struct Queue {
    /// Where the task takes its work from; none before there is any.
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

    /// Takes work, which is done soon.
    ///
    /// # Errors
    ///
    /// Outside of a runtime, and where too much waits already.
    pub(super) fn push(&self, work: Work) -> Result<(), BoxError> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let work = match &*sender {
            Some(running) => match running.try_send(work) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Full(_)) => return Err(Full.into()),
                // The task is gone where the runtime is gone in which it ran.
                Err(TrySendError::Closed(work)) => work,
            },
            None => work,
        };
        let runtime = Handle::try_current()?;
        let (new, receiver) = mpsc::channel(MOST);
        runtime.spawn(run(receiver, Arc::clone(&self.report)));
        new.try_send(work)
            .map_err(|_| "the runtime is shutting down, and an event was not handled")?;
        *sender = Some(new);
        Ok(())
    }

    /// Returns when all that was pushed before is done.
    pub(super) async fn settled(&self) {
        let sender = {
            let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
            sender.clone()
        };
        let Some(sender) = sender else { return };
        let (done, settled) = oneshot::channel();
        let mark = async move {
            // Who asked may have gone.
            let _ = done.send(());
            Ok(())
        };
        // A task that is gone has nothing left to do, and answers nothing.
        let _ = sender.send(Box::pin(mark)).await;
        let _ = settled.await;
    }
}

async fn run(mut work: mpsc::Receiver<Work>, report: Arc<Report>) {
    while let Some(next) = work.recv().await {
        // The next event is handled all the same.
        if let Err(error) = caught_work(SUBSCRIBER, next).await {
            report(&error);
        }
    }
}
