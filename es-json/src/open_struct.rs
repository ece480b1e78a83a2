use serde::Serialize;
use serde::ser::SerializeStruct;

use super::error::Error;
use super::open_object::OpenObject;
use super::value::{NUMBER_TEXT, RAW_TEXT, Value};
use super::writer::Writer;

/// An open struct, which for values of `serde_json` may be a JSON text in disguise.
pub(super) enum OpenStruct<'w, 'o> {
    Object(OpenObject<'w, 'o>),
    /// The one field is the text of a `RawValue`, or of a number once a crate turned `arbitrary_precision` on.
    JsonText(&'w mut Writer<'o>),
}

impl<'w, 'o> OpenStruct<'w, 'o> {
    pub(super) fn open(writer: &'w mut Writer<'o>, name: &str) -> Self {
        if name == RAW_TEXT || name == NUMBER_TEXT {
            Self::JsonText(writer)
        } else {
            Self::Object(OpenObject::open(writer))
        }
    }
}

impl SerializeStruct for OpenStruct<'_, '_> {
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
