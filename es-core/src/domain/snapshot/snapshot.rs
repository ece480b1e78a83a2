//! Stored states of aggregates. A replay that starts at one need not read all events.

use std::fmt;
use std::sync::Arc;

use es_json as json;
use es_store::{Timestamp, Topic};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::aggregate::{Aggregate, Snapshotted, StateOps, topic_of};
use crate::domain::event::{Stored, StoredString, StoredTime, StoredUuid, Version};
use crate::error::{Damage, Error, Result};

/// The state of an aggregate at a version, in the format of `docs/formats.md`, section 10.
#[derive(Clone)]
pub struct Snapshot {
    originator_id: Uuid,
    originator_version: Version,
    timestamp: Timestamp,
    aggregate: Topic,
    /// The canonical text of the state; `None` for a discarded aggregate.
    state: Option<Arc<str>>,
}

/// The parsed text of a snapshot, without the state.
#[derive(serde::Deserialize)]
struct Data<'a> {
    originator_id: StoredUuid,
    originator_version: u64,
    timestamp: StoredTime,
    #[serde(borrow)]
    topic: StoredString<'a>,
}

/// The unparsed state in the text of a snapshot.
#[derive(serde::Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    state: &'a RawValue,
}

/// The state in a text that only the reader of `es-json` accepts.
#[derive(serde::Deserialize)]
struct StateValue {
    state: json::Value,
}

impl Snapshot {
    /// The topic of the rows of snapshots.
    pub const TOPIC: Topic = Topic::new("eventsourcing.domain.model.snapshot#Snapshot");

    /// The topic in the snapshot of a discarded aggregate.
    const DISCARDED_TOPIC: &'static str = "builtins#NoneType";

    /// Creates a snapshot of the current state of an aggregate, which includes its pending events.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`] if the state cannot be stored, or would be read back as another state.
    pub fn from_aggregate<A: Snapshotted>(aggregate: &A) -> Result<Self> {
        Self::from_state(aggregate, &StateOps::new())
    }

    pub(crate) fn from_state<A: Aggregate>(aggregate: &A, ops: &StateOps<A>) -> Result<Self> {
        let library_state = aggregate.__state();
        let state = (!library_state.discarded)
            .then(|| ops.state(aggregate))
            .transpose()
            .map_err(|source| Error::InvalidEvent {
                topic: Self::TOPIC,
                source,
            })?;
        Ok(Self::new(
            library_state.id,
            library_state.version,
            topic_of::<A>(),
            state,
        ))
    }

    /// Creates a snapshot of a state in canonical text; `None` for a discarded aggregate.
    pub(crate) fn new(
        originator_id: Uuid,
        originator_version: Version,
        aggregate: &Topic,
        state: Option<String>,
    ) -> Self {
        let aggregate = match state {
            Some(_) => aggregate.clone(),
            None => Topic::new(Self::DISCARDED_TOPIC),
        };
        Self {
            originator_id,
            originator_version,
            timestamp: Timestamp::now(),
            aggregate,
            state: state.map(Arc::from),
        }
    }

    /// Parses a stored snapshot.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] if the text is not JSON or belongs to another row;
    /// [`Error::UnknownTopic`] or [`Error::Undecodable`] if it is not a snapshot in this format.
    pub(crate) fn read(stored: Stored<'_>) -> Result<Self> {
        if *stored.topic != Self::TOPIC {
            return Err(stored.unknown());
        }
        let data: Data<'_> =
            json::from_str(stored.text).map_err(|source| read_error(stored, source))?;
        let state = state(stored.text).map_err(|source| read_error(stored, source))?;
        if data.originator_id.0 != stored.sequence_id {
            return Err(stored.damaged(Damage::OriginatorId));
        }
        let originator_version = Version::new(data.originator_version);
        if stored.position != originator_version.into() {
            return Err(stored.damaged(Damage::Position));
        }
        Ok(Self {
            originator_id: stored.sequence_id,
            originator_version,
            timestamp: data.timestamp.0,
            aggregate: Topic::stored(&data.topic.0),
            state: (state != "null").then(|| Arc::from(state)),
        })
    }

    /// Returns the canonical text, which is stored.
    pub(crate) fn text(&self) -> String {
        let mut topic = String::new();
        json::write_string(&mut topic, self.aggregate.as_str());
        let Self {
            originator_version: version,
            timestamp,
            ..
        } = self;
        let id = self.originator_id.simple();
        let state = self.state.as_deref().unwrap_or("null");
        format!(
            r#"{{"originator_id":{{"UUID":"{id}"}},"originator_version":{version},"state":{state},"timestamp":{{"__decimal__":"{timestamp}"}},"topic":{topic}}}"#
        )
    }

    /// Returns the id of the aggregate.
    #[must_use]
    pub fn originator_id(&self) -> Uuid {
        self.originator_id
    }

    /// Returns the version of the state.
    #[must_use]
    pub fn originator_version(&self) -> Version {
        self.originator_version
    }

    /// Returns the time at which the snapshot was taken.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the topic of the aggregate's type; `builtins#NoneType` if the aggregate is
    /// discarded.
    #[must_use]
    pub fn aggregate_topic(&self) -> &Topic {
        &self.aggregate
    }

    /// Returns the state as JSON; `None` if the aggregate is discarded.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Returns the state in the text of a snapshot. Canonical text is returned unchanged; any other is
/// rewritten.
fn state(text: &str) -> Result<std::borrow::Cow<'_, str>, json::Error> {
    if let Ok(State { state }) = serde_json::from_str::<State<'_>>(text) {
        return Ok(state.get().into());
    }
    let StateValue { state } = json::from_str(text)?;
    Ok(state.to_string().into())
}

fn read_error(stored: Stored<'_>, source: json::Error) -> Error {
    match json::Value::parse(stored.text) {
        Err(error) => stored.damaged(Damage::Malformed(error)),
        Ok(_) => Error::Undecodable {
            topic: stored.topic.clone(),
            sequence_id: stored.sequence_id,
            position: stored.position,
            source,
        },
    }
}

/// Omits the state, which may be large or confidential.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("originator_id", &self.originator_id)
            .field("originator_version", &self.originator_version.get())
            .field("aggregate_topic", &self.aggregate)
            .finish_non_exhaustive()
    }
}
