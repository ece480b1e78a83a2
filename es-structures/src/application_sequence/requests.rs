//! What the writer of a process is asked for, and the side of those who ask.

use std::sync::{Mutex, PoisonError};

use es_store::{Appended, RecordError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::array::Reference;

/// How many asks wait before those who ask wait for room.
const CAPACITY: usize = 4_096;

pub(super) type Reply<T> = oneshot::Sender<Result<T, RecordError>>;

/// What is to be done at the end of the array.
pub(super) enum Ask {
    /// To give positions to stored items.
    Place(Job, Reply<Appended>),
    /// To read the end anew.
    Advance(Reply<()>),
    /// To put a tombstone in the place of an item's reference.
    Remove(Removal, Reply<()>),
    /// To remove everything, and the index with it or what it holds.
    Clear(IndexFate, Reply<()>),
}

/// What becomes of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IndexFate {
    Emptied,
    Dropped,
}

/// An item that was deleted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removal {
    pub(super) item: Reference,
    /// From here on stands, if at all, one of the same name that was stored later.
    pub(super) until: u64,
}

/// Stored items that are to have positions.
pub(super) struct Job {
    /// Some of the same sequences that come before, and had no position when they were looked for.
    pub(super) missing: Vec<Reference>,
    pub(super) items: Vec<Reference>,
    /// No reference to one of the items stands below.
    pub(super) since: u64,
}

/// The writer, as long as it is asked.
pub(super) struct Asks {
    state: Mutex<State>,
}

struct State {
    /// None when it is closed.
    way: Option<Way>,
    writer: Option<JoinHandle<()>>,
}

/// The way to the writer, which does not end before this is dropped.
#[derive(Clone)]
pub(super) struct Way(mpsc::Sender<Ask>);

impl Way {
    /// Asks, and waits for the answer.
    pub(super) async fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, RecordError> {
        let (reply, answer) = oneshot::channel();
        self.0.send(ask(reply)).await.map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

impl Asks {
    /// Starts a writer as a task of the runtime that calls this.
    pub(super) fn of<W>(writer: impl FnOnce(mpsc::Receiver<Ask>) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (asks, received) = mpsc::channel(CAPACITY);
        Self {
            state: Mutex::new(State {
                way: Some(Way(asks)),
                writer: Some(tokio::spawn(writer(received))),
            }),
        }
    }

    /// # Errors
    ///
    /// [`RecordError::Closed`] where it is.
    pub(super) fn way(&self) -> Result<Way, RecordError> {
        self.state().way.clone().ok_or(RecordError::Closed)
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// [`RecordError::Closed`] where it is, and those of the writer.
    pub(super) async fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, RecordError> {
        self.way()?.ask(ask).await
    }

    /// Takes no more asks, and returns when those before are answered.
    pub(super) async fn close(&self) {
        let writer = {
            let mut state = self.state();
            state.way = None;
            state.writer.take()
        };
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::warn!(%error, "the writer of the application sequence ended in the middle");
        }
    }

    /// A panic elsewhere leaves it whole: it is changed by single assignments.
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is stored stays; what of it has no position is given one when the store is opened again.
fn stopped() -> RecordError {
    RecordError::Unknown {
        source: "the writer of the application sequence has ended: it panicked, or its runtime was shut down; open \
                 the store again"
            .into(),
    }
}
