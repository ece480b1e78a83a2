//! Tests of reading JSON into the types of serde.

use std::collections::{BTreeMap, HashMap};

use es_json::{Decimal, Error, Number, Tagged, Value, from_str, to_string};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Debug, PartialEq, Deserialize)]
struct Order {
    lines: Vec<Line>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    price: f64,
    kind: Kind,
    places: BTreeMap<i32, bool>,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    Unit,
    New(u8),
    Pair(u8, u8),
    Named { a: u8 },
}

fn line(price: &str, kind: &str) -> String {
    format!(r#"{{"lines":[{{"price":{price},"kind":{kind},"places":{{"-1":true}}}}]}}"#)
}

#[test]
fn both_readers_read_the_same() {
    for (kind, expected) in [
        (r#""Unit""#, Kind::Unit),
        (r#"{"New":1}"#, Kind::New(1)),
        (r#"{"Pair":[1,2]}"#, Kind::Pair(1, 2)),
        (r#"{"Named":{"a":1}}"#, Kind::Named { a: 1 }),
    ] {
        let fast: Order = from_str(&line("1", kind)).unwrap();
        let own: Order = from_str(&line("Infinity", kind)).unwrap();
        assert_eq!(
            (fast.lines[0].price, own.lines[0].price),
            (1.0, f64::INFINITY)
        );
        assert_eq!(fast.lines[0].kind, expected);
        assert_eq!(own.lines[0].kind, expected);
        assert_eq!(own.lines[0].places, BTreeMap::from([(-1, true)]));
        assert_eq!(own.note, None);
    }
}

#[test]
fn errors_name_the_position_but_no_value() {
    for (text, message) in [
        (
            line("\"secret\"", "\"Unit\""),
            "expected f64, found a string at `lines[0].price`",
        ),
        (
            line("1", "\"secret\""),
            "expected one of the variants [\"Unit\", \"New\", \"Pair\", \"Named\"] at `lines[0].kind`",
        ),
        (
            line("1", "{\"New\":300}"),
            "expected u8, found another value at `lines[0].kind`",
        ),
        ("{}".to_owned(), "missing field `lines`"),
        (
            "{\"lines\":[secret]}".to_owned(),
            "expected a value at byte 10",
        ),
    ] {
        assert_eq!(from_str::<Order>(&text).unwrap_err().to_string(), message);
    }
}

#[test]
fn the_last_of_two_equal_keys_is_used() {
    let order: Order = from_str(r#"{"lines":[],"note":"a","lines":[],"note":"b"}"#).unwrap();
    assert_eq!(order.note.as_deref(), Some("b"));
    assert_eq!(
        from_str(r#"{"a":1,"a":2}"#),
        Ok(HashMap::from([("a".to_owned(), 2)]))
    );
}

#[test]
fn minus_zero_is_an_integer() {
    assert_eq!(from_str::<i32>("-0"), Ok(0));
    assert_eq!(from_str::<Value>("-0"), Ok(Value::Number(0.into())));
}

#[test]
fn a_number_too_large_for_a_float_is_infinite() {
    assert_eq!(from_str::<f64>("1e999"), Ok(f64::INFINITY));
    assert_eq!(
        from_str::<u8>("256").unwrap_err().to_string(),
        "expected u8, found another value"
    );
}

#[test]
fn floats_are_read_exactly() {
    // Without `float_roundtrip`, serde_json is one bit off here.
    for text in [
        "0.12890656250000002",
        "1.2345678901234566e-07",
        "5e-324",
        "1.7976931348623157e+308",
    ] {
        assert_eq!(
            to_string(&from_str::<f64>(text).unwrap()).as_deref(),
            Ok(text)
        );
    }
}

#[derive(Serialize, Deserialize)]
struct Holder {
    value: Value,
    list: Vec<Number>,
}

#[test]
fn integers_keep_their_digits_at_every_level() {
    let digits = "1234567890".repeat(5);
    let plain = format!(r#"{{"list":[{digits}],"value":{{"a":-{digits}}}}}"#);
    assert_eq!(to_string(&from_str::<Holder>(&plain).unwrap()), Ok(plain));
    let own = format!(r#"{{"list":[{digits},NaN],"value":[{digits}]}}"#);
    assert_eq!(to_string(&from_str::<Holder>(&own).unwrap()), Ok(own));
}

#[test]
fn values_are_read_from_values_of_serde_json() {
    let value: serde_json::Value =
        serde_json::from_str(r#"{"a":[1,-2,0.5,"x",null,true]}"#).unwrap();
    let value = Value::deserialize(value).unwrap();
    assert_eq!(value.to_string(), r#"{"a":[1,-2,0.5,"x",null,true]}"#);
}

#[test]
fn values_are_read_within_flatten_and_untagged() {
    #[derive(Deserialize)]
    struct Outer {
        #[serde(flatten)]
        rest: BTreeMap<String, Either>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Id(Tagged<Uuid>),
        Price(Decimal),
        Other(Value),
    }
    let text = r#"{"a":{"UUID":"00000000000000000000000000000000"},"b":{"__decimal__":"1.10"},"c":[1,0.5]}"#;
    let outer: Outer = from_str(text).unwrap();
    assert!(matches!(&outer.rest["a"], Either::Id(Tagged(id)) if id.is_nil()));
    assert!(matches!(&outer.rest["b"], Either::Price(price) if price.as_str() == "1.10"));
    assert!(matches!(&outer.rest["c"], Either::Other(value) if value.to_string() == "[1,0.5]"));
}

#[test]
fn a_decimal_that_is_a_number_keeps_its_digits() {
    let read = |text: &str| from_str::<Decimal>(text).unwrap().to_string();
    let digits = "1234567890".repeat(5);
    assert_eq!(read(&format!(r#"{{"__decimal__":{digits}}}"#)), digits);
    assert_eq!(read(r#"{"__decimal__":1.5}"#), "1.5");
    assert_eq!(read(r#"{"__decimal__":"1\u002e50"}"#), "1.50");
    assert!(read(r#"{"__decimal__":0.1}"#).starts_with("0.1000000000000000055"));
    assert_eq!(read(r#"{"__decimal__":NaN}"#), "NaN");
}

#[test]
fn special_values_nest_in_options_lists_and_maps() {
    #[derive(Serialize, Deserialize)]
    struct Family {
        children: HashMap<String, Vec<Tagged<Uuid>>>,
        #[serde(with = "es_json::uuid")]
        father: Option<Uuid>,
        #[serde(with = "es_json::uuid")]
        friends: Vec<Uuid>,
        #[serde(with = "es_json::uuid")]
        id: Uuid,
        #[serde(with = "es_json::deque")]
        queue: std::collections::VecDeque<u8>,
    }
    let id = r#"{"UUID":"6990846bcf3349fd804f3b53b3886efe"}"#;
    let text = format!(
        r#"{{"children":{{"a":[{id}]}},"father":null,"friends":[{id},{id}],"id":{id},"queue":{{"__deque__":[]}}}}"#
    );
    assert_eq!(to_string(&from_str::<Family>(&text).unwrap()), Ok(text));
}

#[test]
fn a_special_value_of_another_kind_is_an_error_at_its_position() {
    let error = from_str::<Vec<Tagged<Uuid>>>(r#"[{"__decimal__":"1"}]"#).unwrap_err();
    assert_eq!(error.to_string(), "missing field `UUID` at `[0]`");
    let error = from_str::<Tagged<Uuid>>(r#"{"UUID":"secret"}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a UUID: expected 32 hexadecimal digits at `UUID`"
    );
    assert!(matches!(error, Error::Data { .. }));
}

#[test]
fn an_object_of_another_class_is_an_error() {
    use es_json::{PythonClass, object};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Position {
        x: u8,
    }
    impl PythonClass for Position {
        const TOPIC: &'static str = "worlds#Position";
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Moved {
        #[serde(with = "object")]
        to: Position,
    }
    let text = r#"{"to":{"__class__":{"state":{"x":1},"topic":"worlds#Position"}}}"#;
    let moved: Moved = from_str(text).unwrap();
    assert_eq!(moved.to, Position { x: 1 });
    assert_eq!(to_string(&moved).as_deref(), Ok(text));
    let error = from_str::<Moved>(&text.replace("#Position", "#Other")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected an object of the class `worlds#Position` at `to.__class__`"
    );
}
