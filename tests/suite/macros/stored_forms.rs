//! `#[serde(…)]` on marked fields and events.

use super::*;

/// A serde module that stores numbers as text.
#[allow(clippy::trivially_copy_pass_by_ref)]
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[aggregate(events(Counted, Converted))]
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    #[attribute]
    #[serde(with = "as_text", rename = "total")]
    count: u64,
    #[created]
    #[serde(default, flatten)]
    rest: BTreeMap<String, String>,
}

#[event]
#[serde(rename_all = "camelCase", tag = "kind")]
pub struct Counted {
    #[serde(with = "as_text")]
    how_many: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[event]
#[serde(from = "Stored", into = "Stored")]
pub struct Converted {
    timestamp: u64,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Stored {
    at: u64,
}

impl From<Stored> for Converted {
    fn from(stored: Stored) -> Self {
        Self {
            timestamp: stored.at,
        }
    }
}

impl From<Converted> for Stored {
    fn from(event: Converted) -> Self {
        Self {
            at: event.timestamp,
        }
    }
}

impl Mutate<Counter> for Counted {
    fn mutate(&self, counter: &mut Counter) {
        counter.count += self.how_many;
    }
}

impl Mutate<Counter> for Converted {
    fn mutate(&self, counter: &mut Counter) {
        counter.count += self.timestamp;
    }
}

#[test]
fn serde_attributes_define_the_stored_form_of_values() {
    let rest = BTreeMap::from([("colour".into(), "red".into())]);
    let mut counter = Counter::create(1, rest).unwrap();
    assert!(last_holds(&counter, r#""total":"1""#) && last_holds(&counter, r#""colour":"red""#));
    counter.set_count(2).unwrap();
    assert!(last_holds(&counter, r#""name":"_count""#) && last_holds(&counter, r#""value":"2""#));
    counter
        .trigger(Counted {
            how_many: 3,
            why: None,
        })
        .unwrap();
    assert!(
        last_holds(&counter, r#""howMany":"3""#) && last_holds(&counter, r#""kind":"Counted""#)
    );
    counter.trigger(Converted { timestamp: 4 }).unwrap();
    assert!(last_holds(&counter, r#""at":4"#));
    assert_eq!(counter.count(), 9);
    assert_eq!(replayed(&counter), counter);
}
