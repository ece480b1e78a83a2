use es_core::__private::{AnyPayload, EventKind, Ops, Registered, Root, library_ops, unchanged};
use es_core::domain::{
    Aggregate, Discarded, EntityKind, Event, HashChained, Lone, Timestamped, Versioned,
};
use es_core::error::Result;
use es_core::internal::create_alone;
use es_store::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time_bucket::BucketSize;

/// A log whose messages are kept in buckets of time, so that no sequence of it grows without end. This entity says that
/// there is such a log, under which name, and how large its buckets are; `infrastructure::LogMessages` writes and reads
/// the messages.
///
/// To stop a log, [`discard`](Aggregate::discard) it: it is no longer found then, and its messages stay.
///
/// ```
/// use es_core::domain::Aggregate;
/// use es_structures::{BucketSize, TimeBucketedLog};
///
/// let log = TimeBucketedLog::start(uuid::Uuid::new_v4(), BucketSize::Day)?;
/// assert_eq!(log.id(), log.name());
/// # Ok::<(), es_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TimeBucketedLog {
    name: Uuid,
    bucket_size: BucketSize,
    root: Root<Self>,
}

impl TimeBucketedLog {
    /// Starts one; its first event is pending then. The name is its id.
    pub fn start(name: Uuid, bucket_size: BucketSize) -> Result<Self> {
        create_alone(name, TimeBucketedLogStarted { bucket_size, name })
    }

    /// Its name.
    pub fn name(&self) -> Uuid {
        self.name
    }

    /// How large its buckets are.
    pub fn bucket_size(&self) -> BucketSize {
        self.bucket_size
    }

    /// When it was started. Nothing is read from buckets before that time's.
    pub fn started_on(&self) -> Timestamp {
        self.created_on()
    }
}

/// What the first event of a [`TimeBucketedLog`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBucketedLogStarted {
    /// How large its buckets are.
    pub bucket_size: BucketSize,
    /// Its name.
    #[serde(with = "es_json::uuid")]
    pub name: Uuid,
}

/// What can happen to a [`TimeBucketedLog`].
#[derive(Debug, Clone, PartialEq)]
pub enum TimeBucketedLogEvent {
    /// It was started.
    Started(TimeBucketedLogStarted),
    /// It was stopped.
    Discarded(Discarded),
}

/// A message in a time-bucketed log. Its place is its time, and it has no hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLogged {
    /// The message.
    pub message: String,
}

impl Event for MessageLogged {
    const NAME: &'static str = "eventsourcing.domain.model.timebucketedlog#MessageLogged";
}

impl Lone for MessageLogged {
    const KIND: EntityKind = EntityKind::ENTITY.timestamped().unchained();
}

impl Aggregate for TimeBucketedLog {
    type Event = TimeBucketedLogEvent;
    type Created = TimeBucketedLogStarted;

    const TOPIC: &'static str = "eventsourcing.domain.model.timebucketedlog#Timebucketedlog";
    const KIND: EntityKind = EntityKind::ENTITY.versioned().timestamped();
    const WAS: &'static [&'static str] = &[];
    // Its class has no `Discarded` of its own.
    const BASE: &'static str = "eventsourcing.domain.model.entity#TimestampedVersionedEntity";
    const CREATED_OPS: Ops<Self, TimeBucketedLogStarted> = library_ops(
        "eventsourcing.domain.model.timebucketedlog#Timebucketedlog.Started",
        "Started",
        TimeBucketedLogEvent::Started,
        unchanged,
    );
    const DISCARDED_OPS: Ops<Self, Discarded> = library_ops(
        "eventsourcing.domain.model.entity#TimestampedVersionedEntity.Discarded",
        "Discarded",
        TimeBucketedLogEvent::Discarded,
        unchanged,
    );
    const EVENTS: &'static [EventKind<Self>] = &[EventKind::created(), EventKind::discarded()];

    fn __new(started: TimeBucketedLogStarted, root: Root<Self>) -> Self {
        Self {
            name: started.name,
            bucket_size: started.bucket_size,
            root,
        }
    }

    fn __root(&self) -> &Root<Self> {
        &self.root
    }

    fn __root_mut(&mut self) -> &mut Root<Self> {
        &mut self.root
    }

    fn __mutate(&mut self, _: &TimeBucketedLogEvent) {}

    fn __payload(event: &TimeBucketedLogEvent) -> &AnyPayload {
        match event {
            TimeBucketedLogEvent::Started(event) => event,
            TimeBucketedLogEvent::Discarded(event) => event,
        }
    }
}

impl Versioned for TimeBucketedLog {}
impl Timestamped for TimeBucketedLog {}
impl HashChained for TimeBucketedLog {}

es_store::inventory::submit! {
    Registered::of::<TimeBucketedLog>()
}
