//! The one writer of a process: gives positions to what was stored.

use std::sync::Arc;
use std::time::Duration;

use es_store::kit::repeat;
use es_store::{Alarm, Appended, RecordError, RecordId};
use hashbrown::HashSet;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::PositionIndex;
use super::position_cache::Known;
use super::record_error::record_error;
use super::requests::{Ask, IndexFate, Job, Removal, Reply};
use super::tail::{Tail, out_of_step};
use crate::array::{BigArray, Reference};

/// How many references go into one write at most.
const MOST: usize = 1_000;

/// How long it goes on where a position is said to be taken and nothing is seen there.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it waits before it looks there again.
const PAUSE: Duration = Duration::from_millis(5);

/// How often it tries to give a position to what could not be given one.
pub(super) const RETRY: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    pub(super) array: BigArray<Option<Reference>>,
    pub(super) index: Arc<dyn PositionIndex>,
    pub(super) known: Arc<Known>,
    pub(super) alarm: Arc<Alarm>,
    /// None before the array was read.
    pub(super) tail: Option<Tail>,
    /// Stored items whose callers were told that nobody knows: their positions are owed, in this order.
    pub(super) owed: Vec<Wanted>,
}

/// An item that is to have a position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    item: Reference,
    /// No reference to it stands below.
    since: u64,
}

/// Positions that were given or found.
type Places = Vec<(Reference, u64)>;

type Jobs = Vec<(Job, Reply<Appended>)>;

impl Writer {
    /// Ends when nobody can ask any more, and all are answered.
    pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>) {
        let mut taken = Vec::new();
        loop {
            if self.owed.is_empty() {
                asks.recv_many(&mut taken, MOST).await;
                if taken.is_empty() {
                    break;
                }
            } else {
                let waited = timeout(RETRY, asks.recv_many(&mut taken, MOST)).await;
                if waited == Ok(0) {
                    break;
                }
            }
            self.round(std::mem::take(&mut taken)).await;
        }
        if !self.owed.is_empty() {
            self.place(Vec::new()).await;
        }
        if let Some(tail) = &mut self.tail {
            tail.settle_notes().await;
        }
    }

    async fn round(&mut self, asks: Vec<Ask>) {
        let (mut jobs, mut advances) = (Jobs::new(), Vec::new());
        for ask in asks {
            match ask {
                Ask::Place(job, reply) => jobs.push((job, reply)),
                Ask::Advance(reply) => advances.push(reply),
                Ask::Remove(removal, reply) => answer(reply, self.remove(removal).await),
                Ask::Clear(index, reply) => answer(reply, self.clear(index).await),
            }
        }
        if !jobs.is_empty() || !self.owed.is_empty() {
            let end = self.known.end();
            self.place(jobs).await;
            // What was written, or refused and then looked for, has shown where the end is: followers that keep up cost no
            // reads.
            let is_at_end = self.tail.as_ref().is_some_and(Tail::is_at_end);
            if is_at_end && self.known.end() > end && !self.known.is_full() {
                advances.drain(..).for_each(|reply| answer(reply, Ok(())));
            }
        }
        if !advances.is_empty() {
            self.look(advances).await;
        }
    }

    async fn tail(&mut self) -> Result<&mut Tail, RecordError> {
        let tail = match self.tail.take() {
            Some(tail) if !tail.is_out_of_step() => tail,
            _ => {
                let (array, index) = (self.array.clone(), self.index.clone());
                Tail::open(array, index, self.known.clone()).await?
            }
        };
        Ok(self.tail.insert(tail))
    }

    async fn advance(&mut self) -> Result<(), RecordError> {
        if self.tail().await?.catch_up().await? {
            self.alarm.ring();
        }
        Ok(())
    }

    /// Answers those who want to know what is there, with one look for all.
    async fn look(&mut self, advances: Vec<Reply<()>>) {
        let mut errors = match self.advance().await {
            Ok(()) => Vec::new(),
            Err(error) => repeat(error, advances.len()),
        };
        for reply in advances {
            answer(reply, errors.pop().map_or(Ok(()), Err));
        }
    }

    /// Gives positions to what is owed and to the items of these jobs, and answers.
    async fn place(&mut self, jobs: Jobs) {
        let mut wanted = std::mem::take(&mut self.owed);
        for (job, _) in &jobs {
            let missing = job.missing.iter().map(|item| Wanted {
                item: *item,
                since: 0,
            });
            let since = job.since;
            wanted
                .extend(missing.chain(job.items.iter().map(|item| Wanted { item: *item, since })));
        }
        let given = self.give(&mut wanted).await;
        let failed = jobs.iter().filter(|(job, _)| self.places(job).is_none());
        let failed = failed.count();
        let mut errors = match given {
            Ok(()) => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, owed = wanted.len(), "stored items wait for their positions");
                repeat(not_placed(error), failed)
            }
        };
        self.owed = wanted;
        for (job, reply) in jobs {
            answer(
                reply,
                match self.places(&job) {
                    Some(places) => Ok(appended(&places)),
                    None => Err(errors.pop().unwrap_or(RecordError::Closed)),
                },
            );
        }
        if let Some(tail) = &mut self.tail
            && let Err(error) = tail.leave_to_index().await
        {
            tracing::debug!(%error, "nothing more is stored before the index takes notes");
        }
    }

    /// The positions of all items of a job, if they have some.
    fn places(&self, job: &Job) -> Option<Vec<u64>> {
        let place = |item: &Reference| self.known.place(*item).filter(|at| *at >= job.since);
        job.items.iter().map(place).collect()
    }

    /// Gives positions to all that is wanted, and leaves what has none there. The positions are known then.
    async fn give(&mut self, wanted: &mut Vec<Wanted>) -> Result<(), RecordError> {
        let mut places = Places::with_capacity(wanted.len());
        let given = self.give_places(wanted, &mut places).await;
        for (item, at) in places {
            // What was left to the index meanwhile as well.
            self.known.learn(item, at);
        }
        given
    }

    async fn give_places(
        &mut self,
        wanted: &mut Vec<Wanted>,
        places: &mut Places,
    ) -> Result<(), RecordError> {
        self.tail().await?;
        self.leave_out_what_is_placed(wanted, places).await?;
        let mut deadline = Instant::now() + PATIENCE;
        while !wanted.is_empty() {
            let tail = self.tail().await?;
            let room = usize::try_from(tail.room()).unwrap_or(usize::MAX);
            let len = wanted.len().min(MOST).min(room);
            let items: Vec<_> = wanted[..len].iter().map(|wanted| wanted.item).collect();
            match tail.extend(&items).await {
                Ok(start) => {
                    places.extend(items.into_iter().zip(start..));
                    wanted.drain(..len);
                    self.alarm.ring();
                }
                Err(error) if !error.is_conflict() => return Err(record_error(error)),
                Err(error) => {
                    if tail.catch_up().await? {
                        self.alarm.ring();
                        self.leave_out_what_is_placed(wanted, places).await?;
                        deadline = Instant::now() + PATIENCE;
                    } else if Instant::now() >= deadline {
                        return Err(record_error(error));
                    } else {
                        // What was decided is not shown yet; or somebody left a hole, which is filled now.
                        sleep(PAUSE).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// The array below the floor is not known here, but in the index.
    async fn leave_out_what_is_placed(
        &mut self,
        wanted: &mut Vec<Wanted>,
        places: &mut Places,
    ) -> Result<(), RecordError> {
        let since = self.known.end();
        let mut seen = HashSet::with_capacity(wanted.len());
        let mut left = Vec::with_capacity(wanted.len());
        let mut is_one_unnoted = false;
        for one in wanted.iter() {
            let mut place = self.known.place(one.item);
            if place.is_none() && one.since < self.known.floor() {
                place = self.index.find(one.item).await?;
                is_one_unnoted |= place.is_none();
            }
            match place {
                Some(at) if at >= one.since => {
                    places.push((one.item, at));
                    continue;
                }
                // That was an item of the same name, which is deleted.
                Some(at) => {
                    self.tail().await?.remove(one.item, at).await?;
                    places.retain(|(item, _)| *item != one.item);
                }
                None => {}
            }
            if seen.insert(one.item) {
                left.push(Wanted {
                    item: one.item,
                    since,
                });
            }
        }
        if is_one_unnoted && self.index.floor().await? < self.known.floor() {
            self.tail = None;
            return Err(out_of_step());
        }
        *wanted = left;
        Ok(())
    }

    async fn remove(&mut self, removal: Removal) -> Result<(), RecordError> {
        let Removal { item, until } = removal;
        self.advance().await?;
        let place = match self.known.place(item) {
            None => self.index.find(item).await?,
            place => place,
        };
        match place {
            Some(at) if at < until => self.tail().await?.remove(item, at).await,
            _ => Ok(()),
        }
    }

    async fn clear(&mut self, fate: IndexFate) -> Result<(), RecordError> {
        if let Some(mut tail) = self.tail.take() {
            tail.settle_notes().await;
        }
        self.owed.clear();
        let cleared = self.array.clear().await.map_err(record_error);
        match (fate, cleared) {
            (IndexFate::Emptied, cleared) => {
                cleared?;
                self.index.truncate().await?;
            }
            // Where there is no table, nothing is left to remove.
            (IndexFate::Dropped, Ok(()) | Err(RecordError::Schema { .. })) => {
                self.index.drop_table().await?;
            }
            (IndexFate::Dropped, Err(error)) => return Err(error),
        }
        self.known.begin(0);
        Ok(())
    }
}

/// Answers who asked. One that has gone has no use for it.
fn answer<T>(reply: Reply<T>, answer: Result<T, RecordError>) {
    let _gone = reply.send(answer);
}

/// The record ids of positions: those of one append are consecutive, unless it was cut at the end of a base array, or others
/// gave positions to a part of it.
fn appended(places: &[u64]) -> Appended {
    let one = |place: &u64| Appended::with_ids(RecordId::new(place + 1), 1);
    places
        .iter()
        .map(one)
        .fold(Appended::default(), Appended::and)
}

/// Items are stored, and have no positions. "Nothing was written" would be wrong.
fn not_placed(error: RecordError) -> RecordError {
    RecordError::Unknown {
        source: Box::new(NotPlaced(error)),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the items are stored, and have no place in the application sequence yet")]
struct NotPlaced(#[source] RecordError);
