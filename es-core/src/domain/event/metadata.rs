//! The metadata of events.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use es_json as json;
use es_json::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event_header::EventHeader;

/// Metadata of events: a correlation id, a causation id, and custom entries, such as the user who made the request.
///
/// Metadata belongs to a unit of work: see [`scope`](Self::scope). Every event that is triggered in
/// it is stored with the metadata, under `__metadata__`, and the hash covers it. `mutate` does not
/// see it; readers of events find it in the [header](EventHeader::metadata).
///
/// ```
/// # use es_core::domain::Metadata;
/// # use uuid::Uuid;
/// # fn handle() {}
/// let request = Metadata::new().correlation(Uuid::now_v7()).with("user", "ann");
/// request.scope(|| {
///     // Creates aggregates and calls their commands.
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
    /// The metadata of the unit of work that this thread runs.
    static CURRENT: RefCell<Option<Arc<Metadata>>> = const { RefCell::new(None) };
}

impl Metadata {
    /// Creates empty metadata.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates the metadata of the consequences of an event. The event's id is the causation id.
    /// The correlation id is that of the event, or the event's id if it has none.
    #[must_use]
    pub fn caused_by(event: &EventHeader) -> Self {
        let before = event.metadata.as_ref();
        let correlation = before.and_then(|metadata| metadata.correlation_id);
        let id = event.event_id();
        Self::new()
            .causation(id)
            .correlation(correlation.unwrap_or(id))
    }

    /// Sets the correlation id, which a request and all its consequences share.
    #[must_use]
    pub fn correlation(mut self, id: Uuid) -> Self {
        self.correlation_id = Some(id);
        self
    }

    /// Sets the causation id: the id of the command, the message or the event that is the cause.
    #[must_use]
    pub fn causation(mut self, id: Uuid) -> Self {
        self.causation_id = Some(id);
        self
    }

    /// Adds a custom entry.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.entries.insert(key.into(), value.into());
        self
    }

    /// Returns the correlation id.
    #[must_use]
    pub fn correlation_id(&self) -> Option<Uuid> {
        self.correlation_id
    }

    /// Returns the causation id.
    #[must_use]
    pub fn causation_id(&self) -> Option<Uuid> {
        self.causation_id
    }

    /// Returns a custom entry.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.get(key)
    }

    /// Returns all custom entries, by ascending key.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries
            .iter()
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Runs a unit of work: every event that is triggered in it, on any aggregate, has this
    /// metadata.
    ///
    /// A nested scope replaces the metadata of the outer one. The work is synchronous, as commands
    /// are: load aggregates before it and save them after it, or use
    /// [`scope_async`](Self::scope_async). A closure that returns a future does not compile
    /// ("type annotations needed"), because the future would run after the scope.
    pub fn scope<Kind, W: Work<Kind>>(&self, work: W) -> W::Output {
        let _restore = enter(self.shared());
        work.run()
    }

    /// Runs an asynchronous unit of work: every event that is triggered in it has this metadata.
    ///
    /// Tasks that the work spawns do not have it. A nested scope replaces the metadata of the outer
    /// one.
    ///
    /// ```
    /// # use es_core::domain::Metadata;
    /// # async fn handle() {}
    /// # async fn request() {
    /// // Loads aggregates, calls their commands and saves them.
    /// Metadata::new().with("user", "ann").scope_async(handle()).await;
    /// # }
    /// ```
    pub async fn scope_async<F: Future>(&self, work: F) -> F::Output {
        let mut work = std::pin::pin!(work);
        let metadata = self.shared();
        // Other tasks run on this thread between two polls.
        std::future::poll_fn(|context| {
            let _restore = enter(metadata.clone());
            work.as_mut().poll(context)
        })
        .await
    }

    /// Returns a shared copy, or `None` if it is empty.
    fn shared(&self) -> Option<Arc<Self>> {
        (!self.is_empty()).then(|| Arc::new(self.clone()))
    }

    fn is_empty(&self) -> bool {
        self.causation_id.is_none() && self.correlation_id.is_none() && self.entries.is_empty()
    }

    /// Returns the metadata of the unit of work that this thread runs.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CURRENT.with_borrow(Clone::clone)
    }
}

/// Sets the metadata of the thread until the returned value is dropped.
fn enter(metadata: Option<Arc<Metadata>>) -> RestoreOnDrop {
    RestoreOnDrop(CURRENT.replace(metadata))
}

/// A synchronous unit of work: a closure that does not return a future.
///
/// A closure that returns a future has two kinds, so the compiler cannot infer one and refuses it.
#[doc(hidden)]
pub trait Work<Kind> {
    /// The result of the work.
    type Output;

    /// Runs the work.
    fn run(self) -> Self::Output;
}

/// The kind of a closure that does its work before it returns.
#[doc(hidden)]
pub enum Synchronous {}

/// The kind of a closure that returns a future. It is for [`Metadata::scope_async`].
#[doc(hidden)]
pub enum UseScopeAsync {}

impl<F: FnOnce() -> R, R> Work<Synchronous> for F {
    type Output = R;

    fn run(self) -> R {
        self()
    }
}

impl<F: FnOnce() -> R, R: Future> Work<UseScopeAsync> for F {
    type Output = R;

    fn run(self) -> R {
        self()
    }
}

/// Restores the metadata of the outer scope, even if the work panics.
struct RestoreOnDrop(Option<Arc<Metadata>>);

impl Drop for RestoreOnDrop {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Compares the ids, and the stored texts of the entries: a `NaN` is equal to itself.
impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        let texts_are_equal = || json::to_string(&self.entries) == json::to_string(&other.entries);
        self.causation_id == other.causation_id
            && self.correlation_id == other.correlation_id
            // Every triggered event is compared. Most have no entries, and need no texts.
            && ((self.entries.is_empty() && other.entries.is_empty()) || texts_are_equal())
    }
}

impl Eq for Metadata {}
