use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::error::BoxError;

pub(super) type Work = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;
type Report = dyn Fn(&BoxError) + Send + Sync;

/// Does the work of one handler in the order in which it came, in a task of its own.
pub(super) struct Queue {
    /// Where the task takes its work from; none before there is any.
    sender: Mutex<Option<mpsc::UnboundedSender<Work>>>,
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
    /// Outside of a runtime.
    pub(super) fn push(&self, work: Work) -> Result<(), BoxError> {
        let mut sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let work = match &*sender {
            // The task is gone where the runtime is gone in which it ran.
            Some(running) => match running.send(work) {
                Ok(()) => return Ok(()),
                Err(mpsc::error::SendError(work)) => work,
            },
            None => work,
        };
        let runtime = Handle::try_current()?;
        let (new, receiver) = mpsc::unbounded_channel();
        runtime.spawn(run(receiver, Arc::clone(&self.report)));
        new.send(work)
            .map_err(|_| "the runtime is shutting down, and an event was not handled")?;
        *sender = Some(new);
        Ok(())
    }

    /// Answers when all that was pushed before is done.
    pub(super) fn settled(&self) -> oneshot::Receiver<()> {
        let (done, settled) = oneshot::channel();
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*sender {
            let mark = async move {
                // Who asked may have gone.
                let _ = done.send(());
                Ok(())
            };
            // A task that is gone has nothing left to do.
            let _ = sender.send(Box::pin(mark));
        }
        settled
    }
}

async fn run(mut work: mpsc::UnboundedReceiver<Work>, report: Arc<Report>) {
    while let Some(next) = work.recv().await {
        if let Err(error) = caught(next).await {
            report(&error);
        }
    }
}

/// The work, with a panic as an error of it: the next event is handled all the same.
async fn caught(mut work: Work) -> Result<(), BoxError> {
    poll_fn(|context| {
        // The handler's state is its own; ours is not touched.
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
            .unwrap_or_else(|panic| std::task::Poll::Ready(Err(Panicked::from(&*panic).into())))
    })
    .await
}

#[derive(Debug, thiserror::Error)]
#[error("a subscriber panicked: {0}")]
pub(super) struct Panicked(String);

impl From<&(dyn Any + Send)> for Panicked {
    fn from(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Self(
            text.or(panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message")
                .to_owned(),
        )
    }
}
