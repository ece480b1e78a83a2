//! What an owner of a lease does until it stops, or loses it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use es_core::Retry;
use es_core::error::{Error, ProjectionError, Result};
use es_core::notification_log::SectionRequest;
use es_store::read_model::{Mode, ProjectionRow, ProjectionTables, ReadModel, Rollback};
use es_store::{RecordError, RecordId};
use tokio::sync::watch;
use tracing::Instrument;

use crate::attempt::{EventOf, Job, Task, Tried};
use crate::batch::{Batch, Decoder};
use crate::lease as book;
use crate::lease::{Lease, Orders, Work};
use crate::lease_renewal::{Keeper, Standing};
use crate::prefetch::Supply;
use crate::progress::{Meter, Phase, Progress};
use crate::projection::Projection;
use crate::runner::Shared;
use crate::stop::{Stop, first};
use crate::telemetry::Telemetry;

/// Why a session ended.
pub(super) enum End {
    /// It was told to stop.
    Stopped,
    /// Another has the lease, or nobody knows what was committed: the row is to be read again.
    Lost,
    /// It cannot go on.
    Failed(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            // What was committed is not known, and stands in the row.
            Error::Unknown(_) => Self::Lost,
            error => Self::Failed(error),
        }
    }
}

pub(super) struct Session<P: Projection<M::Transaction>, M: ReadModel> {
    pub(super) shared: Arc<Shared<P, M>>,
    pub(super) stop: Stop,
    pub(super) progress: watch::Sender<Progress>,
    keeper: Keeper,
    supply: Supply<P, M>,
    /// For dead letters, which are not read of the log.
    pub(super) decoder: Decoder<P, M::Transaction>,
    /// The batch in hand, and what goes with it; taken while a try runs elsewhere.
    pub(super) job: Option<Job<P, M>>,
    pub(super) position: RecordId,
    meter: Meter,
    /// When the end of the log was looked at.
    looked: Option<Instant>,
    telemetry: Telemetry,
    mode: Mode,
}

/// The end of the log is looked at no more often.
const LOOKS: Duration = Duration::from_secs(1);

impl<P: Projection<M::Transaction>, M: ReadModel> Session<P, M> {
    pub(super) fn new(
        shared: &Arc<Shared<P, M>>,
        (lease, row): (Lease, ProjectionRow),
        stop: Stop,
        progress: watch::Sender<Progress>,
    ) -> Self {
        let orders = Orders {
            mode: row.mode,
            asks: true,
        };
        let poke = Arc::clone(&shared.poke);
        let keeper = Keeper::new(shared.model.clone(), lease.clone(), orders, poke);
        let job = Job {
            projection: Arc::clone(&shared.projection),
            model: shared.model.clone(),
            lease,
            batch: Batch::none(row.position),
            parked: HashSet::new(),
            longest: shared.options.batch_time,
        };
        Self {
            stop,
            progress,
            keeper,
            supply: Supply::new(
                &shared.log,
                shared.decoder(),
                row.position,
                shared.options.batch_size,
            ),
            decoder: shared.decoder(),
            looked: None,
            job: Some(job),
            position: row.position,
            meter: Meter::new(row.position),
            telemetry: Telemetry::new(&shared.name),
            mode: row.mode,
            shared: Arc::clone(shared),
        }
    }

    /// Never returns without an end.
    pub(super) async fn run(&mut self) -> End {
        match self.go_on().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn go_on(&mut self) -> Result<std::convert::Infallible, End> {
        self.load_parked().await?;
        self.show(Phase::CatchingUp);
        loop {
            self.follow_orders().await?;
            self.look_at_head().await?;
            if self.mode == Mode::Paused {
                self.show(Phase::Paused);
                self.wait(std::future::pending()).await?;
                continue;
            }
            let Some(batch) = self.next_batch().await? else {
                continue;
            };
            if batch.to > batch.from {
                let span = tracing::debug_span!("batch", from = %batch.from, to = %batch.to, events = batch.entries.len());
                self.apply(batch).instrument(span).await?;
            } else {
                self.show_live();
                let (log, position) = (Arc::clone(&self.shared.log), self.position);
                self.wait(async move { log.changed(position).await })
                    .await?;
            }
        }
    }

    async fn load_parked(&mut self) -> Result<(), End> {
        let name = Arc::clone(&self.shared.name);
        let parked = self.read(move |model, transaction| {
            Box::pin(async move { Ok(model.tables().parked(transaction, &name).await?) })
        });
        let parked = parked.await?;
        self.job()?.parked = parked.into_iter().collect();
        self.count_parked()
    }

    /// Asks for the last record, now and then. A projection that is beyond it follows another log than before.
    async fn look_at_head(&mut self) -> Result<(), End> {
        if self.looked.is_some_and(|last| last.elapsed() < LOOKS) {
            return Ok(());
        }
        let section = self.shared.log.section(SectionRequest::current());
        let section = match self.stop.unless(section).await {
            None => return Err(End::Stopped),
            Some(Err(error)) => return self.bear(error).await,
            Some(Ok(section)) => section,
        };
        // An empty one that is current begins behind the last record.
        let before = section.id.first().previous();
        let head = section.items.last().map_or(before, |item| item.record_id);
        let position = self.position;
        if head < position {
            let name = self.shared.name.to_string();
            let beyond = ProjectionError::BeyondLog {
                name,
                position,
                head,
            };
            return Err(Error::from(beyond).into());
        }
        self.looked = Some(Instant::now());
        self.progress.send_modify(|progress| progress.head = head);
        Ok(())
    }

    async fn follow_orders(&mut self) -> Result<(), End> {
        if self.stop.is_said() {
            return Err(End::Stopped);
        }
        match self.keeper.news() {
            None => Ok(()),
            Some(Standing::Lost) => Err(End::Lost),
            Some(Standing::Ours(orders)) => {
                self.mode = orders.mode;
                if orders.asks && orders.mode == Mode::Active {
                    self.answer_letters().await?;
                }
                Ok(())
            }
        }
    }

    /// Waits until something happened, or something is asked of us.
    async fn wait(&mut self, happened: impl Future<Output = ()>) -> Result<(), End> {
        let renewed = self.keeper.renewed();
        let either = async {
            let _either = first(happened, renewed).await;
        };
        match self.stop.unless(either).await {
            Some(()) => Ok(()),
            None => Err(End::Stopped),
        }
    }

    /// What comes next, which is nothing at the end of the log; none where that is not known for now.
    async fn next_batch(&mut self) -> Result<Option<Batch<EventOf<P, M>>>, End> {
        match self.stop.unless(self.supply.next()).await {
            None => Err(End::Stopped),
            Some(Ok(batch)) => {
                if batch.to > batch.from {
                    // Read while this one is handled.
                    self.supply.begin();
                }
                Ok(Some(batch))
            }
            Some(Err(error)) => self.bear(error).await.map(|()| None),
        }
    }

    /// Reads in a transaction, until the store answers.
    pub(super) async fn read<T: Send + 'static>(
        &mut self,
        work: impl for<'t> FnOnce(&'t M, &'t mut M::Transaction) -> Work<'t, T> + Clone + Send + 'static,
    ) -> Result<T, End> {
        loop {
            match book::transact(&self.shared.model, work.clone()).await {
                Ok(found) => return Ok(found),
                Err(error) => self.bear(error).await?,
            }
        }
    }

    /// Waits a while after an error that may pass; ends with any other.
    pub(super) async fn bear(&mut self, error: Error) -> Result<(), End> {
        let Error::Unavailable(_) = &error else {
            return Err(error.into());
        };
        tracing::warn!(%error, "a projection waits for what it needs");
        let wait = tokio::time::sleep(self.shared.options.outage_wait);
        self.stop.unless(wait).await.ok_or(End::Stopped)
    }

    /// Handles a batch: all at once, and where that fails, what can be before what cannot.
    async fn apply(&mut self, batch: Batch<EventOf<P, M>>) -> Result<(), End> {
        let count = batch.entries.len();
        self.job()?.batch = batch;
        let to = self.job()?.batch.to;
        let (mut at, mut end) = (0, count);
        while at < count || self.position < to {
            match self.attempt(Task::Handle(at..end)).await? {
                Tried::Reached(reached) => at = reached,
                Tried::Failed(failed, error) if failed == at => {
                    self.insist(failed, error).await?;
                    at = failed + 1;
                }
                Tried::Failed(failed, _) => match M::ROLLBACK {
                    // What came before it is done again, without it.
                    Rollback::Full => {
                        end = failed;
                        continue;
                    }
                    Rollback::None => at = failed,
                },
                Tried::Refused(reached, error) if reached == at + 1 => {
                    self.insist(at, error).await?;
                    at += 1;
                }
                // One of them is at fault, and is found by halves.
                Tried::Refused(reached, _) => {
                    end = at + (reached - at) / 2;
                    continue;
                }
                Tried::Fenced => return Err(End::Lost),
            }
            if at >= end {
                end = count;
            }
        }
        Ok(())
    }

    /// Tries an event again, alone, and parks it where that is of no use.
    async fn insist(&mut self, at: usize, mut error: String) -> Result<(), End> {
        let mut tries = 1;
        for wait in self.retry().waits() {
            self.stop
                .unless(tokio::time::sleep(wait))
                .await
                .ok_or(End::Stopped)?;
            tries += 1;
            match self.attempt(Task::Handle(at..at + 1)).await? {
                Tried::Reached(_) => return Ok(()),
                Tried::Failed(_, again) | Tried::Refused(_, again) => error = again,
                Tried::Fenced => return Err(End::Lost),
            }
        }
        let letter = self.job()?.batch.entries[at].letter(error, tries);
        let aggregate_id = letter.aggregate_id;
        let mapper = &self.shared.mapper;
        // It may quote the event, and logs are for others to read.
        let error = if mapper.encrypts(&letter.topic) {
            "encrypted in the dead letter, as the event is"
        } else {
            &letter.error
        };
        tracing::error!(%aggregate_id, position = %letter.position, error, "an event is a dead letter");
        let letter = mapper.encrypt_letter(letter)?;
        if let Tried::Fenced = self.attempt(Task::Park(at, letter)).await? {
            return Err(End::Lost);
        }
        self.telemetry.gave_up();
        self.job()?.parked.insert(aggregate_id);
        self.count_parked()
    }

    pub(super) fn retry(&self) -> Retry {
        self.shared.options.retry
    }

    /// Tries until the store answers.
    pub(super) async fn attempt(&mut self, task: Task) -> Result<Tried, End> {
        loop {
            let job = self.job.take().ok_or(End::Lost)?;
            let work = task.clone();
            // A transaction is never given up in the middle.
            let done = self.shared.model.run(async move {
                let tried = job.run(work).await;
                (job, tried)
            });
            let (job, tried) = done.await.map_err(Error::from)?;
            let tried = tried.inspect(|tried| self.note(&job, &task, tried));
            self.job = Some(job);
            match tried {
                Ok(tried) => return Ok(tried),
                Err(error @ RecordError::Unavailable { .. }) => self.bear(error.into()).await?,
                Err(error) => return Err(Error::from(error).into()),
            }
        }
    }

    /// Shows how far it is.
    fn note(&mut self, job: &Job<P, M>, task: &Task, tried: &Tried) {
        match (task, tried) {
            (_, Tried::Failed(..) | Tried::Refused(..)) => self.telemetry.failed(),
            (Task::Handle(range), Tried::Reached(reached)) => {
                self.telemetry.handled(reached - range.start);
            }
            (Task::Revive, Tried::Reached(_)) => self.telemetry.handled(1),
            _ => {}
        }
        let reached = match (tried, M::ROLLBACK) {
            (Tried::Reached(reached), _) | (Tried::Failed(reached, _), Rollback::None) => *reached,
            _ => return,
        };
        if matches!(task, Task::Handle(_) | Task::Park(..)) {
            self.position = job.batch.position_after(reached);
            self.show(Phase::CatchingUp);
        }
    }

    pub(super) fn job(&mut self) -> Result<&mut Job<P, M>, End> {
        // It is gone only where a try did not come back, after which nothing is done.
        self.job.as_mut().ok_or(End::Lost)
    }

    pub(super) fn count_parked(&mut self) -> Result<(), End> {
        let parked = self.job()?.parked.len();
        self.progress
            .send_modify(|progress| progress.parked = parked);
        Ok(())
    }

    /// There is no more than what is handled.
    fn show_live(&mut self) {
        let position = self.position;
        self.progress
            .send_modify(|progress| progress.head = position);
        self.show(Phase::Live);
    }

    pub(super) fn show(&mut self, phase: Phase) {
        let (position, rate) = (self.position, self.meter.rate(self.position));
        self.progress.send_modify(|progress| {
            progress.at(position);
            progress.rate = rate;
            progress.phase = phase;
        });
        self.telemetry.shows(&self.progress.borrow());
    }
}
