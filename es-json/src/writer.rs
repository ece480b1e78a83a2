//! The serializer that writes canonical text.

use std::fmt::{Display, Write as _};

use serde::ser::{
    Serialize, SerializeSeq, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
    Serializer,
};

use super::error::Error;
use super::escape::{write_escaped, write_string};
use super::float::{write_f32, write_f64};
use super::object_writer::{Entry, ObjectWriter};
use super::struct_writer::StructWriter;
use super::{MAX_DEPTH, canonical, raw, tagged};

/// The treatment of keys that make an object a value of a special type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SpecialKeys {
    Allowed,
    /// Only [`tagged`](super::tagged) values have them. Keys of other objects may come from a user
    /// of the program, and Python would make objects of them.
    OfTaggedValues,
}

/// Serialises values as canonical text into a buffer.
pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    /// The entries of all unfinished objects, the innermost last.
    pub(super) entries: Vec<Entry>,
    /// Set if the next string is canonical text (see [`raw::TOKEN`]).
    raw: bool,
    /// Set if the next object is a value of a special type (see [`tagged::TOKEN`]).
    pub(super) tagged: bool,
    special_keys: SpecialKeys,
    /// The number of unfinished arrays and objects.
    depth: usize,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut String, special_keys: SpecialKeys) -> Self {
        Self {
            out,
            entries: Vec::new(),
            raw: false,
            tagged: false,
            special_keys,
            depth: 0,
        }
    }

    /// Refuses a key that is reserved for values of special types.
    pub(super) fn check_key(&self, key: &str) -> Result<(), Error> {
        if self.special_keys == SpecialKeys::Allowed || !canonical::is_special_key(key) {
            return Ok(());
        }
        Err(Error::SpecialKey {
            key: key.to_owned(),
            path: String::new(),
        })
    }

    /// Serialises a string and returns its raw text instead of writing it.
    pub(super) fn take_raw<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<String, Error> {
        let start = self.out.len();
        self.raw = true;
        value.serialize(&mut *self)?;
        Ok(self.out.split_off(start))
    }

    /// Enters an array or an object.
    pub(super) fn enter(&mut self) {
        self.depth += 1;
    }

    /// Writes the closing brackets and leaves as many arrays and objects.
    pub(super) fn leave(&mut self, brackets: &str) -> Result<(), Error> {
        self.out.push_str(brackets);
        if self.depth > MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        self.depth -= brackets.len();
        Ok(())
    }

    /// Writes the start of an object with one entry, up to its value. A single entry needs no
    /// sorting.
    pub(super) fn begin_variant(&mut self, variant: &str) -> Result<(), Error> {
        self.check_key(variant)?;
        self.enter();
        self.out.push('{');
        write_string(self.out, variant);
        self.out.push(':');
        Ok(())
    }
}

/// Methods for types that are written as their `Display` text.
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
    type SerializeSeq = ArrayWriter<'w, 'o>;
    type SerializeTuple = ArrayWriter<'w, 'o>;
    type SerializeTupleStruct = ArrayWriter<'w, 'o>;
    type SerializeTupleVariant = ArrayWriter<'w, 'o>;
    type SerializeMap = ObjectWriter<'w, 'o>;
    type SerializeStruct = StructWriter<'w, 'o>;
    type SerializeStructVariant = ObjectWriter<'w, 'o>;

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
        self.tagged = name == tagged::TOKEN;
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.begin_variant(variant)?;
        value
            .serialize(&mut *self)
            .map_err(|error| error.inside(variant))?;
        self.leave("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ArrayWriter<'w, 'o>, Error> {
        Ok(ArrayWriter::new(self, "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<ArrayWriter<'w, 'o>, Error> {
        Ok(ArrayWriter::new(self, "]"))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<ArrayWriter<'w, 'o>, Error> {
        Ok(ArrayWriter::new(self, "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ArrayWriter<'w, 'o>, Error> {
        self.begin_variant(variant)?;
        Ok(ArrayWriter::new(self, "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ObjectWriter<'w, 'o>, Error> {
        Ok(ObjectWriter::new(self))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<StructWriter<'w, 'o>, Error> {
        Ok(StructWriter::new(self, name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<ObjectWriter<'w, 'o>, Error> {
        ObjectWriter::new_variant(self, variant)
    }
}

struct Escaping<'o>(&'o mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        write_escaped(self.0, text);
        Ok(())
    }
}

/// Writes one array.
pub(super) struct ArrayWriter<'w, 'o> {
    writer: &'w mut Writer<'o>,
    len: usize,
    closing: &'static str,
}

impl<'w, 'o> ArrayWriter<'w, 'o> {
    fn new(writer: &'w mut Writer<'o>, closing: &'static str) -> Self {
        writer.enter();
        writer.out.push('[');
        Self {
            writer,
            len: 0,
            closing,
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let index = self.len;
        if index > 0 {
            self.writer.out.push(',');
        }
        self.len += 1;
        value
            .serialize(&mut *self.writer)
            .map_err(|error| error.inside(&format!("[{index}]")))
    }

    fn close(self) -> Result<(), Error> {
        self.writer.leave(self.closing)
    }
}

/// Implements serde's four kinds of sequences, which are all written alike.
macro_rules! sequences {
    ($($trait:ident::$method:ident;)*) => { $(
        impl $trait for ArrayWriter<'_, '_> {
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
