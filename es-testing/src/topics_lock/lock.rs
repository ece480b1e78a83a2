//! The stored names and shapes of aggregates.

use std::collections::{BTreeMap, BTreeSet};

use es_core::domain::{Aggregate, Field, Shape, StoredEventType, StoredType};

/// The stored names and shapes of aggregates, of a program or parsed from a file.
///
/// [`topics_lock`](crate::topics_lock()) compares the program with the file. This type is for tests
/// that compare in another way.
#[derive(Debug, Clone, Default)]
pub struct TopicsLock {
    pub(super) types: BTreeMap<String, Type>,
    /// The Rust types that claim each topic, current or former.
    pub(super) owners: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Type {
    pub(super) base: Option<String>,
    pub(super) was: BTreeSet<String>,
    /// The fields of the created event; `None` if its shape is unknown.
    pub(super) created: Option<Fields>,
    pub(super) attributes: Fields,
    pub(super) events: BTreeMap<String, EventType>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct EventType {
    pub(super) was: BTreeSet<String>,
    pub(super) is_retired: bool,
    /// The shapes of the versions; `None` for a version that accepts any object.
    pub(super) versions: BTreeMap<u32, Option<Fields>>,
}

pub(super) type Fields = BTreeMap<String, Value>;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Value {
    pub(super) ty: String,
    pub(super) was: BTreeSet<String>,
    pub(super) has_default: bool,
}

impl TopicsLock {
    /// Collects all aggregates that are linked into this program. Those of the library itself are
    /// omitted, because their formats are fixed.
    #[must_use]
    pub fn registered() -> Self {
        let mut lock = Self::default();
        let is_in_program = |stored: &StoredType| !stored.type_name.starts_with("es_structures::");
        for stored in StoredType::registered().into_iter().filter(is_in_program) {
            lock.add(&stored);
        }
        lock
    }

    /// Adds an aggregate.
    #[must_use]
    pub fn and<A: Aggregate>(mut self) -> Self {
        self.add(&StoredType::new::<A>());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    fn add(&mut self, stored: &StoredType) {
        for topic in stored.was.iter().chain([&stored.topic]) {
            let owners = self.owners.entry((*topic).to_owned()).or_default();
            owners.insert(stored.type_name.to_owned());
        }
        self.types
            .insert(stored.topic.to_owned(), type_from(stored));
    }
}

fn type_from(stored: &StoredType) -> Type {
    let events = stored.events.iter();
    Type {
        base: (stored.base != stored.topic).then(|| stored.base.to_owned()),
        was: owned_set(stored.was),
        created: stored.created.map(fields_from_shape),
        attributes: fields_from(stored.attributes),
        events: events
            .map(|event| (event.name.to_owned(), event_from(event)))
            .collect(),
    }
}

fn event_from(event: &StoredEventType) -> EventType {
    let former = event
        .former
        .iter()
        .map(|former| (former.version, former.shape));
    let versions = former.chain([(event.version, event.shape)]);
    EventType {
        was: owned_set(event.was),
        is_retired: event.is_retired,
        versions: versions
            .map(|(version, shape)| (version, shape.map(fields_from_shape)))
            .collect(),
    }
}

fn fields_from_shape(shape: &Shape) -> Fields {
    fields_from(shape.fields)
}

fn fields_from(fields: &[Field]) -> Fields {
    let entry = |field: &Field| {
        let value = Value {
            ty: field.ty.to_owned(),
            was: owned_set(field.was),
            has_default: field.has_default,
        };
        (field.name.to_owned(), value)
    };
    fields.iter().map(entry).collect()
}

fn owned_set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
