//! Requests to the writer of a process, and the callers' end of the channel.
//!
//! The group commit of `es_store::kit` has its own queue, which cannot be used here: it refuses every append after it is
//! closed. An append to an application sequence makes several requests, and has stored its items before the last one. It
//! must get its answer even if the table is closed meanwhile. A channel of tokio ends when its last sender is dropped, so an
//! append that holds a sender keeps the writer running.

use std::sync::{Mutex, MutexGuard, PoisonError};

use es_store::{Appended, RecordError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::array::Reference;

/// Capacity of the request channel; senders wait when it is full.
const CAPACITY: usize = 4_096;

/// The channel for the answer to a request.
pub(super) type Reply<T> = oneshot::Sender<Result<T, RecordError>>;

/// A request to the writer.
pub(super) enum Request {
    /// Assigns positions to stored items.
    Assign(Assignment, Reply<Appended>),
    /// Reads the array up to its current end.
    CatchUp(Reply<()>),
    /// Replaces the reference to a deleted item by a tombstone.
    Remove(Removal, Reply<()>),
    /// Removes all references and cleans up the index.
    Clear(IndexCleanup, Reply<()>),
}

/// Stored items that need positions.
pub(super) struct Assignment {
    /// Earlier items of the same sequences that had no position at the last look-up.
    pub(super) earlier: Vec<Reference>,
    pub(super) items: Vec<Reference>,
    /// The lowest possible position of a reference to one of `items`.
    pub(super) lower_bound: u64,
}

/// The removal of the reference to a deleted item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removal {
    pub(super) item: Reference,
    /// A reference from this position on belongs to an item that was stored after the deletion.
    pub(super) upper_bound: u64,
}

/// The end of the index when all references are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndexCleanup {
    Truncate,
    Drop,
}

/// The running writer, and access to it until it is closed.
pub(super) struct WriterHandle {
    state: Mutex<State>,
}

struct State {
    /// `None` after `close`.
    sender: Option<RequestSender>,
    writer: Option<JoinHandle<()>>,
}

/// A sender of requests. The writer keeps running until all senders are dropped.
#[derive(Clone)]
pub(super) struct RequestSender(mpsc::Sender<Request>);

impl RequestSender {
    /// Sends a request and waits for its answer.
    pub(super) async fn call<T>(
        &self,
        request: impl FnOnce(Reply<T>) -> Request,
    ) -> Result<T, RecordError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(request(reply)).await;
        sent.map_err(|_| writer_ended())?;
        answer.await.unwrap_or_else(|_| Err(writer_ended()))
    }
}

impl WriterHandle {
    /// Spawns a writer as a task of the current runtime.
    pub(super) fn spawn<W>(writer: impl FnOnce(mpsc::Receiver<Request>) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (sender, requests) = mpsc::channel(CAPACITY);
        Self {
            state: Mutex::new(State {
                sender: Some(RequestSender(sender)),
                writer: Some(tokio::spawn(writer(requests))),
            }),
        }
    }

    /// Returns a sender of requests.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] after `close`.
    pub(super) fn sender(&self) -> Result<RequestSender, RecordError> {
        self.state().sender.clone().ok_or(RecordError::Closed)
    }

    /// Sends one request and waits for its answer.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] after `close`, and those of the writer.
    pub(super) async fn call<T>(
        &self,
        request: impl FnOnce(Reply<T>) -> Request,
    ) -> Result<T, RecordError> {
        self.sender()?.call(request).await
    }

    /// Hands out no more senders, and waits until the writer has answered all requests.
    pub(super) async fn close(&self) {
        let writer = {
            let mut state = self.state();
            state.sender = None;
            state.writer.take()
        };
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::warn!(%error, "the writer of the application sequence ended before it was closed");
        }
    }

    /// A panic elsewhere leaves the state consistent: each change is one assignment.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of requests to a writer that has ended. Items that it left without positions get them when the store is opened
/// again.
fn writer_ended() -> RecordError {
    RecordError::Unknown {
        source: "the writer of the application sequence has ended, because it panicked or its runtime was shut down; open \
                 the store again"
            .into(),
    }
}
