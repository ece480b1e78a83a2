use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use es_core::Retry;
use es_core::application::Application;
use es_core::error::{Error, Result};
use es_core::notification_log::{NotificationLog, NotificationMapper};
use es_store::read_model::{ProjectionRow, ReadModel};
use tokio::sync::{Notify, watch};
use tracing::Instrument;
use uuid::Uuid;

use crate::batch::Decoder;
use crate::lease as book;
use crate::lease::{Absent, Claimed, Lease};
use crate::progress::{Phase, Progress};
use crate::projection::Projection;
use crate::running::Running;
use crate::sequence_type::Origin;
use crate::session::{End, Session};
use crate::stop::Stop;

/// Runs a projection: follows a notification log, and calls the handlers with every event, once, in order, in transactions
/// of the read model that keep the position too.
///
/// Of all the runners of a projection, in whatever processes, one has the lease and works; the others wait, and one of them
/// takes over where the lease ends. A runner that has lost it writes nothing any more.
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

/// What the parts of a runner share.
pub(super) struct Shared<P, M> {
    pub(super) projection: Arc<P>,
    pub(super) model: M,
    pub(super) name: Arc<str>,
    pub(super) log: Arc<dyn NotificationLog>,
    pub(super) mapper: NotificationMapper,
    /// Where the first events of sequences are found.
    origin: Origin,
    pub(super) options: Options,
    /// Says that something was asked of it just now.
    pub(super) poke: Arc<Notify>,
    owner: Uuid,
}

impl<P, M> Shared<P, M> {
    pub(super) fn decoder<T>(&self) -> Decoder<P, T>
    where
        P: Projection<T>,
    {
        Decoder::new(self.mapper.clone(), self.origin.clone())
    }
}

/// How a runner works.
pub(super) struct Options {
    pub(super) batch_size: usize,
    pub(super) batch_time: Duration,
    pub(super) retry: Retry,
    pub(super) lease: Duration,
    /// How long it waits for what is out of reach.
    pub(super) outage_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch_size: 1_000,
            batch_time: Duration::from_millis(250),
            retry: Retry::default()
                .attempts(5)
                .wait(Duration::from_millis(50))
                .growth(2.0),
            lease: Duration::from_secs(15),
            outage_wait: Duration::from_millis(250),
        }
    }
}

/// A shorter lease is renewed all the time, and a longer one keeps everybody out after the death of its owner.
const LEASES: RangeInclusive<Duration> =
    Duration::from_millis(10)..=Duration::from_secs(24 * 60 * 60);

impl Options {
    fn check(&self) -> Result<()> {
        if LEASES.contains(&self.lease) {
            return Ok(());
        }
        Err(Error::InvalidSetting {
            setting: "lease",
            reason: format!(
                "it lasts from {:?} to {:?}, not {:?}",
                LEASES.start(),
                LEASES.end(),
                self.lease
            ),
        })
    }
}

/// No sooner does a runner ask again for a lease that another has.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

impl<P: Projection<M::Transaction>, M: ReadModel> Runner<P, M> {
    /// Of the events of an application.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] where its table has no contiguous record ids.
    pub fn new(projection: P, model: M, app: &Application) -> Result<Self> {
        let mapper = NotificationMapper::from(app.event_store());
        let log = app.notification_log()?;
        let mut this = Self::following(projection, model, log, mapper);
        this.shared.origin = Origin::Store(app.event_store().clone());
        Ok(this)
    }

    /// Of the events of a notification log, local or remote, that `mapper` makes of it.
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
                origin: Origin::Log(Arc::clone(&log)),
                log,
                mapper,
                options: Options::default(),
                poke: Arc::default(),
                owner: Uuid::new_v4(),
            },
        }
    }

    /// Keeps the position under another name: that of a rebuild, or of one of several that fill different tables.
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.shared.name = Arc::from(name.as_ref());
        self
    }

    /// Reads as many records for one transaction, if there are so many; 1,000 unless told, at least 1.
    pub fn batch_size(mut self, records: usize) -> Self {
        self.shared.options.batch_size = records.max(1);
        self
    }

    /// Commits what is handled once a transaction has lasted so long; a quarter of a second unless told.
    pub fn batch_time(mut self, longest: Duration) -> Self {
        self.shared.options.batch_time = longest;
        self
    }

    /// How often an event is tried before it becomes a dead letter, and how long it waits between: five times, from 50 ms
    /// on, each wait twice as long as the one before, unless told. Nothing else is handled meanwhile.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.shared.options.retry = retry;
        self
    }

    /// How long the lease lasts, from 10 milliseconds to a day; 15 seconds unless told. After the death of its owner another takes over once it ends. It is
    /// renewed four times as often, and at each of these times it is seen what others ask: to pause, or to take up a dead
    /// letter.
    pub fn lease(mut self, length: Duration) -> Self {
        self.shared.options.lease = length;
        self
    }

    /// Makes the tables of positions where they are absent, and starts, in a task of its own.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`] for a lease that is none; those of the read model's store.
    pub async fn start(self) -> Result<Running<M>> {
        self.shared.options.check()?;
        let setup = self.shared.model.clone();
        let model = self.shared.model.clone();
        model.run(async move { setup.setup().await }).await??;
        let shared = Arc::new(self.shared);
        let (stop, stops) = Stop::new();
        let (progress, shown) = watch::channel(Progress::START);
        let span = tracing::info_span!("projection", name = &*shared.name);
        let life = live(Arc::clone(&shared), stops, progress);
        let task = tokio::spawn(life.instrument(span));
        let of = (Arc::clone(&shared.name), shared.mapper.clone());
        let poke = Arc::clone(&shared.poke);
        Ok(Running::new(model, of, shown, stop, poke, task))
    }
}

/// One lease after another, until it is to stop.
async fn live<P: Projection<M::Transaction>, M: ReadModel>(
    shared: Arc<Shared<P, M>>,
    mut stop: Stop,
    progress: watch::Sender<Progress>,
) -> Result<()> {
    let mut absent = Absent::Made;
    let ended = loop {
        let claimed = match claim(&shared, &mut stop, absent).await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        // Once it has been there it is not made again: what was switched or removed is at its end.
        absent = Absent::Refused;
        let lease = claimed.0.clone();
        tracing::info!(epoch = lease.epoch, position = %claimed.1.position, "has the lease");
        let end = {
            let mut session = Session::new(&shared, claimed, stop.clone(), progress.clone());
            session.run().await
        };
        let ended = match end {
            End::Lost => {
                tracing::warn!(epoch = lease.epoch, "has lost the lease");
                progress.send_modify(|progress| progress.phase = Phase::Waiting);
                continue;
            }
            End::Stopped => Ok(()),
            End::Failed(error) => Err(error),
        };
        let released = book::release(&shared.model, &lease).await;
        break ended.and(released);
    };
    progress.send_modify(|progress| progress.phase = Phase::Ended);
    ended.inspect_err(|error| tracing::error!(%error, "a projection cannot go on"))
}

/// Waits for the lease; none where it is to stop before.
async fn claim<P, M: ReadModel>(
    shared: &Shared<P, M>,
    stop: &mut Stop,
    absent: Absent,
) -> Result<Option<(Lease, ProjectionRow)>> {
    let length = shared.options.lease;
    loop {
        if stop.is_said() {
            return Ok(None);
        }
        let claimed = book::claim(&shared.model, &shared.name, shared.owner, length, absent).await;
        let wait = match claimed {
            Ok(Claimed::Ours(lease, row)) => return Ok(Some((lease, row))),
            // It may be given back before it ends.
            Ok(Claimed::Others(left)) => left.min(length / 4).max(SHORTEST_WAIT),
            Err(error @ (Error::Unavailable(_) | Error::Unknown(_))) => {
                tracing::warn!(%error, "a lease could not be asked for");
                shared.options.outage_wait
            }
            Err(error) => return Err(error),
        };
        if stop.unless(tokio::time::sleep(wait)).await.is_none() {
            return Ok(None);
        }
    }
}
