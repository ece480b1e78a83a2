//! Property tests of the canonical text over generated values.

use std::collections::{BTreeMap, HashMap};

use es_json::{self as json, Value};
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i128>().prop_map(|value| Value::Number(value.into())),
        any::<f64>().prop_map(|value| Value::Number(value.into())),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let entries = prop::collection::btree_map(any::<String>(), inner.clone(), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::Array),
            entries.prop_map(Value::Object),
        ]
    })
}

proptest! {
    #[test]
    fn floats_read_back_as_the_same_bits(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assume!(!value.is_nan());
        let text = json::to_string(&value).unwrap();
        prop_assert_eq!(json::from_str::<f64>(&text).unwrap().to_bits(), bits);
        // Rust's digits are the shortest too, but of two equally close numbers it takes another
        // one.
        let length = |text: &str| text.find('e').unwrap_or(text.len());
        if (1e-4..1e16).contains(&value.abs()) {
            prop_assert_eq!(text.len(), length(&format!("{value:?}")));
        }
    }

    #[test]
    fn single_precision_floats_read_back_as_the_same_bits(bits: u32) {
        let value = f32::from_bits(bits);
        prop_assume!(!value.is_nan());
        let text = json::to_string(&value).unwrap();
        prop_assert_eq!(json::from_str::<f32>(&text).unwrap().to_bits(), bits);
    }

    #[test]
    fn strings_read_back_as_the_same(text: String) {
        let written = json::to_string(&text).unwrap();
        prop_assert!(written.is_ascii());
        prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text.clone());
        prop_assert_eq!(Value::parse(&written).unwrap(), Value::String(text));
    }

    #[test]
    fn maps_are_written_alike_in_any_order(entries: BTreeMap<String, u8>) {
        let shuffled: HashMap<_, _> = entries.clone().into_iter().collect();
        prop_assert_eq!(json::to_string(&shuffled), json::to_string(&entries));
    }

    #[test]
    fn canonical_text_is_stable(value in value()) {
        let text = value.to_string();
        prop_assert_eq!(&Value::parse(&text).unwrap().to_string(), &text);
        prop_assert_eq!(&json::from_str::<Value>(&text).unwrap().to_string(), &text);
    }

    #[test]
    fn the_reader_never_panics(text: String, value in value(), at: usize) {
        let _ = json::canonical(&text);
        let text = value.to_string();
        let _ = json::canonical(&text[..at % (text.len() + 1)]);
    }
}
