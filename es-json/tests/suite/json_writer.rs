//! Tests of writing the types of serde as canonical text.

use std::collections::{BTreeMap, HashMap};

use es_json::{Error, Raw, Value, to_string, write_object};
use serde::Serialize;

fn object<T: Serialize>(payload: &T) -> Result<String, Error> {
    let mut out = String::new();
    let library = [
        ("__event_topic__", r#""T""#),
        ("originator_id", "1"),
        ("timestamp", "2"),
    ];
    write_object(&mut out, &[], &library, payload)?;
    Ok(out)
}

#[derive(Serialize)]
struct Unordered {
    zebra: Option<u8>,
    r#async: Vec<Inner>,
    #[serde(rename = "Über")]
    name: char,
    middle: (),
}

#[derive(Serialize)]
struct Inner {
    b: bool,
    a: i8,
}

fn unordered() -> Unordered {
    Unordered {
        zebra: None,
        r#async: vec![Inner { b: true, a: -1 }],
        name: '"',
        middle: (),
    }
}

#[test]
fn keys_are_sorted_by_code_point_at_every_level() {
    let text = r#"{"async":[{"a":-1,"b":true}],"middle":null,"zebra":null,"\u00dcber":"\""}"#;
    assert_eq!(to_string(&unordered()).as_deref(), Ok(text));
    let keys = ["😀", "\u{ffff}", "~", "_a", "Z", "a", "", "\n"];
    let map: HashMap<_, _> = keys.iter().map(|key| (key, 0)).collect();
    let text = r#"{"":0,"\n":0,"Z":0,"_a":0,"a":0,"~":0,"\uffff":0,"\ud83d\ude00":0}"#;
    assert_eq!(to_string(&map).as_deref(), Ok(text));
}

#[test]
fn keys_that_are_integers_or_booleans_are_sorted_as_strings() {
    let map = BTreeMap::from([(9, 'a'), (10, 'b'), (-1, 'c')]);
    assert_eq!(
        to_string(&map).as_deref(),
        Ok(r#"{"-1":"c","10":"b","9":"a"}"#)
    );
    let map = BTreeMap::from([(false, 0), (true, 1)]);
    assert_eq!(to_string(&map).as_deref(), Ok(r#"{"false":0,"true":1}"#));
}

#[test]
fn other_keys_are_errors() {
    let map = BTreeMap::from([((1, 2), 3)]);
    let error = to_string(&map).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a key must be a string, an integer or a boolean, not a tuple"
    );
}

struct Pairs(&'static [(&'static str, u8)]);

impl Serialize for Pairs {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[test]
fn a_key_that_occurs_twice_is_an_error_that_names_it() {
    for pairs in [&[("é", 1), ("é", 2)][..], &[("é", 1), ("a", 2), ("é", 3)]] {
        let key = "é".to_owned();
        assert_eq!(to_string(&Pairs(pairs)), Err(Error::DuplicateKey { key }));
    }
}

#[derive(Serialize)]
enum Shape {
    Point,
    Circle(f64),
    Line(u8, u8),
    Box { width: u8, height: u8 },
}

#[test]
fn enums_are_represented_as_by_serde_json() {
    let shapes = [
        Shape::Point,
        Shape::Circle(1.0),
        Shape::Line(1, 2),
        Shape::Box {
            width: 2,
            height: 1,
        },
    ];
    let text = r#"["Point",{"Circle":1.0},{"Line":[1,2]},{"Box":{"height":1,"width":2}}]"#;
    assert_eq!(to_string(&shapes).as_deref(), Ok(text));
}

#[test]
fn integers_have_any_size() {
    assert_eq!(
        to_string(&(i128::MIN, u128::MAX)).unwrap(),
        format!("[{},{}]", i128::MIN, u128::MAX)
    );
}

#[test]
fn raw_text_is_written_unchanged() {
    assert_eq!(to_string(&(Raw("{}"), "{}")).as_deref(), Ok(r#"[{},"{}"]"#));
}

#[test]
fn values_of_serde_json_are_written_canonically() {
    let value: serde_json::Value = serde_json::from_str(r#"{"b":1.50,"a":[1E5,-7]}"#).unwrap();
    assert_eq!(
        to_string(&value).as_deref(),
        Ok(r#"{"a":[100000.0,-7],"b":1.5}"#)
    );
    let raw: &serde_json::value::RawValue = serde_json::from_str(r#"{"b": 1, "a": "é"}"#).unwrap();
    assert_eq!(
        to_string(&[raw]).as_deref(),
        Ok(r#"[{"a":"\u00e9","b":1}]"#)
    );
}

#[test]
fn a_payload_is_merged_with_the_pairs_of_the_library() {
    let expected = r#"{"__event_topic__":"T","async":[{"a":-1,"b":true}],"middle":null,"originator_id":1,"timestamp":2,"zebra":null,"\u00dcber":"\""}"#;
    assert_eq!(object(&unordered()).as_deref(), Ok(expected));
    let map = HashMap::from([("zebra", Value::Null), ("a", Value::Bool(true))]);
    let expected =
        r#"{"__event_topic__":"T","a":true,"originator_id":1,"timestamp":2,"zebra":null}"#;
    assert_eq!(object(&map).as_deref(), Ok(expected));
}

#[test]
fn a_payload_may_be_empty() {
    #[derive(Serialize)]
    struct Nothing;
    let expected = Ok(r#"{"__event_topic__":"T","originator_id":1,"timestamp":2}"#);
    assert_eq!(object(&()).as_deref(), expected);
    assert_eq!(object(&Nothing).as_deref(), expected);
    assert_eq!(object(&HashMap::<u8, u8>::new()).as_deref(), expected);
}

#[test]
fn earlier_contents_of_the_buffer_are_kept() {
    let mut out = String::from("[");
    write_object(&mut out, &[], &[("b", "1")], &Inner { b: true, a: 0 }).unwrap_err();
    out.truncate(1);
    write_object(&mut out, &[], &[("c", "1")], &Inner { b: true, a: 0 }).unwrap();
    assert_eq!(out, r#"[{"a":0,"b":true,"c":1}"#);
}

#[test]
fn a_payload_that_has_a_key_of_the_library_is_an_error_that_names_it() {
    #[derive(Serialize)]
    struct Clash {
        timestamp: u8,
    }
    let key = "timestamp".to_owned();
    assert_eq!(
        object(&Clash { timestamp: 1 }),
        Err(Error::ReservedKey { key: key.clone() })
    );
    assert_eq!(
        object(&HashMap::from([("timestamp", 1)])),
        Err(Error::ReservedKey { key })
    );
}

#[test]
fn a_payload_without_named_fields_is_an_error() {
    let error = |found| Err(Error::NotAnObject { found });
    assert_eq!(object(&1_u8), error("an integer"));
    assert_eq!(object(&"text"), error("a string"));
    assert_eq!(object(&[1]), error("a tuple"));
    assert_eq!(object(&Shape::Point), error("an enum"));
    assert_eq!(object(&Shape::Circle(1.0)), error("an enum"));
}

#[test]
fn flattened_fields_are_sorted_among_the_others() {
    #[derive(Serialize)]
    struct Outer {
        c: u8,
        #[serde(flatten)]
        inner: Inner,
    }
    let outer = Outer {
        c: 1,
        inner: Inner { b: false, a: 0 },
    };
    assert_eq!(
        to_string(&outer).as_deref(),
        Ok(r#"{"a":0,"b":false,"c":1}"#)
    );
}
