//! The domain of the stores that Python wrote: aggregates, an entity and standalone events.

#[path = "../../examples/python_store/domain.rs"]
mod aggregates;

use es::json::{Tagged, Value};
use es::{Aggregate, event};
use uuid::Uuid;

pub use crate::example::{Example, Heartbeat};
pub use aggregates::*;

/// A measurement: a standalone event without a hash.
#[event(name = "worlds#Measured")]
pub struct Measured {
    pub value: Value,
}

/// A measurement with a hash.
#[event(name = "worlds#SealedMeasured")]
pub struct SealedMeasured {
    pub value: Value,
}

impl es::domain::Standalone for Measured {
    const KIND: es::domain::EntityKind = es::domain::EntityKind::ENTITY.timestamped().unchained();
}

impl es::domain::Standalone for SealedMeasured {
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
