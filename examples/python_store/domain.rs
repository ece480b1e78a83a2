//! The aggregates of the Python program, under their stored names, with snapshots. Values can be
//! any JSON.

use std::collections::BTreeMap;

use es::json::{Decimal, Tagged, Value};
use es::{Mutate, aggregate, event};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// The Python class used the library's three events, so their names follow the base.
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

/// Reads a history. Python's history holds the events; ours holds their texts.
fn what_happened<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    let events = Vec::<Value>::deserialize(deserializer)?;
    Ok(events.into_iter().map(what_it_says).collect())
}

/// Returns the text of an event in a stored history, or the value itself if it is a text already.
pub fn what_it_says(event: Value) -> Value {
    let state = event.get("__class__").and_then(|class| class.get("state"));
    let what = state.and_then(|state| state.get("what"));
    what.cloned().unwrap_or(event)
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

/// A posting in a ledger.
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
