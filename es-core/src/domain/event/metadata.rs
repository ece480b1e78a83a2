//! The metadata of events.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use es_json as json;
use es_json::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event_header::EventHeader;

/// What is said of events besides what happened: which conversation they belong to, what caused them, and whatever else
/// the program wants to keep, such as who asked for them.
///
/// It is given to a unit of work, and every event that is triggered in it carries it, stored under `__metadata__` and
/// covered by the hash. `mutate` does not see it; whoever reads events does, in their [header](EventHeader::metadata).
///
/// ```
/// # use es_core::domain::Metadata;
/// # use uuid::Uuid;
/// # fn handle() {}
/// let request = Metadata::new().correlation(Uuid::now_v7()).with("user", "ann");
/// request.scope(|| {
///     // Creates aggregates, gives them commands.
///     handle();
/// });
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    #[serde(with = "es_json::uuid", skip_serializing_if = "Option::is_none")]
    causation_id: Option<Uuid>,
    #[serde(with = "es_json::uuid", skip_serializing_if = "Option::is_none")]
    correlation_id: Option<Uuid>,
    #[serde(rename = "user", skip_serializing_if = "BTreeMap::is_empty")]
    entries: BTreeMap<String, Value>,
}

thread_local! {
    /// That of the unit of work that this thread is in.
    static CURRENT: RefCell<Option<Arc<Metadata>>> = const { RefCell::new(None) };
}

impl Metadata {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What an event caused: its id as that of the cause, and its correlation, which begins with it where it has none.
    #[must_use]
    pub fn caused_by(event: &EventHeader) -> Self {
        let before = event.metadata.as_ref();
        let correlation = before.and_then(|metadata| metadata.correlation_id);
        let id = event.event_id();
        Self::new()
            .causation(id)
            .correlation(correlation.unwrap_or(id))
    }

    /// The same, of a conversation: a request, and all that came of it.
    #[must_use]
    pub fn correlation(mut self, id: Uuid) -> Self {
        self.correlation_id = Some(id);
        self
    }

    /// The same, caused by the command, the message or the event with this id.
    #[must_use]
    pub fn causation(mut self, id: Uuid) -> Self {
        self.causation_id = Some(id);
        self
    }

    /// The same, with an entry of the program's own.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.entries.insert(key.into(), value.into());
        self
    }

    /// The conversation.
    #[must_use]
    pub fn correlation_id(&self) -> Option<Uuid> {
        self.correlation_id
    }

    /// The cause.
    #[must_use]
    pub fn causation_id(&self) -> Option<Uuid> {
        self.causation_id
    }

    /// An entry of the program's own.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// All of them, by their keys.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Does a unit of work: every event that is triggered in it, on whatever aggregate, carries this metadata.
    ///
    /// Inside another scope it takes the other's place. The work is synchronous, as commands are: load before it, save
    /// after it.
    pub fn scope<R>(&self, work: impl FnOnce() -> R) -> R {
        let is_empty = *self == Self::default();
        let current = (!is_empty).then(|| Arc::new(self.clone()));
        let _before = Before(CURRENT.replace(current));
        work()
    }

    /// That of the unit of work that this thread is in.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }
}

/// Puts back what was current before, also where the work panics.
struct Before(Option<Arc<Metadata>>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Equal where what is stored is.
impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        json::to_string(self) == json::to_string(other)
    }
}

impl Eq for Metadata {}
