//! The canonical form of any JSON text: the text that Python writes after it has read the original.

use std::collections::BTreeMap;

use ::uuid::Uuid;

use super::civil::{DATE_PROBLEM, DATETIME_PROBLEM, Date, DateTime, TIME_PROBLEM, Time};
use super::{Decimal, Error, Value, uuid};

type Entries = BTreeMap<String, Value>;

/// The problem with the value of a special key.
type Problem = &'static str;

/// Rewrites the value of a special key in the form that Python writes.
type Rule = fn(Value) -> Result<Value, Problem>;

/// The special keys in the order in which Python looks for them. If an object has several of them,
/// the first one decides its type.
const RULES: [(&str, Rule); 7] = [
    ("ISO8601_datetime", |value| {
        rewrite(&value, DateTime::parse, DATETIME_PROBLEM)
    }),
    ("ISO8601_date", |value| {
        rewrite(&value, Date::parse, DATE_PROBLEM)
    }),
    ("UUID", |value| {
        rewrite(
            &value,
            |text| uuid::parse(text).map(Uuid::simple),
            uuid::PROBLEM,
        )
    }),
    ("__decimal__", |value| decimal(&value)),
    ("ISO8601_time", |value| {
        rewrite(&value, Time::parse, TIME_PROBLEM)
    }),
    ("__class__", class),
    ("__deque__", |_| Ok(Value::Array(Vec::new()))),
];

/// Returns the keys that make an object a value of a special type.
pub fn special_keys() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(key, _)| *key)
}

/// Returns whether a key makes an object a value of a special type.
pub(super) fn is_special_key(key: &str) -> bool {
    // Rejects most keys at once.
    matches!(key.as_bytes().first(), Some(b'I' | b'U' | b'_'))
        && special_keys().any(|special| special == key)
}

/// Rewrites a value as Python writes it after reading: innermost objects first, special objects
/// without their other keys.
pub(super) fn normalise(value: Value) -> Result<Value, Error> {
    match value {
        Value::Array(items) => {
            let items = items.into_iter().enumerate().map(|(index, item)| {
                normalise(item).map_err(|error| error.inside(&format!("[{index}]")))
            });
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let value = normalise(value).map_err(|error| error.inside(&key))?;
                Ok((key, value))
            });
            special(entries.collect::<Result<_, _>>()?)
        }
        other => Ok(other),
    }
}

fn special(mut entries: Entries) -> Result<Value, Error> {
    for (key, rule) in RULES {
        if let Some(value) = entries.remove(key) {
            let value = rule(value).map_err(|problem| Error::data(problem).inside(key))?;
            return Ok(Value::Object(Entries::from([(key.to_owned(), value)])));
        }
    }
    Ok(Value::Object(entries))
}

fn rewrite<T: ToString>(
    value: &Value,
    parse: fn(&str) -> Option<T>,
    problem: Problem,
) -> Result<Value, Problem> {
    let parsed = value.as_str().and_then(parse).ok_or(problem)?;
    Ok(Value::String(parsed.to_string()))
}

fn decimal(value: &Value) -> Result<Value, Problem> {
    let decimal = Decimal::from_value(value).map_err(|_| "not a decimal")?;
    Ok(Value::String(decimal.to_string()))
}

/// Python looks the class up. Its existence and its attributes cannot be checked here.
fn class(value: Value) -> Result<Value, Problem> {
    let Value::Object(mut entries) = value else {
        return Err("expected an object with `state` and `topic`");
    };
    entries.retain(|key, _| key == "state" || key == "topic");
    let state = matches!(entries.get("state"), Some(Value::Object(state)) if !is_special(state));
    let topic = matches!(entries.get("topic"), Some(Value::String(_)));
    if state && topic {
        Ok(Value::Object(entries))
    } else {
        Err("expected an object as `state` and a string as `topic`")
    }
}

/// Returns whether an object is a value of a special type in its written form. An object of a class
/// is none: Python would create it, so only a type of the program may write it.
pub(super) fn is_special_value(entries: &Entries) -> bool {
    let mut only = entries.iter();
    let (Some((key, value)), None) = (only.next(), only.next()) else {
        return false;
    };
    let is_ours = |(special, _): &&(&str, Rule)| *special == key && key != "__class__";
    let Some((_, rule)) = RULES.iter().find(is_ours) else {
        return false;
    };
    rule(value.clone()).is_ok_and(|written| written == *value)
}

fn is_special(entries: &Entries) -> bool {
    RULES.iter().any(|(key, _)| entries.contains_key(*key))
}
