//! Events of an aggregate, and standalone events.

use std::collections::{BTreeMap, HashMap};

use es::domain::Standalone;
use es::json::Tagged;
use es::{Aggregate, Error, Mutate, Uuid, aggregate, event};
use serde::{Deserialize, Serialize};

use super::{changed, unreadable};
use crate::store::Store;

macro_rules! stored {
    ($($item:item)*) => { $(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        $item
    )* };
}

stored! {
    #[serde(tag = "type")]
    pub enum Shape { Grid { cells: BTreeMap<u32, u8> }, Weight { grams: u128 }, Dot { at: u8 } }

    #[serde(tag = "type", content = "content")]
    pub enum Adjacent { Grid(BTreeMap<u32, u8>), Weight(u128) }

    #[serde(untagged)]
    pub enum Amount { Whole(u128), Text(String) }

    #[serde(untagged)]
    pub enum Shadowing { Wide { a: u8 }, Narrow { a: u8, b: u8 } }

    pub struct Wide { pub total: u128 }

    pub struct Numbers { pub numbers: BTreeMap<u32, u8> }

    pub struct Lines { #[serde(skip_serializing_if = "Vec::is_empty")] pub lines: Vec<u8> }

    pub struct OneWay { #[serde(rename(serialize = "a"))] pub b: u8 }

    pub struct Priced { #[serde(skip)] pub price: u8, pub name: String }

    pub struct Defaulted {
        #[serde(default = "seven", skip_serializing_if = "is_zero")] pub count: u8
    }

    pub struct Signed {
        #[serde(default, skip_serializing_if = "is_zero_float")] pub value: f64
    }

    pub struct Noted { pub note: Option<String> }
}

fn seven() -> u8 {
    7
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::float_cmp,
    reason = "serde passes references"
)]
fn is_zero_float(value: &f64) -> bool {
    *value == 0.0
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key(String, u8);

macro_rules! events {
    ($($name:ident { $($(#[$serde:meta])? $field:ident: $type:ty),* };)*) => {
        #[aggregate(events($($name),*), topic = "round_trip#Parcel")]
        #[derive(Debug, PartialEq)]
        pub struct Parcel {
            history: Vec<String>,
        }

        $(
            #[event]
            pub struct $name {
                $($(#[$serde])? pub $field: $type,)*
            }

            impl Mutate<Parcel> for $name {
                fn mutate(&self, parcel: &mut Parcel) {
                    parcel.history.push(format!("{self:?}"));
                }
            }
        )*
    };
}

events! {
    Shaped { shape: Shape };
    Placed { adjacent: Adjacent };
    Paid { amount: Amount };
    Shadowed { value: Shadowing };
    Summed { #[serde(flatten)] sum: Wide };
    Numbered { #[serde(flatten)] numbers: Numbers };
    Listed { list: Lines };
    Renamed { names: Vec<OneWay> };
    Answered { answer: Option<Option<bool>>, done: Option<()> };
    Ordered { lines: Vec<Priced> };
    Counted { count: Defaulted };
    Measured { value: f64, values: Vec<f32>, by_name: HashMap<String, f64>, signed: Signed };
    Annotated { #[serde(flatten)] noted: Option<Noted> };
    Keyed { keys: HashMap<Key, u8> };
    Owned { owner: Tagged<Uuid>, secret: Option<Amount> };
}

fn trigger<E: es::EventOf<Parcel>>(event: E) -> es::Result<()>
where
    E::Status: es_core::__private::Triggerable<E>,
{
    let mut parcel = Parcel::create().unwrap();
    let before = Parcel::create_with(parcel.id()).unwrap().history;
    let result = parcel.trigger(event);
    if result.is_err() {
        // Nothing has changed, and the aggregate can be used.
        assert_eq!(
            (&parcel.history, parcel.pending_events().len()),
            (&before, 1)
        );
        parcel
            .trigger(Shaped {
                shape: Shape::Dot { at: 1 },
            })
            .unwrap();
    }
    result
}

#[test]
fn an_event_that_cannot_be_read_back_is_refused_with_the_path() {
    let cells = BTreeMap::from([(1, 2)]);
    let grid = Shape::Grid {
        cells: cells.clone(),
    };
    assert_eq!(unreadable(trigger(Shaped { shape: grid })), "shape");
    let weight = Shape::Weight { grams: 5 };
    assert_eq!(unreadable(trigger(Shaped { shape: weight })), "shape");
    let adjacent = Adjacent::Grid(cells.clone());
    assert_eq!(unreadable(trigger(Placed { adjacent })), "adjacent");
    let adjacent = Adjacent::Weight(5);
    assert_eq!(unreadable(trigger(Placed { adjacent })), "adjacent");
    let amount = Amount::Whole(5);
    assert_eq!(unreadable(trigger(Paid { amount })), "amount");
    let sum = Wide { total: 5 };
    assert_eq!(unreadable(trigger(Summed { sum })), "");
    let numbers = Numbers { numbers: cells };
    assert_eq!(unreadable(trigger(Numbered { numbers })), "");
    let list = Lines { lines: Vec::new() };
    assert_eq!(unreadable(trigger(Listed { list })), "list");
    let names = vec![OneWay { b: 1 }];
    assert_eq!(unreadable(trigger(Renamed { names })), "names[0]");
}

#[test]
fn an_event_that_is_read_back_as_another_is_refused_with_the_path() {
    let answer = |answer, done| trigger(Answered { answer, done });
    assert_eq!(changed(answer(Some(None), None)), "answer");
    assert_eq!(changed(answer(None, Some(()))), "done");
    answer(Some(Some(true)), None).unwrap();

    let priced = |price| Priced {
        price,
        name: "x".to_owned(),
    };
    let lines = vec![priced(0), priced(3)];
    assert_eq!(changed(trigger(Ordered { lines })), "lines[1].price");
    trigger(Ordered {
        lines: vec![priced(0)],
    })
    .unwrap();

    let count = Defaulted { count: 0 };
    assert_eq!(changed(trigger(Counted { count })), "count.count");
    let value = Shadowing::Narrow { a: 1, b: 2 };
    assert_eq!(changed(trigger(Shadowed { value })), "value");
    let noted = Some(Noted { note: None });
    trigger(Annotated { noted }).unwrap();
    assert_eq!(changed(trigger(Annotated { noted: None })), "noted");
}

fn measured() -> Measured {
    Measured {
        value: f64::NAN,
        values: vec![-0.0, 0.0, f32::INFINITY, 0.1],
        by_name: [("a".to_owned(), -0.0), ("b".to_owned(), f64::NAN)].into(),
        signed: Signed { value: 0.0 },
    }
}

#[test]
fn floats_are_compared_by_their_bits() {
    trigger(measured()).unwrap();
    let event = Measured {
        signed: Signed { value: -0.0 },
        ..measured()
    };
    assert_eq!(changed(trigger(event)), "signed.value");
}

#[test]
fn a_map_with_structs_as_keys_is_refused_with_its_path() {
    let keys = HashMap::from([(Key("a".to_owned(), 1), 1)]);
    let error = trigger(Keyed { keys }).unwrap_err().to_string();
    assert!(
        error.contains("`round_trip#Parcel.Keyed`") && error.contains("at `keys`"),
        "{error}"
    );
}

#[test]
fn the_error_names_the_event_and_the_remedy_and_no_value() {
    let secret = Some(Amount::Whole(4_242_424_242));
    let owner = Tagged(Uuid::from_u128(7));
    let error = trigger(Owned { owner, secret }).unwrap_err().to_string();
    assert!(
        error.contains("`round_trip#Parcel.Owned` cannot be stored"),
        "{error}"
    );
    assert!(error.contains("at `secret`; change the type"), "{error}");
    assert!(!error.contains("4242424242"), "{error}");
    let answer = Answered {
        answer: Some(None),
        done: None,
    };
    let error = trigger(answer).unwrap_err().to_string();
    assert!(
        error.contains("another value at `answer`; change the type"),
        "{error}"
    );
}

#[event(name = "round_trip#Noticed", standalone(timestamped))]
pub struct Noticed {
    pub line: Priced,
}

#[event(name = "round_trip#Overlooked", standalone, round_trip = off)]
pub struct Overlooked {
    pub line: Priced,
}

#[test]
fn a_standalone_event_is_refused_unless_its_type_opts_out() {
    let line = Priced {
        price: 1,
        name: String::new(),
    };
    let noticed = Noticed { line: line.clone() }.trigger(Uuid::from_u128(1));
    assert_eq!(changed(noticed.map(drop)), "line.price");
    Overlooked { line }.trigger(Uuid::from_u128(1)).unwrap();
}

#[tokio::test]
async fn a_custom_event_that_cannot_be_read_back_is_not_stored() {
    #[derive(Serialize, Deserialize)]
    struct Custom {
        shape: Shape,
    }
    impl es::event_store::CustomEvent for Custom {
        fn sequence_id(&self) -> Uuid {
            Uuid::from_u128(1)
        }
        fn position(&self) -> es::Position {
            0.into()
        }
        fn topic(&self) -> es::Topic {
            es::Topic::new("round_trip#Custom")
        }
    }
    let store = Store::new();
    let app = store.open().await;
    let shape = Shape::Weight { grams: 5 };
    let result = app.event_store().append(&[Custom { shape }]).await;
    assert_eq!(unreadable(result.map(drop)), "shape");
    let shape = Shape::Dot { at: 1 };
    app.event_store().append(&[Custom { shape }]).await.unwrap();
}

#[event(round_trip = off)]
pub struct Trusted {
    pub line: Priced,
}

#[aggregate(events(Trusted), round_trip = off, topic = "round_trip#Crate")]
pub struct Crate {
    #[attribute]
    answer: Option<Option<bool>>,
}

impl Mutate<Crate> for Trusted {
    fn mutate(&self, _: &mut Crate) {}
}

fn trusted() -> Trusted {
    Trusted {
        line: Priced {
            price: 1,
            name: String::new(),
        },
    }
}

#[test]
fn types_that_opt_out_are_not_checked() {
    let mut it = Crate::create(Some(None)).unwrap();
    it.set_answer(Some(None)).unwrap();
    it.trigger(trusted()).unwrap();
}

#[test]
#[should_panic(expected = "an event cannot be saved and loaded again: `round_trip#Crate.Trusted`")]
fn given_when_then_checks_types_that_opt_out() {
    let _ =
        es_testing::given::<Crate>(CrateCreated { answer: None }).when(|it| it.trigger(trusted()));
}

#[test]
#[should_panic(expected = "another value at `answer`")]
fn given_checks_the_first_event() {
    let _ = es_testing::given::<Crate>(CrateCreated { answer: Some(None) });
}

/// A payload whose deserialisation triggers an event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nested(u8);

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        trigger(measured()).unwrap();
        u8::deserialize(deserializer).map(Self)
    }
}

#[event(name = "round_trip#Nested", standalone)]
pub struct Nests {
    pub nested: Nested,
}

#[test]
fn an_event_can_be_triggered_while_another_is_checked() {
    let nested = Nests { nested: Nested(1) }
        .trigger(Uuid::from_u128(1))
        .unwrap();
    assert_eq!(nested.payload().nested, Nested(1));
}

#[test]
fn the_library_does_not_hide_another_error() {
    let error = Error::InvalidEvent {
        topic: es::Topic::new("a"),
        source: es::json::Error::Changed {
            path: String::new(),
        },
    };
    assert!(
        error
            .to_string()
            .starts_with("`a` cannot be stored: its text would be read back")
    );
}
