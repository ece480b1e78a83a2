//! The aggregates of the stores' writer, its entity, and its events that are of no aggregate.

#[path = "../../examples/python_store/domain.rs"]
mod aggregates;

use es::json::{Tagged, Value};
use es::{Aggregate, event};
use uuid::Uuid;

pub use crate::example::{Example, Heartbeat};
pub use aggregates::*;

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
