//! The writer of structs, some of which are raw JSON texts of `serde_json`.

use serde::Serialize;
use serde::ser::SerializeStruct;

use super::error::Error;
use super::object_writer::ObjectWriter;
use super::value::{NUMBER_TEXT, RAW_TEXT, Value};
use super::writer::Writer;

/// Writes one struct. `serde_json` disguises raw JSON texts as structs of a special name.
pub(super) enum StructWriter<'w, 'o> {
    Object(ObjectWriter<'w, 'o>),
    /// The only field is the text of a `RawValue`, or of a number if a crate enables
    /// `arbitrary_precision`.
    JsonText(&'w mut Writer<'o>),
}

impl<'w, 'o> StructWriter<'w, 'o> {
    pub(super) fn new(writer: &'w mut Writer<'o>, name: &str) -> Self {
        if name == RAW_TEXT || name == NUMBER_TEXT {
            Self::JsonText(writer)
        } else {
            Self::Object(ObjectWriter::new(writer))
        }
    }
}

impl SerializeStruct for StructWriter<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        match self {
            Self::Object(object) => object.entry(key, value),
            Self::JsonText(writer) => {
                let text = writer.take_raw(value)?;
                Value::parse(&text)?.serialize(&mut **writer)
            }
        }
    }

    fn end(self) -> Result<(), Error> {
        match self {
            Self::Object(object) => object.close(),
            Self::JsonText(_) => Ok(()),
        }
    }
}
