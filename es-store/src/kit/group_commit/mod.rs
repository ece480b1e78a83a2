//! Contiguous record ids at the speed of plain inserts: one writer a table and process collects what is queued into one
//! transaction.
//!
//! ```text
//! append ─▶ queue ─▶ writer: lock ─ drain the queue ─ write and commit ─▶ each caller's answer
//! ```
//!
//! The lock is the store's, across processes, and is held until the commit is visible: so ids are given in commit order,
//! from the greatest that is there, and a transaction that fails uses none. The queue is drained behind the lock, so that
//! all that came while it was waited for goes into one commit. Nothing waits for company: the commit before is what
//! gathers the next batch.
//!
//! A store implements [`BatchStore`]: lock, write, unlock, find. Everything else is decided here, once: back-pressure,
//! conflicts within a batch, ids, answers, lost commits, the end.

mod answer;
mod batch;
#[cfg(test)]
mod fake;
mod outcomes;
mod plan;
mod queue;
#[cfg(test)]
mod schedules;
mod store;
#[cfg(test)]
mod tests;
mod writer;

/// What the queue is made of. The schedule tests compile it against other primitives.
mod sync {
    pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
}

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use tokio::sync::oneshot;

use self::answer::{Job, stopped_in_between};
use self::queue::{Queue, Refused};
use self::writer::Writer;
use crate::append::Append;
use crate::appended::Appended;
use crate::error::RecordError;
use crate::sequenced_item::SequencedItem;

#[doc(hidden)]
pub use self::answer::repeat;
pub use self::batch::{Batch, StatementSize};
pub use self::outcomes::Outcomes;
pub use self::store::{BatchStore, Found, WriteError};

/// How many appends wait in the queue before callers wait for room in it.
pub const QUEUE_CAPACITY: usize = 4_096;

/// How many appends go into one transaction at most.
pub const MAX_BATCH: usize = 1_000;

/// The callers' side of the one writer. Dropping it lets the writer finish what it has, and ends it.
pub struct GroupCommit {
    queue: Arc<Queue<Job>>,
}

impl GroupCommit {
    /// A writer on a thread of its own, for a store whose calls block.
    ///
    /// # Errors
    ///
    /// Where the system refuses the thread.
    pub fn on_thread(name: &str, store: impl BatchStore) -> io::Result<Self> {
        let (this, writer) = Self::with_writer(store);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || block_on(writer))?;
        Ok(this)
    }

    /// A writer as a task of the runtime that calls this, for a store whose calls are asynchronous.
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

    /// Appends all items, or none, and answers when they are durable. Waits while the queue is full.
    ///
    /// Dropping the future leaves either the whole append or nothing.
    ///
    /// # Errors
    ///
    /// What the store says of this append.
    pub async fn append(&self, append: Append) -> Result<Appended, RecordError> {
        let (reply, answer) = oneshot::channel();
        match self.queue.push(Job { append, reply }).await {
            Ok(()) => {}
            Err(Refused::Closed) => return Err(RecordError::Closed),
            Err(Refused::Stopped) => return Err(answer::stopped()),
        }
        answer.await.unwrap_or_else(|_| Err(stopped_in_between()))
    }

    /// Refuses further appends, and returns when all that were accepted are answered and the store is dropped.
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

/// Runs a future on this thread, without a runtime.
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
