//! Group commit: contiguous record ids at the speed of plain inserts. One writer for each table and
//! process collects the queued appends into one transaction.
//!
//! ```text
//! append ─▶ queue ─▶ writer: lock ─ drain the queue ─ write and commit ─▶ answer each caller
//! ```
//!
//! 1. The store's lock excludes writers of all processes and is held until the commit is visible.
//!    Record ids are therefore assigned in commit order from the greatest stored id, and a failed
//!    transaction uses none.
//! 2. The queue is drained after the lock is taken, so that appends that arrived during the wait
//!    join the batch.
//! 3. The writer never waits for more appends: a batch gathers during the previous commit.
//!
//! A store implements [`BatchStore`]: lock, write, unlock, find. This module decides everything
//! else once: back-pressure, conflicts within a batch, record ids, answers, lost commits and
//! shutdown.

mod batch;
mod batch_outcomes;
mod batch_store;
#[cfg(test)]
mod fake_store;
#[cfg(test)]
mod loom_tests;
mod plan;
mod queue;
mod queued_append;
#[cfg(test)]
mod tests;
mod writer;

/// The primitives of the queue. The loom tests compile the queue with other primitives.
mod sync {
    pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
}

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::sync::oneshot;

use self::queue::{PushError, Queue};
use self::queued_append::{QueuedAppend, writer_stopped_during_append};
use self::writer::Writer;
use crate::append::Append;
use crate::appended::Appended;
use crate::error::RecordError;

pub use self::batch::{Batch, StatementSize};
pub use self::batch_outcomes::BatchOutcomes;
pub use self::batch_store::{BatchStore, StoredItem, WriteError};
#[doc(hidden)]
pub use self::queued_append::repeat;

/// Capacity of the queue. Callers wait when it is full.
pub const QUEUE_CAPACITY: usize = 4_096;

/// Maximum number of appends per transaction.
pub const MAX_BATCH: usize = 1_000;

/// The callers' handle of the writer. After it is dropped, the writer finishes the queued appends
/// and stops.
pub struct GroupCommit {
    queue: Arc<Queue<QueuedAppend>>,
}

impl GroupCommit {
    /// Starts a writer on its own thread, for a store with blocking calls.
    ///
    /// # Errors
    ///
    /// The system's error if it cannot create the thread.
    pub fn on_thread(name: &str, store: impl BatchStore) -> io::Result<Self> {
        let (this, writer) = Self::with_writer(store);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || block_on(writer))?;
        Ok(this)
    }

    /// Starts a writer as a task of the current runtime, for a store with asynchronous calls.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    #[must_use]
    pub fn on_runtime(store: impl BatchStore) -> Self {
        let (this, writer) = Self::with_writer(store);
        tokio::spawn(writer);
        this
    }

    fn with_writer(store: impl BatchStore) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let queue = Arc::new(Queue::new(QUEUE_CAPACITY));
        let writer = Writer::new(store, queue.clone()).run();
        (Self { queue }, writer)
    }

    /// Appends all items or none, and returns when they are durable. Waits while the queue is full.
    ///
    /// If the future is dropped, either the whole append is stored or nothing.
    ///
    /// # Errors
    ///
    /// The store's error for this append.
    pub async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let (reply, answer) = oneshot::channel();
        match self.queue.push(QueuedAppend { append, reply }).await {
            Ok(()) => {}
            Err(PushError::Closed) => return Err(RecordError::Closed),
            Err(PushError::WriterStopped) => return Err(queued_append::writer_stopped()),
        }
        answer
            .await
            .unwrap_or_else(|_| Err(writer_stopped_during_append()))
    }

    /// Rejects further appends; returns when all accepted appends are answered and the store is
    /// dropped.
    pub async fn close(&self) {
        self.queue.close();
        self.queue.stopped().await;
    }
}

impl Drop for GroupCommit {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Runs a future on this thread without a runtime.
fn block_on(future: impl Future<Output = ()>) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future: Pin<_> = pin!(future);
    while future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
        thread::park();
    }
}
