//! The operations that write the state of an aggregate as a JSON object and read it back.

use es_json as json;
use es_store::Timestamp;
use serde::de::Error as _;
use serde::{Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::aggregate::Aggregate;
use super::aggregate_parts::AggregateParts;
use super::aggregate_state::AggregateState;
use super::applying::Activity;
use super::guarantees::Versioned;
use super::state_difference::StateDifference;
use crate::domain::event::{
    Encode, SaveMode, StoredString, StoredTime, StoredUuid, Version, write_event,
};
use crate::domain::integrity::{EventHash, Salt};

/// An aggregate with snapshots of its state. `#[aggregate(snapshot)]` implements this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no snapshots",
    label = "no `snapshot` in its attribute",
    note = "write `#[aggregate(snapshot)]` above `struct {Self}`"
)]
pub trait Snapshotted: Versioned {
    #[doc(hidden)]
    fn __write_state<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    #[doc(hidden)]
    fn __read_state<'de, D: Deserializer<'de>>(
        deserializer: D,
        library_state: AggregateState<Self>,
    ) -> Result<Self, D::Error>;
    /// Compares the fields with those of another state. Types that opt out compare nothing.
    #[doc(hidden)]
    fn __compare_state(&self, _: &Self, _: &mut StateDifference) {}
}

/// The operations on the state of aggregates of type `A`. They need no bound, so that the code for
/// all aggregates can use them.
pub struct StateOps<A: AggregateParts> {
    write: Encode<A>,
    read: fn(&str, AggregateState<A>) -> Result<A, json::Error>,
    compare: fn(&A, &A, &mut StateDifference),
}

impl<A: Snapshotted> StateOps<A> {
    /// Creates the operations of `A`.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only expansions make it")]
    pub const fn new() -> Self {
        Self {
            write: |out, library, aggregate| write_event(out, library, &Fields(aggregate)),
            read: |text, library_state| {
                let mut reader = serde_json::Deserializer::from_str(text);
                if let Ok(aggregate) = A::__read_state(&mut reader, library_state.clone())
                    && reader.end().is_ok()
                {
                    return Ok(aggregate);
                }
                // Only the reader of `es-json` accepts extensions such as `NaN`.
                A::__read_state(
                    json::ValueDeserializer(json::Value::parse(text)?),
                    library_state,
                )
            },
            compare: A::__compare_state,
        }
    }
}

/// Serialises the fields of an aggregate.
struct Fields<'a, A>(&'a A);

impl<A: Snapshotted> Serialize for Fields<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.__write_state(serializer)
    }
}

/// The library's keys in the stored state of an aggregate.
#[derive(serde::Deserialize)]
struct LibraryState<'a> {
    #[serde(rename = "_id")]
    id: StoredUuid,
    #[serde(rename = "___version__")]
    version: u64,
    #[serde(rename = "__head__", borrow, default)]
    head: Option<StoredString<'a>>,
    #[serde(rename = "___created_on__")]
    created_on: Option<StoredTime>,
    #[serde(rename = "___last_modified__")]
    last_modified: Option<StoredTime>,
}

impl<A: Aggregate> StateOps<A> {
    /// Returns the state in canonical text. The text is read back and compared, because a snapshot
    /// must not change the state that a repository loads.
    pub(crate) fn state(&self, aggregate: &A) -> Result<String, json::Error> {
        let pairs = library_pairs(aggregate.__state());
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, text)| (*key, text.as_str()))
            .collect();
        let mut out = String::new();
        (self.write)(&mut out, &pairs, aggregate)?;
        if A::ROUND_TRIP {
            self.check_round_trip(&out, aggregate)?;
        }
        Ok(out)
    }

    fn check_round_trip(&self, state: &str, aggregate: &A) -> Result<(), json::Error> {
        let library_state = aggregate.__state();
        let read = self
            .aggregate(
                state,
                (library_state.id, library_state.version),
                library_state.salt.clone(),
            )
            .map_err(StateError::unreadable)?;
        let mut difference = StateDifference::default();
        (self.compare)(aggregate, &read, &mut difference);
        difference.into_result()
    }

    /// Creates the aggregate from a state, which must be that of `id` at `version`.
    pub(crate) fn aggregate(
        &self,
        state: &str,
        (id, version): (Uuid, Version),
        salt: Salt,
    ) -> Result<A, StateError> {
        let stored: LibraryState<'_> = json::from_str(state)?;
        if (stored.id.0, Version::new(stored.version)) != (id, version) {
            return Err(StateError::OtherAggregate);
        }
        let head = stored.head.and_then(|text| EventHash::parse(&text.0));
        let is_complete = (head.is_some() || !A::KIND.hashes.is_recorded())
            && (stored.created_on.is_some() && stored.last_modified.is_some()
                || !A::KIND.times.is_recorded());
        if !is_complete {
            return Err(StateError::Incomplete);
        }
        let time = |time: Option<StoredTime>| time.map_or(Timestamp::from_micros(0), |time| time.0);
        let library_state = AggregateState {
            id,
            version,
            head: head.unwrap_or(EventHash::PLACEHOLDER),
            created_on: time(stored.created_on),
            last_modified: time(stored.last_modified),
            salt,
            discarded: false,
            activity: Activity::Ready,
            pending: Vec::new(),
        };
        Ok((self.read)(state, library_state)?)
    }
}

/// The reason why this program cannot use a state.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("the state does not fit this program's type")]
    Shape(#[from] json::Error),
    #[error("the state has no hash or no times, which this program's type requires")]
    Incomplete,
    #[error("the state belongs to another aggregate or version than its snapshot")]
    OtherAggregate,
}

impl StateError {
    /// Converts the error to that of a state whose text was just written.
    fn unreadable(self) -> json::Error {
        match self {
            Self::Shape(error) => error.unreadable(),
            other => json::Error::custom(other).unreadable(),
        }
    }
}

/// Returns the library's pairs, in the order of their keys.
fn library_pairs<A: Aggregate>(library_state: &AggregateState<A>) -> Vec<(&'static str, String)> {
    let time = |time: Timestamp| format!("{{\"__decimal__\":\"{time}\"}}");
    let mut pairs = Vec::with_capacity(7);
    if A::KIND.times.is_recorded() {
        pairs.push(("___created_on__", time(library_state.created_on)));
        pairs.push(("___last_modified__", time(library_state.last_modified)));
    }
    pairs.push(("___version__", library_state.version.to_string()));
    if A::KIND.hashes.is_recorded() {
        pairs.push(("__head__", format!("\"{}\"", library_state.head)));
    }
    pairs.push(("__is_discarded__", "false".to_owned()));
    if A::KIND.save_mode == SaveMode::Atomic {
        pairs.push(("__pending_events__", "{\"__deque__\":[]}".to_owned()));
    }
    pairs.push((
        "_id",
        format!("{{\"UUID\":\"{}\"}}", library_state.id.simple()),
    ));
    pairs
}

/// Reads a field that every state has. Without this function, serde would read a missing `Option`
/// as `None`.
pub fn present<'de, T: serde::Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}
