//! The writer of event payloads: one object with the payload's entries and the library's pairs.

use serde::ser::{Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};

use super::error::Error;
use super::object_writer::ObjectWriter;
use super::writer::Writer;

/// Serialises a payload as one object together with the pairs of the library.
pub(super) struct PayloadWriter<'w, 'o, 'l> {
    object: ObjectWriter<'w, 'o>,
    /// The keys that the payload must not have.
    reserved: &'l [&'l str],
    /// All pairs of the library, sorted by key, and the number of pairs written.
    library: &'l [(&'l str, &'l str)],
    written: usize,
}

impl<'w, 'o, 'l> PayloadWriter<'w, 'o, 'l> {
    pub(super) fn new(
        writer: &'w mut Writer<'o>,
        reserved: &'l [&'l str],
        library: &'l [(&'l str, &'l str)],
    ) -> Self {
        Self {
            object: ObjectWriter::new(writer),
            reserved,
            library,
            written: 0,
        }
    }

    /// Writes the library's pairs that sort before `key`, so that entries in order need not be
    /// moved.
    fn write_library_before(&mut self, key: &str) -> Result<(), Error> {
        while let Some((name, text)) = self
            .library
            .get(self.written)
            .filter(|(name, _)| *name < key)
        {
            self.object.raw_entry(name, text)?;
            self.written += 1;
        }
        Ok(())
    }

    fn check_reserved(&self, key: &str) -> Result<(), Error> {
        if self.reserved.contains(&key) || self.library.iter().any(|(name, _)| *name == key) {
            return Err(Error::ReservedKey {
                key: key.to_owned(),
            });
        }
        Ok(())
    }

    fn close(mut self) -> Result<(), Error> {
        for (name, text) in &self.library[self.written..] {
            self.object.raw_entry(name, text)?;
        }
        self.object.close()
    }
}

impl SerializeStruct for PayloadWriter<'_, '_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.check_reserved(key)?;
        self.write_library_before(key)?;
        self.object.entry(key, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for PayloadWriter<'_, '_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.object.key(key)?;
        self.check_reserved(self.object.last_key())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.object.serialize_value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

type None = Impossible<(), Error>;

/// Methods for types without named entries.
macro_rules! refused {
    ($($method:ident($($type:ty),*) -> $ok:ty, $found:literal;)*) => { $(
        fn $method(self, $(_: $type),*) -> Result<$ok, Error> {
            Err(Error::NotAnObject { found: $found })
        }
    )* };
}

impl<'w, 'o, 'l> Serializer for PayloadWriter<'w, 'o, 'l> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = None;
    type SerializeTuple = None;
    type SerializeTupleStruct = None;
    type SerializeTupleVariant = None;
    type SerializeMap = PayloadWriter<'w, 'o, 'l>;
    type SerializeStruct = PayloadWriter<'w, 'o, 'l>;
    type SerializeStructVariant = None;

    refused! {
        serialize_bool(bool) -> (), "a boolean";
        serialize_i8(i8) -> (), "an integer";
        serialize_i16(i16) -> (), "an integer";
        serialize_i32(i32) -> (), "an integer";
        serialize_i64(i64) -> (), "an integer";
        serialize_i128(i128) -> (), "an integer";
        serialize_u8(u8) -> (), "an integer";
        serialize_u16(u16) -> (), "an integer";
        serialize_u32(u32) -> (), "an integer";
        serialize_u64(u64) -> (), "an integer";
        serialize_u128(u128) -> (), "an integer";
        serialize_f32(f32) -> (), "a float";
        serialize_f64(f64) -> (), "a float";
        serialize_char(char) -> (), "a character";
        serialize_str(&str) -> (), "a string";
        serialize_bytes(&[u8]) -> (), "bytes";
        serialize_none() -> (), "an empty option";
        serialize_unit_variant(&'static str, u32, &'static str) -> (), "an enum";
        serialize_seq(Option<usize>) -> None, "a sequence";
        serialize_tuple(usize) -> None, "a tuple";
        serialize_tuple_struct(&'static str, usize) -> None, "a tuple struct";
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> None, "an enum";
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> None, "an enum";
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.close()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.close()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error::NotAnObject { found: "an enum" })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Error> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }
}
