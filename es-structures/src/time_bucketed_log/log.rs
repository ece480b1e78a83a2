//! The entity of a time-bucketed log, and the event of a message.

use es_core::__private::{
    AggregateParts, AggregateState, AnyPayload, EventKind, Ops, Registered, library_ops, unchanged,
};
use es_core::domain::{
    Aggregate, Discarded, EntityKind, Event, HashChained, Standalone, Timestamped, Versioned,
};
use es_core::error::Result;
use es_core::internal::create_without_previous_hash;
use es_store::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time_bucket::BucketSize;

/// A log with messages in buckets of time, so that no sequence grows without end.
///
/// This entity holds the name of the log and the size of its buckets; [`LogMessages`](super::LogMessages) writes and reads
/// the messages.
///
/// To stop a log, [`discard`](Aggregate::discard) it. It is then no longer found, but its messages stay.
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
    state: AggregateState<Self>,
}

impl TimeBucketedLog {
    /// Starts a log with this name, which is also its id. The first event is pending until the log is saved.
    pub fn start(name: Uuid, bucket_size: BucketSize) -> Result<Self> {
        create_without_previous_hash(name, TimeBucketedLogStarted { bucket_size, name })
    }

    /// Returns the name of the log.
    pub fn name(&self) -> Uuid {
        self.name
    }

    /// Returns the size of the buckets.
    pub fn bucket_size(&self) -> BucketSize {
        self.bucket_size
    }

    /// Returns the time at which the log was started. Reads skip buckets before that of this time.
    pub fn started_on(&self) -> Timestamp {
        self.created_on()
    }
}

/// The first event of a [`TimeBucketedLog`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBucketedLogStarted {
    /// The size of the buckets.
    pub bucket_size: BucketSize,
    /// The name of the log.
    #[serde(with = "es_json::uuid")]
    pub name: Uuid,
}

/// The events of a [`TimeBucketedLog`].
#[derive(Debug, Clone, PartialEq)]
pub enum TimeBucketedLogEvent {
    /// The log was started.
    Started(TimeBucketedLogStarted),
    /// The log was stopped.
    Discarded(Discarded),
}

/// The event of a message in a time-bucketed log. Its position is its time, and it has no hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLogged {
    /// The text of the message.
    pub message: String,
}

impl Event for MessageLogged {
    const NAME: &'static str = "eventsourcing.domain.model.timebucketedlog#MessageLogged";
}

impl Standalone for MessageLogged {
    const KIND: EntityKind = EntityKind::ENTITY.timestamped().unchained();
}

impl Aggregate for TimeBucketedLog {
    const TOPIC: &'static str = "eventsourcing.domain.model.timebucketedlog#Timebucketedlog";
    const KIND: EntityKind = EntityKind::ENTITY.versioned().timestamped();
}

impl AggregateParts for TimeBucketedLog {
    type Event = TimeBucketedLogEvent;
    type Created = TimeBucketedLogStarted;
    const WAS: &'static [&'static str] = &[];
    // The Python class inherits `Discarded` from this one.
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

    fn __new(started: TimeBucketedLogStarted, state: AggregateState<Self>) -> Self {
        Self {
            name: started.name,
            bucket_size: started.bucket_size,
            state,
        }
    }

    fn __state(&self) -> &AggregateState<Self> {
        &self.state
    }

    fn __state_mut(&mut self) -> &mut AggregateState<Self> {
        &mut self.state
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
    Registered::new::<TimeBucketedLog>()
}
