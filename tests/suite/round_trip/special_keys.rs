//! Keys that mark values of special types.

use std::collections::{BTreeMap, HashMap};

use es::Metadata;
use es::domain::Snapshot;
use es::json::{Error as JsonError, Tagged, Value};
use es::{Aggregate, Error, Mutate, Uuid, aggregate, event};
use serde::{Deserialize, Serialize};

const KEYS: [&str; 7] = [
    "UUID",
    "__decimal__",
    "ISO8601_date",
    "ISO8601_datetime",
    "ISO8601_time",
    "__class__",
    "__deque__",
];

#[aggregate(snapshot, events(Labelled, Named, Owned), topic = "round_trip#Box")]
pub struct Box1 {
    pub labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Id {
    #[serde(rename = "UUID")]
    Uuid(String),
    #[serde(rename = "__class__")]
    Class { topic: String },
    #[serde(rename = "__deque__")]
    Deque(u8, u8),
    #[serde(rename = "ISO8601_date")]
    Date,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Inner {
    labels: HashMap<String, Option<Value>>,
}

#[event]
pub struct Labelled {
    #[serde(flatten)]
    pub flat: BTreeMap<String, String>,
    pub inner: Vec<Inner>,
    pub value: Value,
}

#[event]
pub struct Named {
    pub id: Id,
}

#[event]
pub struct Owned {
    pub owners: HashMap<String, Tagged<Uuid>>,
    #[serde(with = "es::json::uuid")]
    pub by: Option<Uuid>,
    pub label: String,
}

macro_rules! change_nothing {
    ($($event:ty)*) => { $(impl Mutate<Box1> for $event { fn mutate(&self, _: &mut Box1) {} })* };
}
change_nothing!(Labelled Named);

impl Mutate<Box1> for Owned {
    fn mutate(&self, it: &mut Box1) {
        it.labels.insert(self.label.clone(), String::new());
    }
}

#[track_caller]
fn refused<T>(result: es::Result<T>) -> (String, String) {
    match result.map(drop).unwrap_err() {
        Error::InvalidEvent {
            source: JsonError::SpecialKey { key, path },
            ..
        } => (key, path),
        error => panic!("{error}"),
    }
}

#[test]
fn a_key_that_marks_a_special_value_is_refused_at_any_depth() {
    let mut it = Box1::create().unwrap();
    let labelled = || Labelled {
        flat: BTreeMap::new(),
        inner: Vec::new(),
        value: Value::Null,
    };
    it.trigger(labelled()).unwrap();
    for key in KEYS {
        let mut event = labelled();
        event.flat.insert(key.to_owned(), "blue".to_owned());
        assert_eq!(refused(it.trigger(event)), (key.to_owned(), String::new()));

        let mut event = labelled();
        let labels = HashMap::from([(key.to_owned(), None)]);
        event.inner = vec![Inner::default(), Inner { labels }];
        let path = "inner[1].labels".to_owned();
        assert_eq!(refused(it.trigger(event)), (key.to_owned(), path));

        let mut event = labelled();
        event.value = Value::parse(&format!(r#"[{{"a":{{"{key}":1}}}}]"#)).unwrap();
        let path = "value[0].a".to_owned();
        assert_eq!(refused(it.trigger(event)), (key.to_owned(), path));

        let metadata = Metadata::new().with(key, "x");
        let result = metadata.scope(|| it.trigger(labelled()));
        assert_eq!(refused(result).0, key);
    }
    assert_eq!(it.pending_events().len(), 2);
}

#[test]
fn a_variant_with_such_a_name_is_refused_if_it_is_a_key() {
    let mut it = Box1::create().unwrap();
    for (id, key) in [
        (Id::Uuid("x".to_owned()), "UUID"),
        (
            Id::Class {
                topic: "x".to_owned(),
            },
            "__class__",
        ),
        (Id::Deque(1, 2), "__deque__"),
    ] {
        let refused = refused(it.trigger(Named { id }));
        assert_eq!(refused, (key.to_owned(), "id".to_owned()));
    }
    it.trigger(Named { id: Id::Date }).unwrap();
}

fn owned(label: &str) -> Owned {
    Owned {
        owners: [("UUIDs".to_owned(), Tagged(Uuid::from_u128(7)))].into(),
        by: Some(Uuid::from_u128(8)),
        label: label.to_owned(),
    }
}

#[test]
fn values_of_special_types_are_stored() {
    let mut it = Box1::create().unwrap();
    it.trigger(owned("x")).unwrap();
    let text = it.pending_events()[1].text();
    assert!(text.contains(r#""by":{"UUID":"00000000000000000000000000000008"}"#));
    assert!(text.contains(r#""owners":{"UUIDs":{"UUID":"#), "{text}");
    Snapshot::from_aggregate(&it).unwrap();
}

#[test]
fn a_json_value_may_be_of_a_special_type_but_no_object_of_a_class() {
    let mut it = Box1::create().unwrap();
    let mut trigger = |text: &str| {
        it.trigger(Labelled {
            flat: BTreeMap::new(),
            inner: Vec::new(),
            value: Value::parse(text).unwrap(),
        })
    };
    trigger(r#"[{"UUID":"00000000000000000000000000000008"},{"__decimal__":"1.5"}]"#).unwrap();
    for text in [
        r#"{"UUID":"blue"}"#,
        r#"{"UUID":"00000000000000000000000000000008","a":1}"#,
        r#"{"__class__":{"state":{},"topic":"os#system"}}"#,
    ] {
        assert_eq!(refused(trigger(text)).1, "value");
    }
}

#[test]
fn a_snapshot_with_such_a_key_is_refused() {
    let mut it = Box1::create().unwrap();
    it.trigger(owned("UUID")).unwrap();
    let refused = refused(Snapshot::from_aggregate(&it));
    assert_eq!(refused, ("UUID".to_owned(), "_labels".to_owned()));
}
