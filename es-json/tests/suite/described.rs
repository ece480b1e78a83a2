//! The values that the rows describe, as the types that a user would write.

use std::collections::VecDeque;

use es_json::{Decimal, Raw, Tagged, Value};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::vectors::text;

pub enum Described {
    Null,
    Bool(bool),
    Int(Value),
    Float(f64),
    Str(String),
    List(Vec<Described>),
    Dict(Vec<(Described, Described)>),
    Bytes(Vec<u8>),
    Uuid(Tagged<uuid::Uuid>),
    Decimal(Decimal),
    Deque(Tagged<VecDeque<Described>>),
    Object {
        state: Box<Described>,
        topic: String,
    },
    #[cfg(feature = "jiff")]
    Civil(civil::Civil),
}

/// The reason for a description without a value here.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    LoneSurrogate,
    NoSuchType,
    /// The type exists only with the feature `jiff`.
    #[cfg_attr(feature = "jiff", allow(dead_code))]
    NoDates,
}

impl Described {
    pub fn new(description: &Value) -> Result<Self, Refusal> {
        let value = description.get("v");
        let string = || value.and_then(Value::as_str).unwrap();
        Ok(match text(description, "t").unwrap() {
            "none" => Self::Null,
            "bool" => Self::Bool(value == Some(&Value::Bool(true))),
            "int" => Self::Int(Value::parse(string()).unwrap()),
            "float" => Self::Float(text(description, "repr").unwrap().parse().unwrap()),
            "str" if value.is_none() => return Err(Refusal::LoneSurrogate),
            "str" => Self::Str(string().to_owned()),
            "list" | "tuple" | "set" | "frozenset" => Self::List(list(value)?),
            "dict" => Self::Dict(dict(value)?),
            "bytes" => Self::Bytes(hex(text(description, "hex").unwrap())),
            "uuid" => Self::Uuid(Tagged(string().parse().unwrap())),
            "decimal" => Self::Decimal(string().parse().unwrap()),
            "deque" => Self::Deque(Tagged(list(value)?.into())),
            "object" => Self::Object {
                state: Box::new(Self::new(description.get("state").unwrap())?),
                topic: text(description, "topic").unwrap().to_owned(),
            },
            #[cfg(feature = "jiff")]
            "date" | "time" | "datetime" => Self::Civil(civil::Civil::new(description)),
            #[cfg(not(feature = "jiff"))]
            "date" | "time" | "datetime" => return Err(Refusal::NoDates),
            "complex" | "timedelta" => return Err(Refusal::NoSuchType),
            other => panic!("unknown type {other}"),
        })
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        _ => panic!("expected an array"),
    }
}

fn list(value: Option<&Value>) -> Result<Vec<Described>, Refusal> {
    items(value).iter().map(Described::new).collect()
}

fn dict(value: Option<&Value>) -> Result<Vec<(Described, Described)>, Refusal> {
    let pairs = items(value).iter().map(|pair| items(Some(pair)));
    pairs
        .map(|pair| Ok((Described::new(&pair[0])?, Described::new(&pair[1])?)))
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digits = text
        .as_bytes()
        .chunks(2)
        .map(|digits| std::str::from_utf8(digits).unwrap());
    digits
        .map(|digits| u8::from_str_radix(digits, 16).unwrap())
        .collect()
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl Serialize for Described {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => value.serialize(serializer),
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Str(value) => serializer.serialize_str(value),
            Self::List(items) => items.serialize(serializer),
            Self::Dict(pairs) => {
                serializer.collect_map(pairs.iter().map(|(key, value)| (key, value)))
            }
            Self::Bytes(bytes) => Bytes(bytes).serialize(serializer),
            Self::Uuid(id) => id.serialize(serializer),
            Self::Decimal(decimal) => decimal.serialize(serializer),
            Self::Deque(deque) => deque.serialize(serializer),
            Self::Object { state, topic } => {
                let state = es_json::to_string(state).map_err(serde::ser::Error::custom)?;
                let topic = es_json::to_string(topic).map_err(serde::ser::Error::custom)?;
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry(
                    "__class__",
                    &Raw(&format!(r#"{{"state":{state},"topic":{topic}}}"#)),
                )?;
                map.end()
            }
            #[cfg(feature = "jiff")]
            Self::Civil(civil) => civil.serialize(serializer),
        }
    }
}

#[cfg(feature = "jiff")]
pub mod civil {
    use es_json::{OffsetDateTime, Tagged, Value};
    use jiff::civil::{Date, DateTime, Time};
    use serde::Serialize;

    use crate::vectors::text;

    #[derive(Serialize)]
    #[serde(untagged)]
    pub enum Civil {
        Date(Tagged<Date>),
        Time(Tagged<Time>),
        DateTime(Tagged<DateTime>),
        Aware(OffsetDateTime),
    }

    impl Civil {
        pub fn new(description: &Value) -> Self {
            match text(description, "t").unwrap() {
                "date" => Self::Date(Tagged(date(description))),
                // Times of `jiff` have no zone, and Python drops it.
                "time" => Self::Time(Tagged(time(description))),
                _ => datetime(description),
            }
        }
    }

    fn number<T: TryFrom<i128, Error: std::fmt::Debug>>(description: &Value, key: &str) -> T {
        let number = es_json::from_str::<i128>(&description.get(key).unwrap().to_string());
        number.unwrap().try_into().unwrap()
    }

    fn date(value: &Value) -> Date {
        Date::new(number(value, "y"), number(value, "mo"), number(value, "d")).unwrap()
    }

    fn time(value: &Value) -> Time {
        let nanosecond = number::<i32>(value, "us") * 1_000;
        Time::new(
            number(value, "h"),
            number(value, "mi"),
            number(value, "s"),
            nanosecond,
        )
        .unwrap()
    }

    fn datetime(value: &Value) -> Civil {
        let datetime = date(value).to_datetime(time(value));
        match value.get("utcoffset_s").unwrap() {
            Value::Null => Civil::DateTime(Tagged(datetime)),
            seconds => {
                let seconds: f64 = seconds.to_string().parse().unwrap();
                #[allow(clippy::cast_possible_truncation)]
                let offset = jiff::tz::Offset::from_seconds(seconds as i32).unwrap();
                Civil::Aware(OffsetDateTime { datetime, offset })
            }
        }
    }
}
