use std::fmt::{Display, Write as _};

use serde::ser::{
    Serialize, SerializeSeq, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use super::error::Error;
use super::escape::{write_escaped, write_string};
use super::float::{write_f32, write_f64};
use super::open_object::{Entry, OpenObject};
use super::open_struct::OpenStruct;
use super::{MAX_DEPTH, raw};

/// Appends canonical text to a buffer.
pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    /// The entries of all open objects, the innermost last.
    pub(super) entries: Vec<Entry>,
    /// The next string is canonical text (see [`raw::TOKEN`]).
    raw: bool,
    /// How many arrays and objects are open.
    depth: usize,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut String) -> Self {
        Self {
            out,
            entries: Vec::new(),
            raw: false,
            depth: 0,
        }
    }

    /// The text of a string, not written.
    pub(super) fn take_raw<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<String, Error> {
        let start = self.out.len();
        self.raw = true;
        value.serialize(&mut *self)?;
        Ok(self.out.split_off(start))
    }

    /// An array or an object begins.
    pub(super) fn enter(&mut self) {
        self.depth += 1;
    }

    /// Those end whose brackets are written.
    pub(super) fn leave(&mut self, brackets: &str) -> Result<(), Error> {
        self.out.push_str(brackets);
        if self.depth > MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        self.depth -= brackets.len();
        Ok(())
    }

    /// Writes the beginning of an object of one entry that needs no order, up to its value.
    pub(super) fn open_variant(&mut self, variant: &str) {
        self.enter();
        self.out.push('{');
        write_string(self.out, variant);
        self.out.push(':');
    }
}

/// Methods for types that are written as they print.
macro_rules! printed {
    ($($method:ident($type:ty);)*) => { $(
        fn $method(self, value: $type) -> Result<(), Error> {
            // Writing to a `String` cannot fail.
            let _ = write!(self.out, "{value}");
            Ok(())
        }
    )* };
}

impl<'w, 'o> Serializer for &'w mut Writer<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Array<'w, 'o>;
    type SerializeTuple = Array<'w, 'o>;
    type SerializeTupleStruct = Array<'w, 'o>;
    type SerializeTupleVariant = Array<'w, 'o>;
    type SerializeMap = OpenObject<'w, 'o>;
    type SerializeStruct = OpenStruct<'w, 'o>;
    type SerializeStructVariant = OpenObject<'w, 'o>;

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

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        write_f32(self.out, value);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        write_f64(self.out, value);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        if std::mem::take(&mut self.raw) {
            self.out.push_str(value);
        } else {
            write_string(self.out, value);
        }
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.out.push('"');
        let written = write!(Escaping(self.out), "{value}");
        self.out.push('"');
        written.map_err(serde::ser::Error::custom)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.raw = name == raw::TOKEN;
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.open_variant(variant);
        value.serialize(&mut *self)?;
        self.leave("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Array<'w, 'o>, Error> {
        Ok(Array::open(self, "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Array<'w, 'o>, Error> {
        Ok(Array::open(self, "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Array<'w, 'o>, Error> {
        Ok(Array::open(self, "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Array<'w, 'o>, Error> {
        self.open_variant(variant);
        Ok(Array::open(self, "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<OpenObject<'w, 'o>, Error> {
        Ok(OpenObject::open(self))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<OpenStruct<'w, 'o>, Error> {
        Ok(OpenStruct::open(self, name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<OpenObject<'w, 'o>, Error> {
        Ok(OpenObject::open_variant(self, variant))
    }
}

struct Escaping<'o>(&'o mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        write_escaped(self.0, text);
        Ok(())
    }
}

/// An open array.
pub(super) struct Array<'w, 'o> {
    writer: &'w mut Writer<'o>,
    empty: bool,
    closing: &'static str,
}

impl<'w, 'o> Array<'w, 'o> {
    fn open(writer: &'w mut Writer<'o>, closing: &'static str) -> Self {
        writer.enter();
        writer.out.push('[');
        Self {
            writer,
            empty: true,
            closing,
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if !std::mem::take(&mut self.empty) {
            self.writer.out.push(',');
        }
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), Error> {
        self.writer.leave(self.closing)
    }
}

/// The four kinds of sequences of serde, all written alike.
macro_rules! sequences {
    ($($trait:ident::$method:ident;)*) => { $(
        impl $trait for Array<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )* };
}

sequences! {
    SerializeSeq::serialize_element;
    SerializeTuple::serialize_element;
    SerializeTupleStruct::serialize_field;
    SerializeTupleVariant::serialize_field;
}
