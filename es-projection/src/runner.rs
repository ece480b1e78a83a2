//! The runner of a projection, and its loop: claim the lease, run a session, repeat.

use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::application::Application;
use es_core::error::{Error, Result};
use es_core::internal::check_topics;
use es_core::notification_log::{NotificationLog, NotificationMapper};
use es_store::read_model::{ProjectionRow, ReadModel};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::decoder::Decoder;
use crate::lease::{self, Claim, IfAbsent, Lease};
use crate::options::Options;
use crate::progress::{Phase, Progress};
use crate::projection::Projection;
use crate::running::Running;
use crate::sequence_type::FirstEvents;
use crate::session::{Session, SessionEnd};

/// Runs a projection: follows a notification log and calls the handlers with each event once, in
/// order, in transactions that also store the position.
///
/// Any number of runners of a projection may be started, in any processes. One has the lease and
/// works. The others wait, and one of them takes over when the owner stops or its lease expires. An
/// owner that has lost its lease is fenced: its transaction is rolled back.
///
/// ```no_run
/// # async fn example<P, M>(app: es_core::application::Application, balances: P, model: M) -> es_core::error::Result<()>
/// # where M: es_store::read_model::ReadModel, P: es_projection::Projection<M::Transaction> {
/// use std::time::Duration;
///
/// use es_projection::Runner;
///
/// let running = Runner::new(balances, model, &app)?.start().await?;
/// running.wait_for(120, Duration::from_secs(5)).await?;
/// running.stop().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a runner does nothing until it is started"]
pub struct Runner<P, M> {
    shared: Shared<P, M>,
}

/// The parts of a runner that its sessions use.
pub(crate) struct Shared<P, M> {
    pub(crate) projection: Arc<P>,
    pub(crate) model: M,
    pub(crate) name: Arc<str>,
    pub(crate) log: Arc<dyn NotificationLog>,
    pub(crate) mapper: NotificationMapper,
    first_events: FirstEvents,
    pub(crate) options: Options,
    /// Wakes the lease renewal, so that it reads a request of this process at once.
    pub(crate) wake_renewal: Arc<Notify>,
    owner: Uuid,
}

impl<P, M> Shared<P, M> {
    pub(crate) fn decoder<T>(&self) -> Decoder<P, T>
    where
        P: Projection<T>,
    {
        Decoder::new(self.mapper.clone(), self.first_events.clone())
    }
}

/// Minimum wait between two claims of a lease that another runner has.
const MIN_CLAIM_INTERVAL: Duration = Duration::from_millis(10);

impl<P: Projection<M::Transaction>, M: ReadModel> Runner<P, M> {
    /// Creates a runner that follows the events of an application.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the application's table has no contiguous record ids.
    pub fn new(projection: P, model: M, app: &Application) -> Result<Self> {
        let mapper = NotificationMapper::from(app.event_store());
        let log = app.notification_log()?;
        let mut this = Self::following(projection, model, log, mapper);
        this.shared.first_events = FirstEvents::Store(app.event_store().clone());
        Ok(this)
    }

    /// Creates a runner that follows a notification log, local or remote, whose notifications `mapper`
    /// can decrypt.
    pub fn following(
        projection: P,
        model: M,
        log: impl NotificationLog,
        mapper: NotificationMapper,
    ) -> Self {
        let log: Arc<dyn NotificationLog> = Arc::new(log);
        Self {
            shared: Shared {
                projection: Arc::new(projection),
                model,
                name: Arc::from(P::NAME),
                first_events: FirstEvents::Log(Arc::clone(&log)),
                log,
                mapper,
                options: Options::default(),
                wake_renewal: Arc::default(),
                owner: Uuid::new_v4(),
            },
        }
    }

    /// Sets the name under which the position is stored, for a rebuild or for one of several
    /// projections of the same type. Default: [`Projection::NAME`].
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.shared.name = Arc::from(name.as_ref());
        self
    }

    /// Sets the maximum number of records per transaction. Default: 1,000; 0 is treated as 1.
    pub fn batch_size(mut self, records: usize) -> Self {
        self.shared.options.batch_size = records.max(1);
        self
    }

    /// Sets the duration after which a transaction is committed before the end of its batch. Default:
    /// 250 ms.
    pub fn batch_time(mut self, at_most: Duration) -> Self {
        self.shared.options.batch_time = at_most;
        self
    }

    /// Sets the attempts for an event whose handler fails, before the event becomes a dead letter.
    /// Default: 5 attempts; the first wait is 50 ms, and each further wait is twice as long.
    ///
    /// The runner handles no other events while it retries one.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.shared.options.retry = retry;
        self
    }

    /// Sets the duration of the lease, from 10 ms to 24 hours. Default: 15 s.
    ///
    /// If the owner dies, another runner takes over when the lease expires. The owner renews it four
    /// times within its duration. Each renewal also reads requests of other processes: to pause, to
    /// resume, or to retry or skip a dead letter.
    pub fn lease(mut self, duration: Duration) -> Self {
        self.shared.options.lease = duration;
        self
    }

    /// Creates the tables of positions if they are absent, and starts the runner in a task.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] for a lease that is too short or too long; those of the read model.
    pub async fn start(self) -> Result<Running<M>> {
        self.shared.options.check()?;
        // An application has checked them when it was opened.
        if let FirstEvents::Log(_) = self.shared.first_events {
            check_topics()?;
        }
        let model = self.shared.model.clone();
        let setup = model.clone();
        model.run(async move { setup.setup().await }).await??;
        let shared = Arc::new(self.shared);
        let cancellation = CancellationToken::new();
        let (sender, progress) = watch::channel(Progress::START);
        let span = tracing::info_span!("projection", name = &*shared.name);
        let run = run(Arc::clone(&shared), cancellation.clone(), sender);
        Ok(Running {
            model,
            name: Arc::clone(&shared.name),
            mapper: shared.mapper.clone(),
            progress,
            cancel_on_drop: cancellation.drop_guard(),
            wake_renewal: Arc::clone(&shared.wake_renewal),
            task: tokio::spawn(run.instrument(span)),
        })
    }
}

/// Runs one session for each lease, until the runner is cancelled or fails.
async fn run<P: Projection<M::Transaction>, M: ReadModel>(
    shared: Arc<Shared<P, M>>,
    cancellation: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<()> {
    let mut if_absent = IfAbsent::Create;
    let ended = loop {
        let (lease, row) = match claim(&shared, &cancellation, if_absent).await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        // A projection that disappears later was switched or removed, which ends its runner.
        if_absent = IfAbsent::Fail;
        tracing::info!(epoch = lease.epoch, position = %row.position, "claimed the lease of a projection");
        let claimed = (lease.clone(), row);
        let end = Session::new(&shared, claimed, cancellation.clone(), progress.clone())
            .run()
            .await;
        let ended = match end {
            SessionEnd::LeaseLost => {
                tracing::warn!(epoch = lease.epoch, "lost the lease of a projection");
                progress.send_modify(|progress| progress.phase = Phase::Waiting);
                continue;
            }
            SessionEnd::Cancelled => Ok(()),
            SessionEnd::Failed(error) => Err(error),
        };
        let released = lease::release(&shared.model, &lease).await;
        break ended.and(released);
    };
    progress.send_modify(|progress| progress.phase = Phase::Ended);
    ended.inspect_err(|error| tracing::error!(%error, "a projection ended with an error"))
}

/// Waits until the lease is granted; `None` if the runner is cancelled before.
async fn claim<P, M: ReadModel>(
    shared: &Shared<P, M>,
    cancellation: &CancellationToken,
    if_absent: IfAbsent,
) -> Result<Option<(Lease, ProjectionRow)>> {
    let (model, name, duration) = (&shared.model, &shared.name, shared.options.lease);
    while !cancellation.is_cancelled() {
        let claim = lease::claim(model, name, shared.owner, duration, if_absent).await;
        let wait = match claim {
            Ok(Claim::Granted(lease, row)) => return Ok(Some((lease, row))),
            // The owner may release the lease before it expires.
            Ok(Claim::Denied(left)) => left.min(duration / 4).max(MIN_CLAIM_INTERVAL),
            Err(error @ (Error::Unavailable(_) | Error::Unknown(_))) => {
                tracing::warn!(%error, "claiming the lease of a projection failed; it is retried");
                shared.options.backoff
            }
            Err(error) => return Err(error),
        };
        cancellation.run_until_cancelled(sleep(wait)).await;
    }
    Ok(None)
}
