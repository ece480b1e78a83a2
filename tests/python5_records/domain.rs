//! The aggregates of the stores' writer, by their stored names, with snapshots.

use std::collections::BTreeMap;

use es::json::{Decimal, Tagged, Value};
use es::{Aggregate, Mutate, aggregate, entity, event};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

#[aggregate(
    snapshot,
    topic = "worlds#World",
    base = "eventsourcing.domain.model.aggregate#AggregateRoot",
    events(SomethingHappened)
)]
pub struct World {
    #[attribute]
    ruler: Value,
    #[serde(deserialize_with = "what_happened")]
    pub history: Vec<Value>,
}

/// Its history holds the events themselves; ours holds what they say.
fn what_happened<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    let events = Vec::<Value>::deserialize(deserializer)?;
    let what = |event: Value| {
        let state = event.get("__class__").and_then(|class| class.get("state"));
        let what = state.and_then(|state| state.get("what"));
        what.cloned().unwrap_or(event)
    };
    Ok(events.into_iter().map(what).collect())
}

#[event]
pub struct SomethingHappened {
    pub what: Value,
}

impl Mutate<World> for SomethingHappened {
    fn mutate(&self, world: &mut World) {
        world.history.push(self.what.clone());
    }
}

#[aggregate(snapshot, topic = "worlds#Ledger", events(Posted, Annotated))]
pub struct Ledger {
    #[attribute]
    owner: Value,
    #[created]
    pub opened_on: Value,
    #[created]
    pub limits: Value,
    #[attribute(default)]
    rate: Value,
    pub count: u64,
    pub cents: i64,
    pub entries: Vec<Entry>,
    pub notes: BTreeMap<String, Value>,
}

/// What a ledger keeps of a posting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub amount: Decimal,
    pub at: Value,
    #[serde(rename = "ref")]
    pub reference: Tagged<Uuid>,
}

#[event]
pub struct Posted {
    pub amount: Decimal,
    pub at: Value,
    pub cents: i64,
    #[serde(rename = "ref")]
    pub reference: Tagged<Uuid>,
}

impl Mutate<Ledger> for Posted {
    fn mutate(&self, ledger: &mut Ledger) {
        ledger.count += 1;
        ledger.cents += self.cents;
        ledger.entries.push(Entry {
            amount: self.amount.clone(),
            at: self.at.clone(),
            reference: self.reference,
        });
    }
}

#[event]
pub struct Annotated {
    pub key: String,
    pub note: Value,
}

impl Mutate<Ledger> for Annotated {
    fn mutate(&self, ledger: &mut Ledger) {
        ledger.notes.insert(self.key.clone(), self.note.clone());
    }
}

#[entity(
    versioned,
    timestamped,
    snapshot,
    topic = "eventsourcing.example.domainmodel#Example",
    events(Heartbeat)
)]
pub struct Example {
    #[attribute]
    foo: Value,
    #[attribute]
    a: Value,
    #[attribute]
    b: Value,
    pub count_heartbeats: u64,
}

#[event]
pub struct Heartbeat;

impl Mutate<Example> for Heartbeat {
    fn mutate(&self, example: &mut Example) {
        example.count_heartbeats += 1;
    }
}

/// A measurement: an event that is of no aggregate, and not sealed.
#[event(name = "worlds#Measured")]
pub struct Measured {
    pub value: Value,
}

/// The same, sealed by itself.
#[event(name = "worlds#SealedMeasured")]
pub struct SealedMeasured {
    pub value: Value,
}

impl es::domain::Lone for Measured {
    const KIND: es::domain::EntityKind = es::domain::EntityKind::ENTITY.timestamped().unchained();
}

impl es::domain::Lone for SealedMeasured {
    const KIND: es::domain::EntityKind = es::domain::EntityKind::ENTITY.timestamped();
}

pub fn post(ledger: &mut Ledger, cents: i64) {
    ledger
        .trigger(Posted {
            amount: "5.1E+10".parse().unwrap(),
            at: Value::parse(r#"{"ISO8601_datetime":"2026-11-24T12:00:00.000001"}"#).unwrap(),
            cents,
            reference: Tagged(Uuid::from_u128(7)),
        })
        .unwrap();
    let note = Value::parse("[null,true,1.5]").unwrap();
    let key = "clé".to_owned();
    ledger.trigger(Annotated { key, note }).unwrap();
}
