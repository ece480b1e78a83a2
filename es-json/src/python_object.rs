//! Objects of Python classes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::tagged::{self, TaggedType};

/// A type that is an object of a class in Python: its fields are the object's attributes.
pub trait PythonClass: Serialize + DeserializeOwned {
    /// The topic of the class, such as `worlds#Position`.
    const TOPIC: &'static str;
}

/// An object of a Python class: `{"__class__":{"state":{…},"topic":"worlds#Position"}}`.
///
/// On a field whose type is a [`PythonClass`], `#[serde(with = "es::json::object")]` does the same.
///
/// ```
/// use es_json::{PythonClass, PythonObject, to_string};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Position {
///     x: i64,
/// }
///
/// impl PythonClass for Position {
///     const TOPIC: &'static str = "worlds#Position";
/// }
///
/// let text = to_string(&vec![PythonObject(Position { x: 1 })])?;
/// assert_eq!(text, r#"[{"__class__":{"state":{"x":1},"topic":"worlds#Position"}}]"#);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PythonObject<T>(
    /// The value.
    pub T,
);

#[derive(Serialize, Deserialize)]
pub(super) struct State<'a, T> {
    state: T,
    topic: std::borrow::Cow<'a, str>,
}

impl<'a, T: PythonClass> State<'a, &'a T> {
    pub(super) fn new(state: &'a T) -> Self {
        Self {
            state,
            topic: T::TOPIC.into(),
        }
    }
}

impl<T: PythonClass> TaggedType for PythonObject<T> {
    const KEY: &'static str = "__class__";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        State::new(&self.0).serialize(serializer)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let State { state, topic } = State::<T>::deserialize(deserializer)?;
        if topic != T::TOPIC {
            let message = format_args!("expected an object of the class `{}`", T::TOPIC);
            return Err(serde::de::Error::custom(message));
        }
        Ok(Self(state))
    }
}

impl<T: PythonClass> Serialize for PythonObject<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tagged::serialize(self, serializer)
    }
}

impl<'de, T: PythonClass> Deserialize<'de> for PythonObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
    }
}
