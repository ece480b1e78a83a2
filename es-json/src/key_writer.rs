//! Keys of objects, which are strings in every case.

use std::fmt::Write as _;

use serde::ser::{Impossible, Serialize, Serializer};

use super::error::Error;
use super::escape::write_string;

/// Serialises a key as a string; returns `true` if it needed no escape.
pub(super) struct KeyWriter<'o>(pub(super) &'o mut String);

type None = Impossible<bool, Error>;

fn key_error(found: &'static str) -> Error {
    Error::Key {
        found,
        path: String::new(),
    }
}

/// Methods for types that are written as their `Display` text between quotes.
macro_rules! printed {
    ($($method:ident($type:ty);)*) => { $(
        fn $method(self, value: $type) -> Result<bool, Error> {
            // Writing to a `String` cannot fail.
            let _ = write!(self.0, "\"{value}\"");
            Ok(true)
        }
    )* };
}

/// Methods for types that cannot be keys.
macro_rules! refused {
    ($($method:ident($($type:ty),*) -> $ok:ty, $found:literal;)*) => { $(
        fn $method(self, $(_: $type),*) -> Result<$ok, Error> {
            Err(key_error($found))
        }
    )* };
}

impl Serializer for KeyWriter<'_> {
    type Ok = bool;
    type Error = Error;
    type SerializeSeq = None;
    type SerializeTuple = None;
    type SerializeTupleStruct = None;
    type SerializeTupleVariant = None;
    type SerializeMap = None;
    type SerializeStruct = None;
    type SerializeStructVariant = None;

    printed! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
    }

    refused! {
        serialize_f32(f32) -> bool, "a float";
        serialize_f64(f64) -> bool, "a float";
        serialize_bytes(&[u8]) -> bool, "bytes";
        serialize_none() -> bool, "nothing";
        serialize_unit() -> bool, "nothing";
        serialize_unit_struct(&'static str) -> bool, "a unit struct";
        serialize_seq(Option<usize>) -> None, "a sequence";
        serialize_tuple(usize) -> None, "a tuple";
        serialize_tuple_struct(&'static str, usize) -> None, "a tuple struct";
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> None, "an enum with fields";
        serialize_map(Option<usize>) -> None, "a map";
        serialize_struct(&'static str, usize) -> None, "a struct";
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> None, "an enum with fields";
    }

    fn serialize_str(self, value: &str) -> Result<bool, Error> {
        Ok(write_string(self.0, value))
    }

    fn serialize_char(self, value: char) -> Result<bool, Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<bool, Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<bool, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<bool, Error> {
        Err(key_error("an enum with fields"))
    }
}
