//! Values that are stored in an object under a key that names their type: `{"UUID":"…"}`.

use std::convert::Infallible;
use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A type that is stored as an object with one key, which tells Python the type of the value.
///
/// Implement it for your own type to store it as a type that Python knows.
pub trait TaggedType: Sized {
    /// The key: `UUID`, `__decimal__`, …
    const KEY: &'static str;

    /// Serialises the value under the key.
    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Deserialises the value under the key.
    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A wrapper that stores its value as a [`TaggedType`] in any place: `HashMap<String,
/// Vec<Tagged<Uuid>>>`.
///
/// For a field, or an `Option` or `Vec` as a field, `#[serde(with = "es::json::uuid")]` and its
/// siblings do the same without a wrapper.
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

impl<T: TaggedType> Serialize for Tagged<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

impl<'de, T: TaggedType> Deserialize<'de> for Tagged<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

impl<T> From<T> for Tagged<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// A field that holds values of type `T`: exactly one, an `Option` or a `Vec`.
pub trait TaggedField<T: TaggedType>: Sized {
    /// Serialises the values, each under its key.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Deserialises values, each under its key.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<T: TaggedType> TaggedField<T> for T {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self, serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer)
    }
}

impl<T: TaggedType> TaggedField<T> for Option<T> {
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

impl<T: TaggedType> TaggedField<T> for Vec<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Borrowed))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values: Vec<Tagged<T>> = Deserialize::deserialize(deserializer)?;
        Ok(values.into_iter().map(|value| value.0).collect())
    }
}

struct Borrowed<'a, T>(&'a T);

impl<T: TaggedType> Serialize for Borrowed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(self.0, serializer)
    }
}

/// Generates the two functions that serde's `with` attribute requires.
macro_rules! with_functions {
    ($type:ty $(, $parameter:ident)?) => {
        /// Serialises the field.
        ///
        /// # Errors
        ///
        /// The serializer's errors, and an error if Python could not read the written text.
        pub fn serialize<$($parameter,)? T, S>(field: &T, serializer: S) -> Result<S::Ok, S::Error>
        where
            T: $crate::tagged::TaggedField<$type>,
            S: serde::Serializer,
        {
            field.serialize(serializer)
        }

        /// Deserialises the field.
        ///
        /// # Errors
        ///
        /// The deserializer's errors, and an error if the value is malformed.
        pub fn deserialize<'de, $($parameter,)? T, D>(deserializer: D) -> Result<T, D::Error>
        where
            T: $crate::tagged::TaggedField<$type>,
            D: serde::Deserializer<'de>,
        {
            T::deserialize(deserializer)
        }
    };
}

pub(super) use with_functions;

pub(super) fn serialize<T: TaggedType, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize_one_entry(T::KEY, &Inner(value), serializer)
}

pub(super) fn serialize_one_entry<T: Serialize, S: Serializer>(
    key: &str,
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(TOKEN, &OneEntry { key, value })
}

/// The struct name that tells the writer of this crate that the special key of the object is meant.
/// Other serializers ignore it.
pub(super) const TOKEN: &str = "$es::json::Tagged";

struct OneEntry<'a, T> {
    key: &'a str,
    value: &'a T,
}

impl<T: Serialize> Serialize for OneEntry<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.key, self.value)?;
        map.end()
    }
}

struct Inner<'a, T>(&'a T);

impl<T: TaggedType> Serialize for Inner<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_inner(serializer)
    }
}

pub(super) fn deserialize<'de, T: TaggedType, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: TaggedType> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the key `{}`", T::KEY)
    }

    // As in Python, other keys are ignored, and the last one of equal keys counts.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut found = None;
        while let Some(is_ours) = map.next_key_seed(IsOneOf(&[T::KEY]))? {
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

impl<'de, T: TaggedType> Deserialize<'de> for OwnedInner<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize_inner(deserializer).map(Self)
    }
}

/// Reads a key and returns whether it is one of these, without allocating it.
pub(super) struct IsOneOf<'k>(pub(super) &'k [&'k str]);

impl<'de> DeserializeSeed<'de> for IsOneOf<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        read_str(deserializer, |key| {
            Ok::<_, Infallible>(self.0.contains(&key))
        })
    }
}

/// Applies a function to a string without allocating it.
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
