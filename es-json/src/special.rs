//! Values that stand in an object under a key of their own: `{"UUID":"…"}`.

use std::convert::Infallible;
use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A type that is stored as an object with one key, which tells Python what to make of it.
///
/// Implement it for a type of your own to store it as one that Python knows.
pub trait Special: Sized {
    /// The key: `UUID`, `__decimal__`, …
    const KEY: &'static str;

    /// Writes what stands under the key.
    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads what stands under the key.
    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A value in its special form, anywhere: `HashMap<String, Vec<Tagged<Uuid>>>`.
///
/// For a field, or an `Option` or `Vec` that is one, `#[serde(with = "es::json::uuid")]` and its like do without it.
///
/// ```
/// use es_json::{Tagged, to_string};
///
/// let ids = vec![Some(Tagged(uuid::Uuid::nil()))];
/// assert_eq!(to_string(&ids)?, r#"[{"UUID":"00000000000000000000000000000000"}]"#);
/// # Ok::<(), es_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tagged<T>(
    /// The value.
    pub T,
);

impl<T: Special> Serialize for Tagged<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de, T: Special> Deserialize<'de> for Tagged<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

impl<T> From<T> for Tagged<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// A field that holds values of the type `T`: one, perhaps one (`Option`), or several (`Vec`).
pub trait Holds<T: Special>: Sized {
    /// Writes the values in their special form.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads values in their special form.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<T: Special> Holds<T> for T {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<T: Special> Holds<T> for Option<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value: Option<Tagged<T>> = Deserialize::deserialize(deserializer)?;
        Ok(value.map(|value| value.0))
    }
}

impl<T: Special> Holds<T> for Vec<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Borrowed))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values: Vec<Tagged<T>> = Deserialize::deserialize(deserializer)?;
        Ok(values.into_iter().map(|value| value.0).collect())
    }
}

struct Borrowed<'a, T>(&'a T);

impl<T: Special> Serialize for Borrowed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}

/// The two functions that serde's `with` asks for.
macro_rules! with_functions {
    ($type:ty $(, $parameter:ident)?) => {
        /// Writes the field.
        ///
        /// # Errors
        ///
        /// As the serializer, and when Python could not read what it would write.
        pub fn serialize<$($parameter,)? T, S>(field: &T, serializer: S) -> Result<S::Ok, S::Error>
        where
            T: $crate::special::Holds<$type>,
            S: serde::Serializer,
        {
            field.serialize(serializer)
        }

        /// Reads the field.
        ///
        /// # Errors
        ///
        /// As the deserializer, and when the value is not of the form.
        pub fn deserialize<'de, $($parameter,)? T, D>(deserializer: D) -> Result<T, D::Error>
        where
            T: $crate::special::Holds<$type>,
            D: serde::Deserializer<'de>,
        {
            T::deserialize(deserializer)
        }
    };
}

pub(super) use with_functions;

pub(super) fn serialize<T: Special, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    object_of_one(T::KEY, &Inner(value), serializer)
}

pub(super) fn object_of_one<T: Serialize, S: Serializer>(
    key: &str,
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

struct Inner<'a, T>(&'a T);

impl<T: Special> Serialize for Inner<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_inner(serializer)
    }
}

pub(super) fn deserialize<'de, T: Special, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(SpecialVisitor(PhantomData))
}

struct SpecialVisitor<T>(PhantomData<T>);

impl<'de, T: Special> Visitor<'de> for SpecialVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the key `{}`", T::KEY)
    }

    // As in Python, other keys are ignored, and of two equal keys the last one counts.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut found = None;
        while let Some(is_ours) = map.next_key_seed(IsKey(&[T::KEY]))? {
            if is_ours {
                let OwnedInner(value) = map.next_value()?;
                found = Some(value);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        found.ok_or_else(|| A::Error::missing_field(T::KEY))
    }
}

struct OwnedInner<T>(T);

impl<'de, T: Special> Deserialize<'de> for OwnedInner<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize_inner(deserializer).map(Self)
    }
}

/// Reads a key as whether it is one of these, without keeping it.
pub(super) struct IsKey<'k>(pub(super) &'k [&'k str]);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        read_str(deserializer, |key| {
            Ok::<_, Infallible>(self.0.contains(&key))
        })
    }
}

/// Reads a string with a function, without keeping it.
pub(super) fn read_str<'de, T, E: Display, D: Deserializer<'de>>(
    deserializer: D,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(StrVisitor(read))
}

struct StrVisitor<F>(F);

impl<T, E: Display, F: FnOnce(&str) -> Result<T, E>> Visitor<'_> for StrVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<S: serde::de::Error>(self, text: &str) -> Result<T, S> {
        (self.0)(text).map_err(S::custom)
    }
}
