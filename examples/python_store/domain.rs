//! The aggregates of the store's writer, by their stored names. Values may be anything that JSON holds.

use std::collections::BTreeMap;

use es::json::{Decimal, Tagged, Value};
use es::{Mutate, aggregate, event};
use uuid::Uuid;

/// Its class had no events of its own for the library's three: their names follow the base.
#[aggregate(
    topic = "worlds#World",
    base = "eventsourcing.domain.model.aggregate#AggregateRoot",
    events(SomethingHappened)
)]
pub struct World {
    #[attribute]
    ruler: Value,
    pub history: Vec<Value>,
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

#[aggregate(topic = "worlds#Ledger", events(Posted, Annotated))]
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
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub amount: Decimal,
    pub at: Value,
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
