//! A session: the work of a runner from claiming a lease until it loses the lease or ends.

use std::collections::HashSet;
use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use es_core::error::{Error, ProjectionError, Result};
use es_core::notification_log::SectionRequest;
use es_store::RecordId;
use es_store::read_model::{Mode, ProjectionRow, ProjectionTables, ReadModel};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::attempt::{AttemptContext, EventOf};
use crate::batch::Batch;
use crate::decoder::Decoder;
use crate::lease::{Lease, Renewed};
use crate::lease_renewal::{LeaseRenewal, LeaseState};
use crate::prefetch::BatchPrefetch;
use crate::progress::{Phase, Progress, RateMeter};
use crate::projection::Projection;
use crate::runner::Shared;
use crate::telemetry::Telemetry;
use crate::transaction::{Work, transact};

/// The reason for the end of a session.
pub(crate) enum SessionEnd {
    /// The runner was cancelled.
    Cancelled,
    /// Another runner has the lease, or the outcome of a commit is unknown and the row has to be read
    /// again.
    LeaseLost,
    /// The projection cannot continue.
    Failed(Error),
}

impl From<Error> for SessionEnd {
    fn from(error: Error) -> Self {
        match error {
            // The row tells whether the commit succeeded; claiming the lease reads it.
            Error::Unknown(_) => Self::LeaseLost,
            error => Self::Failed(error),
        }
    }
}

/// The state of a session. `processing.rs` and `dead_letters.rs` hold the rest of its methods.
pub(crate) struct Session<P: Projection<M::Transaction>, M: ReadModel> {
    pub(crate) shared: Arc<Shared<P, M>>,
    cancellation: CancellationToken,
    progress: watch::Sender<Progress>,
    renewal: LeaseRenewal,
    prefetch: BatchPrefetch<P, M>,
    /// Decodes dead letters, which do not come from the log.
    pub(crate) decoder: Decoder<P, M::Transaction>,
    /// The current batch and its context; `None` while an attempt has it.
    pub(crate) context: Option<AttemptContext<P, M>>,
    pub(crate) position: RecordId,
    rate: RateMeter,
    head_read_at: Option<Instant>,
    pub(crate) telemetry: Telemetry,
    mode: Mode,
}

/// Minimum interval between two reads of the head of the log.
const HEAD_INTERVAL: Duration = Duration::from_secs(1);

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    pub(crate) fn new(
        shared: &Arc<Shared<P, M>>,
        (lease, row): (Lease, ProjectionRow),
        cancellation: CancellationToken,
        progress: watch::Sender<Progress>,
    ) -> Self {
        // Requests that were made while no runner had the lease are read first.
        let claimed = Renewed {
            mode: row.mode,
            has_requests: true,
        };
        let (model, wake) = (shared.model.clone(), Arc::clone(&shared.wake_renewal));
        let batch_size = shared.options.batch_size;
        Self {
            renewal: LeaseRenewal::start(model, lease.clone(), claimed, wake),
            prefetch: BatchPrefetch::new(&shared.log, shared.decoder(), row.position, batch_size),
            decoder: shared.decoder(),
            context: Some(AttemptContext {
                projection: Arc::clone(&shared.projection),
                model: shared.model.clone(),
                lease,
                batch: Batch::empty(row.position),
                blocked: HashSet::new(),
                batch_time: shared.options.batch_time,
            }),
            position: row.position,
            rate: RateMeter::new(row.position),
            head_read_at: None,
            telemetry: Telemetry::new(&shared.name),
            mode: row.mode,
            cancellation,
            progress,
            shared: Arc::clone(shared),
        }
    }

    /// Runs until the session ends.
    pub(crate) async fn run(mut self) -> SessionEnd {
        match self.run_loop().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn run_loop(&mut self) -> Result<Infallible, SessionEnd> {
        self.load_blocked().await?;
        self.publish(Phase::CatchingUp);
        loop {
            self.check_cancelled()?;
            self.apply_renewal().await?;
            self.read_head().await?;
            if self.mode == Mode::Paused {
                self.publish(Phase::Paused);
                self.wait(pending()).await?;
                continue;
            }
            let Some(batch) = self.next_batch().await? else {
                continue;
            };
            if batch.to > batch.from {
                let span = tracing::debug_span!("batch", from = %batch.from, to = %batch.to, events = batch.entries.len());
                self.process(batch).instrument(span).await?;
            } else {
                self.publish_live();
                let (log, position) = (Arc::clone(&self.shared.log), self.position);
                self.wait(async move { log.changed(position).await })
                    .await?;
            }
        }
    }

    /// Reads which aggregates have dead letters.
    async fn load_blocked(&mut self) -> Result<(), SessionEnd> {
        let name = Arc::clone(&self.shared.name);
        let blocked = self.read(move |model, transaction| {
            Box::pin(async move {
                let tables = model.tables();
                Ok(tables.blocked_aggregates(transaction, &name).await?)
            })
        });
        let blocked = blocked.await?;
        self.context()?.blocked = blocked.into_iter().collect();
        self.publish_blocked()
    }

    /// Applies the mode and the requests that the last renewal of the lease has read.
    async fn apply_renewal(&mut self) -> Result<(), SessionEnd> {
        match self.renewal.take_update() {
            None => Ok(()),
            Some(LeaseState::Lost) => Err(SessionEnd::LeaseLost),
            Some(LeaseState::Held(renewed)) => {
                self.mode = renewed.mode;
                if renewed.has_requests && renewed.mode == Mode::Active {
                    self.process_requests().await?;
                }
                Ok(())
            }
        }
    }

    /// Reads the last record id of the log, if the last read is long enough ago. A projection beyond
    /// it follows another log than the one that it was built from.
    async fn read_head(&mut self) -> Result<(), SessionEnd> {
        if self
            .head_read_at
            .is_some_and(|at| at.elapsed() < HEAD_INTERVAL)
        {
            return Ok(());
        }
        let log = Arc::clone(&self.shared.log);
        let section = log.section(SectionRequest::current());
        let section = match unless_cancelled(&self.cancellation, section).await? {
            Ok(section) => section,
            Err(error) => return self.back_off(error).await,
        };
        // An empty current section begins after the last record.
        let before = section.id.first().previous();
        let head = section.items.last().map_or(before, |item| item.record_id);
        if head < self.position {
            let beyond_log = ProjectionError::BeyondLog {
                name: self.shared.name.to_string(),
                position: self.position,
                head,
            };
            return Err(Error::from(beyond_log).into());
        }
        self.head_read_at = Some(Instant::now());
        self.progress.send_modify(|progress| progress.head = head);
        Ok(())
    }

    /// Returns the next batch, an empty one at the end of the log; `None` after a transient error.
    async fn next_batch(&mut self) -> Result<Option<Batch<EventOf<P, M>>>, SessionEnd> {
        match unless_cancelled(&self.cancellation, self.prefetch.next()).await? {
            Ok(batch) => {
                // At the end of the log there is nothing to prefetch.
                if batch.to > batch.from {
                    self.prefetch.start();
                }
                Ok(Some(batch))
            }
            Err(error) => self.back_off(error).await.map(|()| None),
        }
    }

    /// Reads from the database in a transaction, and repeats it while the database is unavailable.
    pub(crate) async fn read<T: Send + 'static>(
        &mut self,
        work: impl for<'t> FnOnce(&'t M, &'t mut M::Transaction) -> Work<'t, T> + Clone + Send + 'static,
    ) -> Result<T, SessionEnd> {
        loop {
            match transact(&self.shared.model, work.clone()).await {
                Ok(found) => return Ok(found),
                Err(error) => self.back_off(error).await?,
            }
        }
    }

    /// Waits for the backoff after a transient error; ends the session after any other.
    pub(crate) async fn back_off(&mut self, error: Error) -> Result<(), SessionEnd> {
        let Error::Unavailable(_) = &error else {
            return Err(error.into());
        };
        tracing::warn!(%error, "a projection waits for a store or a log that is unavailable");
        self.sleep(self.shared.options.backoff).await
    }

    /// Waits until an event happens or the lease is renewed or lost.
    async fn wait(&mut self, event: impl Future<Output = ()>) -> Result<(), SessionEnd> {
        let either = either(event, self.renewal.wait_for_update());
        unless_cancelled(&self.cancellation, either).await
    }

    pub(crate) async fn sleep(&mut self, duration: Duration) -> Result<(), SessionEnd> {
        unless_cancelled(&self.cancellation, sleep(duration)).await
    }

    pub(crate) fn check_cancelled(&self) -> Result<(), SessionEnd> {
        if self.cancellation.is_cancelled() {
            return Err(SessionEnd::Cancelled);
        }
        Ok(())
    }

    pub(crate) fn context(&mut self) -> Result<&mut AttemptContext<P, M>, SessionEnd> {
        // It is absent only after an attempt whose future was dropped, which ends the session.
        self.context.as_mut().ok_or(SessionEnd::LeaseLost)
    }

    pub(crate) fn publish_blocked(&mut self) -> Result<(), SessionEnd> {
        let blocked = self.context()?.blocked.len();
        self.progress
            .send_modify(|progress| progress.blocked_aggregates = blocked);
        Ok(())
    }

    /// Publishes that the end of the log is reached.
    fn publish_live(&mut self) {
        let position = self.position;
        self.progress
            .send_modify(|progress| progress.head = position);
        self.publish(Phase::Live);
    }

    /// Publishes the position, the rate and the phase.
    pub(crate) fn publish(&mut self, phase: Phase) {
        let (position, rate) = (self.position, self.rate.rate(self.position));
        self.progress.send_modify(|progress| {
            progress.move_to(position);
            progress.rate = rate;
            progress.phase = phase;
        });
        self.telemetry.set_progress(&self.progress.borrow());
    }
}

/// Runs cancel-safe work; ends the session if the runner is cancelled meanwhile.
async fn unless_cancelled<T>(
    cancellation: &CancellationToken,
    work: impl Future<Output = T>,
) -> Result<T, SessionEnd> {
    let done = cancellation.run_until_cancelled(work).await;
    done.ok_or(SessionEnd::Cancelled)
}

/// Waits until one of two futures completes. `tokio::select!` would do the same, but adds the crate
/// of tokio's macros to every program.
async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => other.as_mut().poll(context),
    })
    .await;
}
