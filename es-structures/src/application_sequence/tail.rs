//! The end of the array, as the writer of a process reads and extends it.

use std::fmt::Display;
use std::sync::Arc;

use es_core::error::Result;
use es_core::event_store::PAGE_SIZE;
use es_store::RecordError;
use tokio::task::JoinSet;

use super::PositionIndex;
use super::position_cache::Known;
use super::record_error::record_error;
use crate::array::{BigArray, Reference};

/// How many notes are on their way at most; who wants to send another waits for one.
const MOST_NOTES: usize = 8;

/// Reads and extends the array at its end, and keeps [`Known`] and the index up with it.
pub(super) struct Tail {
    array: BigArray<Option<Reference>>,
    index: Arc<dyn PositionIndex>,
    known: Arc<Known>,
    /// How many positions are free from the end on, as far as that was looked for.
    free: Option<u64>,
    /// Whether the end was free when it was last looked at, or could not be otherwise.
    is_at_end: bool,
    /// References from the floor on that are not known to be noted.
    unnoted: Note,
    notes: JoinSet<Result<(), RecordError>>,
    /// Whether a note failed. The index may be another since then: all that is known is noted again.
    has_failed: bool,
    is_out_of_step: bool,
}

/// What is to be noted.
type Note = Vec<(Reference, u64)>;

impl Tail {
    pub(super) async fn open(
        array: BigArray<Option<Reference>>,
        index: Arc<dyn PositionIndex>,
        known: Arc<Known>,
    ) -> Result<Self, RecordError> {
        known.begin(index.floor().await?);
        let mut tail = Self {
            array,
            index,
            known,
            free: None,
            is_at_end: false,
            unnoted: Vec::new(),
            notes: JoinSet::new(),
            has_failed: false,
            is_out_of_step: false,
        };
        while tail.advance_a_page().await? {
            tail.raise_floor().await?;
        }
        Ok(tail)
    }

    /// Whether the index lacks what is not known here any more: the array is to be read anew.
    pub(super) fn is_out_of_step(&self) -> bool {
        self.is_out_of_step
    }

    /// Whether nothing is known to stand at the end.
    pub(super) fn is_at_end(&self) -> bool {
        self.is_at_end
    }

    /// How many references fit behind the end in one write.
    pub(super) fn room(&self) -> u64 {
        let left = self.array.tree().left_in_base(self.known.end());
        self.free.unwrap_or(left).min(left)
    }

    /// Reads on from the end, up to the first free position, and leaves to the index what is far behind: what a process keeps
    /// stays small. Answers whether anything was there.
    pub(super) async fn catch_up(&mut self) -> Result<bool, RecordError> {
        let begin = self.known.end();
        loop {
            let may_be_more = self.advance_a_page().await?;
            self.leave_to_index().await?;
            if !may_be_more {
                return Ok(self.known.end() > begin);
            }
        }
    }

    /// Raises the floor, if it can; and later, if it cannot.
    ///
    /// # Errors
    ///
    /// Those of the index, where as much is known as is to be.
    pub(super) async fn leave_to_index(&mut self) -> Result<(), RecordError> {
        match self.raise_floor().await {
            Err(error) if self.known.is_full() => Err(error),
            Err(error) => {
                self.fail(&error);
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Reads a page from the end on. Answers whether there may be more behind it.
    async fn advance_a_page(&mut self) -> Result<bool, RecordError> {
        let start = self.known.end();
        let len = self.array.tree().left_in_base(start).min(PAGE_SIZE as u64);
        let page = self.array.items(start..start.saturating_add(len)).await;
        let page = page.map_err(record_error)?;
        let taken = page.iter().position(Option::is_none);
        let taken = taken.unwrap_or(page.len());
        for (at, item) in (start..).zip(page[..taken].iter().copied().map(Option::flatten)) {
            self.known.push(item);
            self.unnoted.extend(item.map(|item| (item, at)));
        }
        let behind = page[taken..].iter().position(Option::is_some);
        self.free = behind.map(|free| free as u64);
        self.is_at_end = taken < page.len();
        Ok(taken == page.len() && !page.is_empty())
    }

    /// Puts references at the end, all or none; they fit in its [`room`](Self::room). Answers where the first of them stands.
    ///
    /// # Errors
    ///
    /// A conflict where somebody else was there first.
    pub(super) async fn extend(&mut self, items: &[Reference]) -> Result<u64> {
        let start = self.known.end();
        let assigned = items.iter().copied().map(Some);
        // Without an answer nobody knows.
        self.is_at_end = false;
        self.array.assign_all(start, assigned).await?;
        for item in items {
            self.known.push(Some(*item));
        }
        let free = self.free.map(|free| free - items.len() as u64);
        // A hole that is full ends where something stands.
        self.free = free.filter(|free| *free > 0);
        self.is_at_end = free != Some(0);
        self.note(items.iter().copied().zip(start..).collect())
            .await;
        Ok(start)
    }

    /// Puts a tombstone in the place of an item's reference, and forgets it in the index. The position is never free.
    pub(super) async fn remove(&mut self, item: Reference, at: u64) -> Result<(), RecordError> {
        let buried = self.bury(item, at).await;
        buried.map_err(record_error)?;
        self.settle_notes().await;
        self.unnoted.retain(|(unnoted, _)| *unnoted != item);
        self.index.forget(item, at).await?;
        self.known.forget(item);
        Ok(())
    }

    /// A try before this one may have come to an end anywhere.
    async fn bury(&self, item: Reference, at: u64) -> Result<()> {
        if self.array.get(at).await? == Some(Some(item)) {
            self.array.replace(at, None).await?;
        }
        Ok(())
    }

    /// Notes places in the index, in the background: the index may lack some.
    async fn note(&mut self, places: Note) {
        while self.notes.len() >= MOST_NOTES {
            self.end_note().await;
        }
        let index = self.index.clone();
        self.notes.spawn(async move { index.note(&places).await });
    }

    async fn end_note(&mut self) {
        match self.notes.join_next().await {
            Some(Ok(Err(error))) => self.fail(&error),
            Some(Err(error)) => self.fail(&error),
            Some(Ok(Ok(()))) | None => {}
        }
    }

    fn fail(&mut self, error: &dyn Display) {
        if !std::mem::replace(&mut self.has_failed, true) {
            tracing::warn!(%error, "the index of positions takes no notes: what is to be noted is kept");
        }
    }

    /// Waits until what is being noted is noted.
    pub(super) async fn settle_notes(&mut self) {
        while !self.notes.is_empty() {
            self.end_note().await;
        }
    }

    /// Where the end is far above the floor, notes what is not noted yet, and raises the floor to the beginning of a base
    /// array: so what a process must read and keep of the array stays small.
    async fn raise_floor(&mut self) -> Result<(), RecordError> {
        let size = u64::from(self.array.tree().array_size().get());
        let end = self.known.end();
        let floor = (end - end % size).saturating_sub(size);
        if floor <= self.known.floor() {
            return Ok(());
        }
        self.note_below(floor).await?;
        self.known.raise_floor(floor);
        Ok(())
    }

    /// Notes what is not noted yet below a position, and says in the index that all is.
    async fn note_below(&mut self, floor: u64) -> Result<(), RecordError> {
        self.settle_notes().await;
        // Others may have done it.
        let noted = self.index.floor().await?;
        if noted < self.known.floor() {
            self.is_out_of_step = true;
        }
        if self.is_out_of_step {
            return Err(out_of_step());
        }
        if self.has_failed {
            self.unnoted = self.known.places();
        }
        let is_below = |(_, at): &(Reference, u64)| *at < floor;
        let (below, above): (Note, Note) = self.unnoted.iter().copied().partition(is_below);
        let missing: Note = below.into_iter().filter(|(_, at)| *at >= noted).collect();
        self.index.note(&missing).await?;
        if noted < floor {
            self.index.set_floor(floor).await?;
        }
        self.unnoted = above;
        self.has_failed = false;
        Ok(())
    }
}

/// Nothing is written on the strength of an index that lost something.
pub(super) fn out_of_step() -> RecordError {
    RecordError::Unavailable {
        source: "the index of positions lacks what was noted in it: the array is read anew".into(),
    }
}
