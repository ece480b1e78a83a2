//! States of aggregates as they are stored, so that not every event is replayed.

use std::fmt;
use std::sync::Arc;

use es_json as json;
use es_store::{Timestamp, Topic};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::aggregate::{Aggregate, Snapshotted, StateOps};
use crate::domain::event::{Stored, StoredString, StoredTime, StoredUuid, Version};
use crate::error::{Damage, Error, Result};

/// The state of an aggregate at a version. The format is that of `docs/formats.md`, section 10.
#[derive(Clone)]
pub struct Snapshot {
    originator_id: Uuid,
    originator_version: Version,
    timestamp: Timestamp,
    aggregate: Topic,
    /// The canonical text of the state; none of a discarded aggregate.
    state: Option<Arc<str>>,
}

/// A snapshot's text, read.
#[derive(serde::Deserialize)]
struct Data<'a> {
    originator_id: StoredUuid,
    originator_version: u64,
    timestamp: StoredTime,
    #[serde(borrow)]
    topic: StoredString<'a>,
}

/// The state alone, as it stands in the text.
#[derive(serde::Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    state: &'a RawValue,
}

/// The same of a text that only our own reader takes.
#[derive(serde::Deserialize)]
struct StateValue {
    state: json::Value,
}

impl Snapshot {
    /// The topic of the rows of all snapshots.
    pub const TOPIC: Topic = Topic::new("eventsourcing.domain.model.snapshot#Snapshot");

    /// What the snapshot of a discarded aggregate says instead of the aggregate's topic.
    const NOTHING: &'static str = "builtins#NoneType";

    /// Of an aggregate as it is, with what is pending.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEvent`] where the state cannot be stored.
    pub fn from_aggregate<A: Snapshotted>(aggregate: &A) -> Result<Self> {
        Self::from_state(aggregate, &StateOps::new())
    }

    pub(crate) fn from_state<A: Aggregate>(aggregate: &A, ops: &StateOps<A>) -> Result<Self> {
        let root = aggregate.__root();
        let state = (!root.discarded)
            .then(|| ops.state(aggregate))
            .transpose()
            .map_err(|source| Error::InvalidEvent {
                topic: Self::TOPIC,
                source,
            })?;
        Ok(Self::new(root.id, root.version, A::__TOPIC, state))
    }

    /// Of the state whose canonical text is `state`; none of a discarded aggregate.
    pub(crate) fn new(
        originator_id: Uuid,
        originator_version: Version,
        aggregate: &Topic,
        state: Option<String>,
    ) -> Self {
        let aggregate = match state {
            Some(_) => aggregate.clone(),
            None => Topic::new(Self::NOTHING),
        };
        Self {
            originator_id,
            originator_version,
            timestamp: Timestamp::now(),
            aggregate,
            state: state.map(Arc::from),
        }
    }

    /// Reads a stored snapshot.
    ///
    /// # Errors
    ///
    /// [`Error::Integrity`] where the text is no JSON or belongs to another row; [`Error::UnknownTopic`] and
    /// [`Error::Undecodable`] where it is no snapshot of this form.
    pub(crate) fn read(stored: Stored<'_>) -> Result<Self> {
        if *stored.topic != Self::TOPIC {
            return Err(stored.unknown());
        }
        let data: Data<'_> =
            json::from_str(stored.text).map_err(|source| unread(stored, source))?;
        let state = state(stored.text).map_err(|source| unread(stored, source))?;
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

    /// The canonical text: what is stored.
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

    /// Whose state it is.
    #[must_use]
    pub fn originator_id(&self) -> Uuid {
        self.originator_id
    }

    /// The version at which it was the state.
    #[must_use]
    pub fn originator_version(&self) -> Version {
        self.originator_version
    }

    /// When it was taken.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The topic of the aggregate's type; `builtins#NoneType` where it was discarded.
    #[must_use]
    pub fn aggregate_topic(&self) -> &Topic {
        &self.aggregate
    }

    /// The state in JSON; none where it was discarded.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// Canonical text is taken as it stands; any other is written anew.
fn state(text: &str) -> Result<std::borrow::Cow<'_, str>, json::Error> {
    if let Ok(State { state }) = serde_json::from_str::<State<'_>>(text) {
        return Ok(state.get().into());
    }
    let StateValue { state } = json::from_str(text)?;
    Ok(state.to_string().into())
}

fn unread(stored: Stored<'_>, source: json::Error) -> Error {
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

/// Leaves the state out: it may be large, and is the user's.
impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("originator_id", &self.originator_id)
            .field("originator_version", &self.originator_version.get())
            .field("aggregate_topic", &self.aggregate)
            .finish_non_exhaustive()
    }
}
