//! The batches of a log, each read and decoded while the one before it is handled.

use std::sync::Arc;

use es_core::error::{Error, Result};
use es_core::internal::{BoxFuture, paged};
use es_core::notification_log::{NotificationLog, NotificationReader};
use es_store::RecordId;
use es_store::read_model::ReadModel;

use crate::attempt::EventOf;
use crate::batch::{Batch, Decoder};
use crate::projection::Projection;

/// Who reads, and what was read.
type Filled<P, M> = (Box<Filler<P, M>>, Result<Batch<EventOf<P, M>>>);

/// Gives batches in their order; the next one is on its way before it is asked for.
pub(super) struct Supply<P: Projection<M::Transaction>, M: ReadModel> {
    state: State<P, M>,
}

enum State<P: Projection<M::Transaction>, M: ReadModel> {
    Resting(Box<Filler<P, M>>),
    Filling(BoxFuture<Result<Filled<P, M>>>),
    /// What was on its way did not come back.
    Gone,
}

impl<P: Projection<M::Transaction>, M: ReadModel> Supply<P, M> {
    /// Of what lies behind a position, so many records at once.
    pub(super) fn new(
        log: &Arc<dyn NotificationLog>,
        decoder: Decoder<P, M::Transaction>,
        position: RecordId,
        size: usize,
    ) -> Self {
        let mut reader = NotificationReader::new(Arc::clone(log));
        reader.seek(position);
        Self {
            state: State::Resting(Box::new(Filler {
                reader,
                decoder,
                position,
                size,
                failed: None,
            })),
        }
    }

    /// Reads on, if nothing is on its way.
    pub(super) fn begin(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Gone) {
            State::Resting(mut filler) => State::Filling(paged::spawn(Box::pin(async move {
                let batch = filler.fill().await;
                Ok((filler, batch))
            }))),
            state => state,
        };
    }

    /// What is there, up to the size of a batch. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// Those of the log and of the decoding, once all before is given; asking again tries again.
    pub(super) async fn next(&mut self) -> Result<Batch<EventOf<P, M>>> {
        self.begin();
        let State::Filling(filling) = &mut self.state else {
            return Err(Error::Closed);
        };
        let done = filling.await;
        self.state = State::Gone;
        let (filler, batch) = done?;
        self.state = State::Resting(filler);
        batch
    }
}

struct Filler<P: Projection<M::Transaction>, M: ReadModel> {
    reader: NotificationReader,
    decoder: Decoder<P, M::Transaction>,
    /// The end of the batch before.
    position: RecordId,
    size: usize,
    /// Why it cannot be read on behind what was given.
    failed: Option<Error>,
}

impl<P: Projection<M::Transaction>, M: ReadModel> Filler<P, M> {
    async fn fill(&mut self) -> Result<Batch<EventOf<P, M>>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut batch = Batch {
            from: self.position,
            to: self.position,
            entries: Vec::new(),
        };
        for _ in 0..self.size {
            let Some(next) = self.reader.next().await else {
                // Records that are missing are passed over.
                batch.to = batch.to.max(self.reader.position());
                break;
            };
            let entry = match next {
                Ok(notification) => {
                    let id = notification.record_id;
                    let entry = self.decoder.entry(notification).await;
                    entry.map(|entry| (id, entry))
                }
                Err(error) => Err(error),
            };
            match entry {
                Ok((id, entry)) => {
                    batch.entries.extend(entry);
                    batch.to = id;
                }
                Err(error) => {
                    // What may pass is tried again from here.
                    self.reader.seek(batch.to);
                    if batch.to == batch.from {
                        return Err(error);
                    }
                    // What was read is handled first.
                    self.failed = Some(error);
                    break;
                }
            }
        }
        self.position = batch.to;
        Ok(batch)
    }
}
