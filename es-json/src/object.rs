//! Stores a struct as Python stores an object: `#[serde(with = "es::json::object")]` on a field whose type is a [`Class`].

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::special::{self, Special, object_of_one};

/// Writes the field.
pub fn serialize<T: Class, S: Serializer>(field: &T, serializer: S) -> Result<S::Ok, S::Error> {
    object_of_one(Object::<T>::KEY, &State::of(field), serializer)
}

/// Reads the field.
pub fn deserialize<'de, T: Class, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|object| object.0)
}

/// A type that Python holds as an object of a class: its fields are the object's attributes.
pub trait Class: Serialize + DeserializeOwned {
    /// The class, `worlds#Position`.
    const TOPIC: &'static str;
}

/// An object of a Python class: `{"__class__":{"state":{…},"topic":"worlds#Position"}}`.
///
/// On a field of a type that is a [`Class`], `#[serde(with = "es::json::object")]` does the same.
///
/// ```
/// use es_json::{Class, Object, to_string};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Position {
///     x: i64,
/// }
///
/// impl Class for Position {
///     const TOPIC: &'static str = "worlds#Position";
/// }
///
/// let text = to_string(&vec![Object(Position { x: 1 })])?;
/// assert_eq!(text, r#"[{"__class__":{"state":{"x":1},"topic":"worlds#Position"}}]"#);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Object<T>(
    /// The value.
    pub T,
);

#[derive(Serialize, Deserialize)]
struct State<'a, T> {
    state: T,
    topic: std::borrow::Cow<'a, str>,
}

impl<'a, T: Class> State<'a, &'a T> {
    fn of(state: &'a T) -> Self {
        Self {
            state,
            topic: T::TOPIC.into(),
        }
    }
}

impl<T: Class> Special for Object<T> {
    const KEY: &'static str = "__class__";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        State::of(&self.0).serialize(serializer)
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

impl<T: Class> Serialize for Object<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        special::serialize(self, serializer)
    }
}

impl<'de, T: Class> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        special::deserialize(deserializer)
    }
}
