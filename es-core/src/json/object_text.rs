use std::borrow::Cow;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error};

use super::escape::{find_escape, is_plain};

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
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        if bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let end = start + find_escape(bytes.get(start..)?)?;
        if bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// As [`plain`](Self::plain), of a string of just this length: all of it is looked at at once.
    pub(crate) fn plain_of<const LEN: usize>(&mut self) -> Option<&'de str> {
        let start = self.at + 1;
        let quoted = self.text.as_bytes().get(self.at..start + LEN + 1)?;
        let string: &[u8; LEN] = quoted[1..].first_chunk()?;
        let is_plain = quoted[0] == b'"' && quoted[LEN + 1] == b'"' && is_plain(string);
        is_plain.then(|| {
            self.at = start + LEN + 1;
            &self.text[start..start + LEN]
        })
    }

    /// The value, if it is an object with this one key and a string without escapes; else it is still to be read.
    pub(crate) fn plain_under(&mut self, key: &str) -> Option<&'de str> {
        let before = self.at;
        let plain = self.passes("{", key).then(|| self.plain()).flatten();
        if plain.is_some() && self.pass(b'}').is_ok() {
            return plain;
        }
        self.at = before;
        None
    }

    /// Reads the next key, if it is this one; says whether it was.
    pub(crate) fn key_is(&mut self, key: &str) -> bool {
        self.passes(if self.at == 0 { "{" } else { "," }, key)
    }

    fn passes(&mut self, before: &str, key: &str) -> bool {
        let passed = || {
            let rest = self.text[self.at..].strip_prefix(before)?;
            let rest = rest.strip_prefix('"')?.strip_prefix(key)?;
            rest.strip_prefix("\":")
        };
        let Some(rest) = passed() else {
            return false;
        };
        self.at = self.text.len() - rest.len();
        true
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
