//! Aggregates without fields.

use super::*;

#[aggregate]
#[derive(Debug, Clone, PartialEq)]
pub struct Unit;

#[aggregate()]
#[derive(Debug)]
pub struct Braces {}

#[test]
fn an_aggregate_needs_no_fields() {
    let mut unit = Unit::create().unwrap();
    assert_eq!(replayed(&unit), unit);
    unit.discard().unwrap();
    assert!(matches!(
        unit.pending_events()[1].payload(),
        UnitEvent::Discarded(Discarded)
    ));
    assert_eq!(Braces::create_with(unit.id()).unwrap().id(), unit.id());
}

#[test]
fn an_unknown_attribute_is_an_error() {
    let text = r#"{"name":"_ruler","value":"gods"}"#;
    assert!(es::json::from_str::<UnitAttribute>(text).is_err());
}
