//! Tests against the rows of `json.jsonl` and `json_decode.jsonl`, which Python `eventsourcing`
//! 5.0.0 wrote.

use std::collections::BTreeMap;

use es_json::{self as json, Error, Value};

use crate::described::{Described, Refusal};
use crate::vectors::{rows, text};

/// The expected result for a value that this crate treats differently from Python.
enum Expected<'r> {
    /// Canonical text, the same as Python's or another one.
    Text(String),
    /// No Rust type corresponds to the value.
    NoValue(Refusal),
    /// An error whose message contains this.
    Error(&'r str),
}

fn expected<'r>(kind: &str, row: &'r Value) -> Expected<'r> {
    let encoded = text(row, "encoded");
    let value = row.get("value").unwrap();
    match kind {
        "str_lone_surrogate" => Expected::NoValue(Refusal::LoneSurrogate),
        "timedelta" | "complex" => Expected::NoValue(Refusal::NoSuchType),
        // Sets and bytes are arrays to serde; Python rejects them.
        "set" | "frozenset" => match value.get("v") {
            Some(Value::Array(items)) => {
                let items: Vec<_> = items.iter().map(|item| text(item, "v").unwrap()).collect();
                Expected::Text(format!("[{}]", items.join(",")))
            }
            _ => panic!("expected a set of integers"),
        },
        "bytes" | "bytearray" => match Described::new(value) {
            Ok(Described::Bytes(bytes)) => Expected::Text(format!("{bytes:?}").replace(' ', "")),
            _ => panic!("expected bytes"),
        },
        // Python sorts the keys as integers, and would write its own text differently after reading
        // it.
        "int_keys" => Expected::Text(
            text(row, "reencoded")
                .unwrap_or(encoded.unwrap())
                .to_owned(),
        ),
        "mixed_keys" => Expected::Text(r#"{"1":2,"a":1}"#.to_owned()),
        "float_keys" => Expected::Error("not a float"),
        "none_key" => Expected::Error("not nothing"),
        "tuple_key" => Expected::Error("not a sequence"),
        "deque_nonempty" => Expected::Error("use a `Vec`"),
        "datetime_subminute_offset" => Expected::Error("whole minutes"),
        "datetime_year" if year(value) < 100 => Expected::Error("before the year 100"),
        _ => Expected::Text(encoded.unwrap().to_owned()),
    }
}

fn year(value: &Value) -> u32 {
    value.get("y").unwrap().to_string().parse().unwrap()
}

/// Without the feature `jiff` there is no type for dates.
fn has_no_rust_type(value: &Result<Described, Refusal>) -> bool {
    cfg!(not(feature = "jiff")) && matches!(value, Err(Refusal::NoDates))
}

#[test]
fn python5_values_are_written_as_python_writes_them() {
    let mut written = 0;
    for row in rows("json.jsonl") {
        let value = Described::new(row.get("value").unwrap());
        if has_no_rust_type(&value) {
            continue;
        }
        match (expected(text(&row, "kind").unwrap(), &row), value) {
            (Expected::Text(text), Ok(value)) => {
                assert_eq!(json::to_string(&value).as_deref(), Ok(&*text), "{row}");
                written += 1;
            }
            (Expected::NoValue(refusal), Err(found)) => assert_eq!(refusal, found, "{row}"),
            (Expected::Error(words), Ok(value)) => {
                let error = json::to_string(&value).unwrap_err().to_string();
                assert!(error.contains(words), "{error}: {row}");
            }
            _ => panic!("{row}"),
        }
    }
    assert!(written > 0);
}

#[test]
fn python5_texts_are_encoded_again_as_python_does() {
    let mut same = 0;
    for row in rows("json.jsonl") {
        let Some(encoded) = text(&row, "encoded") else {
            continue;
        };
        let again = json::canonical(encoded);
        match (text(&row, "kind").unwrap(), text(&row, "decode_error")) {
            ("str_lone_surrogate", _) => {
                assert!(matches!(again, Err(Error::Syntax { .. })), "{row}");
            }
            ("datetime_year", _) if year(row.get("value").unwrap()) < 100 => {
                assert!(again.is_err(), "{row}");
            }
            // Topics are not looked up.
            (_, Some("TopicResolutionError")) => assert_eq!(again.as_deref(), Ok(encoded), "{row}"),
            (_, Some(_)) => assert!(matches!(again, Err(Error::Data { .. })), "{row}"),
            (_, None) => {
                let stable = row.get("reencode_stable") == Some(&Value::Bool(true));
                let expected = if stable {
                    encoded
                } else {
                    text(&row, "reencoded").unwrap()
                };
                assert_eq!(again.as_deref(), Ok(expected), "{row}");
                same += 1;
            }
        }
    }
    assert!(same > 0);
}

#[test]
fn python5_texts_are_decoded_to_the_values_that_python_decodes() {
    let mut decoded = 0;
    for row in rows("json.jsonl") {
        let (Some(encoded), Some(value)) = (text(&row, "encoded"), row.get("decoded")) else {
            continue;
        };
        let value = Described::new(value);
        if has_no_rust_type(&value) || matches!(value, Err(Refusal::LoneSurrogate)) {
            continue;
        }
        if text(&row, "kind") == Some("datetime_year") && year(row.get("value").unwrap()) < 100 {
            continue;
        }
        let written = json::to_string(&value.unwrap()).unwrap();
        assert_eq!(json::canonical(encoded), Ok(written), "{row}");
        decoded += 1;
    }
    assert!(decoded > 0);
}

#[test]
fn python5_texts_are_read_into_the_types_that_a_user_would_write() {
    let mut read = BTreeMap::new();
    for row in rows("json.jsonl") {
        let (Some(encoded), Some(value)) = (text(&row, "encoded"), row.get("decoded")) else {
            continue;
        };
        if text(&row, "kind") == Some("lookalike") {
            continue;
        }
        let kind = text(value, "t").unwrap().to_owned();
        let Some(again) = typed::round_trip(&kind, value, encoded) else {
            continue;
        };
        if text(&row, "kind") == Some("datetime_year") && year(row.get("value").unwrap()) < 100 {
            assert!(
                again.unwrap_err().to_string().contains("100 or later"),
                "{row}"
            );
            continue;
        }
        if value.get("codepoints").is_some() {
            assert!(matches!(again, Err(Error::Syntax { .. })), "{row}");
            continue;
        }
        let expected = text(&row, "reencoded").unwrap_or(encoded);
        assert_eq!(again.as_deref(), Ok(expected), "{row}");
        *read.entry(kind).or_insert(0) += 1;
    }
    let kinds = if cfg!(feature = "jiff") { 14 } else { 11 };
    assert_eq!(read.len(), kinds, "{read:?}");
}

mod typed {
    use std::collections::{BTreeMap, VecDeque};

    use es_json::{self as json, Decimal, Error, Number, PythonClass, PythonObject, Tagged, Value};
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};
    use uuid::Uuid;

    #[derive(Serialize, Deserialize)]
    struct Position {
        // The fields are not in the order of the text.
        y: Value,
        x: Value,
    }

    impl PythonClass for Position {
        const TOPIC: &'static str = "worlds#Position";
    }

    fn through<T: Serialize + DeserializeOwned>(text: &str) -> Result<String, Error> {
        json::to_string(&json::from_str::<T>(text)?)
    }

    /// Reads the text as a type and writes it again.
    pub fn round_trip(kind: &str, value: &Value, text: &str) -> Option<Result<String, Error>> {
        Some(match kind {
            "none" => through::<()>(text),
            "bool" => through::<bool>(text),
            "int" if text.len() > 38 => through::<Number>(text),
            "int" => through::<i128>(text),
            "float" => through::<f64>(text),
            "str" => through::<String>(text),
            "list" => through::<Vec<Value>>(text),
            "dict" => through::<BTreeMap<String, Value>>(text),
            "uuid" => through::<Tagged<Uuid>>(text),
            "decimal" => through::<Decimal>(text),
            "deque" => through::<Tagged<VecDeque<u8>>>(text),
            "object" if value.get("topic").and_then(Value::as_str) == Some(Position::TOPIC) => {
                through::<PythonObject<Position>>(text)
            }
            "object" => return None,
            #[cfg(feature = "jiff")]
            "date" => through::<Tagged<jiff::civil::Date>>(text),
            #[cfg(feature = "jiff")]
            "time" => through::<Tagged<jiff::civil::Time>>(text),
            #[cfg(feature = "jiff")]
            "datetime" if value.get("utcoffset_s") == Some(&Value::Null) => {
                through::<Tagged<jiff::civil::DateTime>>(text)
            }
            #[cfg(feature = "jiff")]
            "datetime" => through::<json::OffsetDateTime>(text),
            #[cfg(not(feature = "jiff"))]
            "date" | "time" | "datetime" => return None,
            other => panic!("unknown type {other}"),
        })
    }
}

#[test]
fn python5_reader_accepts_and_refuses_the_same_texts_as_json_loads() {
    let mut read = 0;
    for row in rows("json_decode.jsonl") {
        let source = text(&row, "text").unwrap();
        let parsed = Value::parse(source);
        match (text(&row, "decode_error"), row.get("decoded")) {
            (Some("JSONDecodeError"), _) => {
                assert!(matches!(parsed, Err(Error::Syntax { .. })), "{row}");
                assert!(
                    matches!(json::from_str::<Value>(source), Err(Error::Syntax { .. })),
                    "{row}"
                );
            }
            (Some(_), _) => assert!(
                matches!(json::canonical(source), Err(Error::Data { .. })),
                "{row}"
            ),
            (None, Some(value)) if value.get("codepoints").is_some() => {
                let error = parsed.unwrap_err().to_string();
                assert_eq!(
                    error, "half a surrogate pair, which is not text at byte 7",
                    "{row}"
                );
            }
            (None, value) => {
                let written = json::to_string(&Described::new(value.unwrap()).unwrap()).unwrap();
                assert_eq!(json::canonical(source), Ok(written), "{row}");
                // NaN does not equal itself, but the texts are equal.
                let (parsed, read) = (parsed.unwrap(), json::from_str::<Value>(source).unwrap());
                assert_eq!(read.to_string(), parsed.to_string(), "{row}");
            }
        }
        read += 1;
    }
    assert!(read > 0);
}

#[test]
fn python5_stored_events_are_canonical() {
    let mut hashed = 0;
    for row in rows("events.jsonl") {
        let stored = text(&row, "state_text").unwrap();
        assert_eq!(json::canonical(stored).as_deref(), Ok(stored));
        // Unsealed events have no hash.
        if let Some(preimage) = text(&row, "hash_preimage") {
            assert_eq!(json::canonical(preimage).as_deref(), Ok(preimage));
            hashed += 1;
        }
    }
    assert!(hashed > 0);
}
