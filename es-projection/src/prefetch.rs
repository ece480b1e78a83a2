//! Prefetch: the next batch is read and decoded while the current one is handled.

use std::sync::Arc;

use es_core::error::{Error, Result};
use es_core::internal::{BoxFuture, paged};
use es_core::notification_log::{NotificationLog, NotificationReader};
use es_store::RecordId;
use es_store::read_model::ReadModel;

use crate::attempt::EventOf;
use crate::batch::{Batch, Entry};
use crate::decoder::Decoder;
use crate::projection::Projection;

/// The outcome of reading a batch, and the reader, which moves into the background task and back.
type Fetched<P, M> = (Box<BatchReader<P, M>>, Result<Batch<EventOf<P, M>>>);

/// Reads the batches of a log in order, one ahead.
pub(crate) struct BatchPrefetch<P: Projection<M::Transaction>, M: ReadModel> {
    state: State<P, M>,
}

enum State<P: Projection<M::Transaction>, M: ReadModel> {
    Idle(Box<BatchReader<P, M>>),
    Fetching(BoxFuture<Result<Fetched<P, M>>>),
    /// The background task panicked and took the reader along.
    Failed,
}

impl<P: Projection<M::Transaction>, M: ReadModel> BatchPrefetch<P, M> {
    /// Creates a prefetch of the records after a position, with at most `batch_size` records per batch.
    pub(crate) fn new(
        log: &Arc<dyn NotificationLog>,
        decoder: Decoder<P, M::Transaction>,
        position: RecordId,
        batch_size: usize,
    ) -> Self {
        let mut reader = NotificationReader::new(Arc::clone(log));
        reader.seek(position);
        Self {
            state: State::Idle(Box::new(BatchReader {
                reader,
                decoder,
                position,
                batch_size,
                pending_error: None,
            })),
        }
    }

    /// Starts reading the next batch in the background unless it is being read already.
    pub(crate) fn start(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Failed) {
            State::Idle(mut reader) => State::Fetching(paged::spawn(Box::pin(async move {
                let batch = reader.read().await;
                Ok((reader, batch))
            }))),
            state => state,
        };
    }

    /// Returns the next batch; an empty one at the end of the log. Cancel-safe.
    ///
    /// # Errors
    ///
    /// Those of the log and of decoding, after all batches before the failure. The next call reads
    /// from there again.
    pub(crate) async fn next(&mut self) -> Result<Batch<EventOf<P, M>>> {
        self.start();
        let State::Fetching(fetching) = &mut self.state else {
            return Err(Error::Closed);
        };
        let done = fetching.await;
        self.state = State::Failed;
        let (reader, batch) = done?;
        self.state = State::Idle(reader);
        batch
    }
}

struct BatchReader<P: Projection<M::Transaction>, M: ReadModel> {
    reader: NotificationReader,
    decoder: Decoder<P, M::Transaction>,
    /// The position after the last batch.
    position: RecordId,
    batch_size: usize,
    /// An error after the records of the last batch, returned by the next read.
    pending_error: Option<Error>,
}

impl<P: Projection<M::Transaction>, M: ReadModel> BatchReader<P, M> {
    async fn read(&mut self) -> Result<Batch<EventOf<P, M>>> {
        if let Some(error) = self.pending_error.take() {
            return Err(error);
        }
        let mut batch = Batch::empty(self.position);
        for _ in 0..self.batch_size {
            match self.read_record().await {
                Ok(Some((record_id, entry))) => {
                    batch.entries.extend(entry);
                    batch.to = record_id;
                }
                Ok(None) => {
                    // The reader may have passed record ids without records, such as deleted ones.
                    batch.to = batch.to.max(self.reader.position());
                    break;
                }
                Err(error) => {
                    // A transient error is retried from here.
                    self.reader.seek(batch.to);
                    if batch.to == batch.from {
                        return Err(error);
                    }
                    self.pending_error = Some(error);
                    break;
                }
            }
        }
        self.position = batch.to;
        Ok(batch)
    }

    /// Reads a record and decodes it if it has a handler; `None` at the end of the log.
    async fn read_record(&mut self) -> Result<Option<(RecordId, Option<Entry<EventOf<P, M>>>)>> {
        let Some(next) = self.reader.next().await else {
            return Ok(None);
        };
        let notification = next?;
        let record_id = notification.record_id;
        let entry = self.decoder.decode(notification).await?;
        Ok(Some((record_id, entry)))
    }
}
