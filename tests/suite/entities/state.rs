//! States in Python's form: an object of the entity's attributes and the library's own.

use std::collections::BTreeMap;

use es::json::Value;

pub struct OfState {
    pub head: Option<String>,
    pub version: Option<String>,
    /// The times of creation and of the last modification.
    pub times: Option<[String; 2]>,
    pub attributes: BTreeMap<String, Value>,
}

impl OfState {
    pub fn parse(state: &str) -> Self {
        let Ok(Value::Object(mut attributes)) = Value::parse(state) else {
            panic!("a state is an object: {state}");
        };
        let mut take = |key| attributes.remove(key);
        let time = |value: Option<Value>| Some(value?.get("__decimal__")?.as_str()?.to_owned());
        let times = [take("___created_on__"), take("___last_modified__")].map(time);
        let head = take("__head__").and_then(|head| head.as_str().map(str::to_owned));
        let version = take("___version__").map(|version| version.to_string());
        for key in ["_id", "__is_discarded__", "__pending_events__"] {
            take(key);
        }
        Self {
            head,
            version,
            times: match times {
                [Some(created_on), Some(last_modified)] => Some([created_on, last_modified]),
                _ => None,
            },
            attributes,
        }
    }
}
