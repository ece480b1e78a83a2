//! Stores a struct as Python stores an object: `#[serde(with = "es::json::object")]` on a field
//! whose type is a [`PythonClass`].

use serde::{Deserialize, Deserializer, Serializer};

use super::python_object::{PythonClass, PythonObject, State};
use super::tagged::{TaggedType, serialize_one_entry};

/// Serialises the field as an object of its class.
pub fn serialize<T: PythonClass, S: Serializer>(
    field: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize_one_entry(PythonObject::<T>::KEY, &State::new(field), serializer)
}

/// Deserialises the field from an object of its class.
pub fn deserialize<'de, T: PythonClass, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    PythonObject::deserialize(deserializer).map(|object| object.0)
}
