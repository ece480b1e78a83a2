//! The writer process: its callers append at random and report each result.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_store::{
    Appended, ItemQuery, Order, Position, RecordError, RecordManager, SequencedItem, Table, Topic,
};
use tokio::runtime::Builder;
use tokio::time::timeout;
use uuid::Uuid;

use super::follower::{Fingerprint, Observation};
use super::random::Random;
use super::retry::retry_while_unavailable;
use crate::store::Backend;
use crate::store::fixture::has_record_ids;

/// The environment variable that makes a process a writer and names its database.
pub(super) const DATABASE: &str = "ES_TORTURE_DATABASE";
/// The environment variable with the seed of a writer.
pub(super) const SEED: &str = "ES_TORTURE_WRITER_SEED";

/// Number of callers in a writer process.
const CALLERS: u64 = 4;
/// Number of sequences that all writers share.
const SHARED: u64 = 4;

/// Writes and returns `true` if this process was started as a writer. Call it first in `main`, and
/// return from `main` if it returns `true`.
///
/// # Panics
///
/// If the store cannot be opened, or returns an error that it must not return.
pub fn become_writer(backend: &Arc<dyn Backend>) -> bool {
    let Ok(name) = std::env::var(DATABASE) else {
        return false;
    };
    let seed = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
    let random = Random::new(seed.expect("a writer has a seed"));
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("the runtime starts").block_on(async {
        let store = retry_while_unavailable(|| backend.open(&name, Table::stored_events()))
            .await
            .expect("the store opens");
        let stop = Arc::new(AtomicBool::new(false));
        stop_at_end_of_input(stop.clone());
        let callers = (0..CALLERS).map(|n| {
            let caller = Caller::new(store.clone(), random.fork(n));
            tokio::spawn(caller.run(stop.clone()))
        });
        let callers: Vec<_> = callers.collect();
        for caller in callers {
            caller.await.expect("a caller does not panic");
        }
        store.close().await.expect("the store closes");
    });
    true
}

/// Sets `stop` at the end of the input, which comes when the parent process stops the writer or
/// ends.
fn stop_at_end_of_input(stop: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let _end = std::io::stdin().read(&mut [0]);
        stop.store(true, Ordering::Release);
    });
}

/// A fact about an item or an append, from the store's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// An item is stored.
    Stored(Observation),
    /// An item is not stored, and will not be.
    Refused(Fingerprint),
    /// An append was refused because a position is taken.
    Conflict,
    /// An append was refused because the store is unavailable.
    Unavailable,
    /// The outcome of an append is unknown.
    Unknown,
    /// The caller dropped the append.
    Dropped,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored(Observation { id: Some(id), item }) => write!(f, "stored {id} {item} ."),
            Self::Stored(Observation { id: None, item }) => write!(f, "stored - {item} ."),
            Self::Refused(item) => write!(f, "refused {item} ."),
            Self::Conflict => f.write_str("conflict ."),
            Self::Unavailable => f.write_str("unavailable ."),
            Self::Unknown => f.write_str("unknown ."),
            Self::Dropped => f.write_str("dropped ."),
        }
    }
}

impl Answer {
    /// Parses a line. A line that was truncated by a kill gives `None`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.strip_suffix(" .")?.split(' ').collect();
        Some(match words[..] {
            ["stored", "-", ref item @ ..] => Self::Stored(Observation {
                id: None,
                item: Fingerprint::parse(item)?,
            }),
            ["stored", id, ref item @ ..] => Self::Stored(Observation {
                id: Some(id.parse().ok()?),
                item: Fingerprint::parse(item)?,
            }),
            ["refused", ref item @ ..] => Self::Refused(Fingerprint::parse(item)?),
            ["conflict"] => Self::Conflict,
            ["unavailable"] => Self::Unavailable,
            ["unknown"] => Self::Unknown,
            ["dropped"] => Self::Dropped,
            _ => return None,
        })
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.sequence, self.position, self.text)
    }
}

impl Fingerprint {
    fn parse(words: &[&str]) -> Option<Self> {
        let [sequence, position, text] = words else {
            return None;
        };
        Some(Self {
            sequence: sequence.parse().ok()?,
            position: position.parse().ok()?,
            text: text.parse().ok()?,
        })
    }
}

/// Writes a report in one call: data in a pipe survives the kill of the writer.
fn report(answers: &[Answer]) {
    let lines: Vec<String> = answers.iter().map(|answer| format!("{answer}\n")).collect();
    let mut stdout = std::io::stdout().lock();
    let reported = stdout
        .write_all(lines.concat().as_bytes())
        .and_then(|()| stdout.flush());
    reported.expect("the parent process reads the reports");
}

/// A caller, with a sequence that only it writes.
struct Caller {
    store: Arc<dyn RecordManager>,
    random: Random,
    own: Uuid,
    next: i64,
    written: u64,
}

impl Caller {
    fn new(store: Arc<dyn RecordManager>, mut random: Random) -> Self {
        let own = new_id(&mut random);
        Self {
            store,
            random,
            own,
            next: 0,
            written: 0,
        }
    }

    async fn run(mut self, stop: Arc<AtomicBool>) {
        while !stop.load(Ordering::Acquire) {
            match self.random.below(100) {
                0..50 => self.append_to_own(1, 0).await,
                50..60 => self.append_to_own(3, 0).await,
                60..63 => self.append_to_own(20, 5_000).await,
                63..84 => self.append_to_shared().await,
                84..94 => self.append_stale().await,
                _ => self.drop_an_append().await,
            }
        }
    }

    async fn append_to_own(&mut self, len: i64, padding: usize) {
        let list = self.list(self.own, self.next, len, padding);
        if self.append(list).await {
            self.next += len;
        } else {
            self.begin_new_sequence();
        }
    }

    /// Appends after the last item of a shared sequence. Another caller may have taken the
    /// position.
    async fn append_to_shared(&mut self) {
        let shared = Uuid::from_u128(u128::from(self.random.below(SHARED)));
        let mut query = ItemQuery::new(shared);
        (query.order, query.limit) = (Order::Descending, Some(1));
        let Ok(top) = self.store.items(query).await else {
            return;
        };
        let next = top
            .first()
            .map_or(0, |item| Fingerprint::new(item).position + 1);
        let mut list = self.list(shared, next, 2, 0);
        if self.store.capabilities().appends_across_sequences && self.random.below(2) == 0 {
            list.extend(self.list(self.own, self.next, 1, 0));
            if self.append(list).await {
                self.next += 1;
            }
        } else {
            self.append(list).await;
        }
    }

    /// Appends a list whose end conflicts, so the store must roll back its beginning.
    async fn append_stale(&mut self) {
        if self.next == 0 {
            return;
        }
        let mut list = self.list(self.own, self.next, 2, 0);
        list.extend(self.list(self.own, self.next - 1, 1, 0));
        // If it is accepted by mistake, the comparison with the stored items finds it.
        self.append(list).await;
    }

    /// Drops an append before it returns. Its outcome is unknown, so the caller changes to a new
    /// sequence.
    async fn drop_an_append(&mut self) {
        let list = self.list(self.own, self.next, 3, 0);
        let limit = Duration::from_micros(self.random.below(2_000));
        match timeout(limit, self.store.append(list.clone().into())).await {
            Ok(outcome) => drop(self.report_outcome(&list, &outcome)),
            Err(_) => report(&[Answer::Dropped]),
        }
        self.begin_new_sequence();
    }

    /// Appends a list, and returns whether it was accepted.
    async fn append(&mut self, list: Vec<SequencedItem>) -> bool {
        let outcome = self.store.append(list.clone().into()).await;
        self.report_outcome(&list, &outcome)
    }

    fn report_outcome(
        &self,
        list: &[SequencedItem],
        outcome: &Result<Appended, RecordError>,
    ) -> bool {
        let refused = |answer| {
            let items = list
                .iter()
                .map(|item| Answer::Refused(Fingerprint::new(item)));
            std::iter::once(answer).chain(items).collect()
        };
        let answers: Vec<_> = match outcome {
            Ok(appended) => self.stored(list, appended),
            Err(RecordError::Conflict { .. }) => refused(Answer::Conflict),
            Err(RecordError::Unavailable { .. }) => refused(Answer::Unavailable),
            Err(RecordError::Unknown { .. }) => vec![Answer::Unknown],
            Err(error) => panic!("the store must not return {error:?}"),
        };
        report(&answers);
        outcome.is_ok()
    }

    /// Returns an answer for each appended item, with its id if the store has ids.
    fn stored(&self, list: &[SequencedItem], appended: &Appended) -> Vec<Answer> {
        let ids: Vec<_> = if has_record_ids(&self.store) {
            let ids = appended.record_ids().map(|id| Some(id.get()));
            ids.collect()
        } else {
            vec![None; appended.len()]
        };
        assert_eq!(ids.len(), list.len(), "the result has one entry per item");
        let answers = ids.into_iter().zip(list).map(|(id, item)| {
            let item = Fingerprint::new(item);
            Answer::Stored(Observation { id, item })
        });
        answers.collect()
    }

    fn begin_new_sequence(&mut self) {
        self.own = new_id(&mut self.random);
        self.next = 0;
    }

    /// Creates items that no other caller writes.
    fn list(
        &mut self,
        sequence_id: Uuid,
        first: i64,
        len: i64,
        padding: usize,
    ) -> Vec<SequencedItem> {
        let item = |position| {
            self.written += 1;
            SequencedItem {
                sequence_id,
                position: Position::Integer(position),
                topic: Topic::new("Torture.Happened"),
                data: format!("{}:{}:{}", self.own, self.written, "x".repeat(padding)).into(),
            }
        };
        (first..first + len).map(item).collect()
    }
}

fn new_id(random: &mut Random) -> Uuid {
    Uuid::from_u64_pair(random.next(), random.next())
}
