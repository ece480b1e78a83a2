use std::borrow::Cow;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error};

use super::escape::find_escape;

/// The text of an object, read entry by entry: keys and plain strings here, all other values by `serde_json`.
///
/// It takes objects as they are written. Its errors only mean that another reader decides.
pub(crate) struct ObjectText<'de> {
    text: &'de str,
    /// How far it is read: to the end of a key or of a value.
    at: usize,
}

impl<'de> ObjectText<'de> {
    pub(crate) fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// The next key, whose value must be read then; none at the end of the object.
    pub(crate) fn key(&mut self) -> Result<Option<Cow<'de, str>>, Error> {
        let is_first = self.at == 0;
        if !is_first && self.peek() == Some(b'}') {
            return Ok(None);
        }
        self.pass(if is_first { b'{' } else { b',' })?;
        if is_first && self.peek() == Some(b'}') {
            return Ok(None);
        }
        let key = self.string()?;
        self.pass(b':')?;
        Ok(Some(key))
    }

    /// The value of the key that was read.
    pub(crate) fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut reader = Deserializer::from_str(&self.text[self.at..]);
        let value = seed.deserialize(&mut reader)?;
        self.at += reader.into_iter::<IgnoredAny>().byte_offset();
        Ok(value)
    }

    /// The value, if it is a string without escapes; else it is still to be read.
    pub(crate) fn plain(&mut self) -> Option<&'de str> {
        let rest = self.text[self.at..].strip_prefix('"')?;
        let end = find_escape(rest.as_bytes())?;
        let plain = &rest[..end];
        rest[end..].starts_with('"').then(|| {
            self.at += end + 2;
            plain
        })
    }

    /// The value, if it is an object with this one key and a string without escapes; else it is still to be read.
    pub(crate) fn plain_under(&mut self, key: &str) -> Option<&'de str> {
        let before = self.at;
        let mut read = || {
            let rest = self.text[self.at..].strip_prefix("{\"")?;
            let rest = rest.strip_prefix(key)?.strip_prefix("\":")?;
            self.at = self.text.len() - rest.len();
            let plain = self.plain()?;
            self.pass(b'}').ok()?;
            Some(plain)
        };
        let plain = read();
        if plain.is_none() {
            self.at = before;
        }
        plain
    }

    /// Whether the object is read, and nothing follows it.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at > 0 && &self.text[self.at..] == "}"
    }

    fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        match self.plain() {
            Some(plain) => Ok(Cow::Borrowed(plain)),
            None => self
                .value(std::marker::PhantomData::<String>)
                .map(Cow::Owned),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn pass(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            return Err(Error::custom("not an object as it is written"));
        }
        self.at += 1;
        Ok(())
    }
}
