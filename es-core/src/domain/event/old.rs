//! Stored events of earlier versions.

use es_json as json;
use serde::de::DeserializeOwned;

use super::decode;
use super::raw_header::RawHeader;

/// A stored event of an earlier version, as input of its upcasts.
pub struct Old<'h, 'de> {
    version: u32,
    text: &'de str,
    header: &'h mut RawHeader<'de>,
}

impl<'h, 'de> Old<'h, 'de> {
    pub(crate) fn new(version: u32, text: &'de str, header: &'h mut RawHeader<'de>) -> Self {
        Self {
            version,
            text,
            header,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// Decodes the payload in the shape of its version.
    pub(crate) fn payload<T: DeserializeOwned>(&mut self) -> Result<T, json::Error> {
        decode::payload(self.text, self.header)
    }
}
