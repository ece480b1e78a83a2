//! A reader of objects in the layout of the canonical writer, entry by entry.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error};

use super::escape::{find_escape, is_plain};

/// Reads the text of an object entry by entry. Keys and plain strings are read here, all other
/// values by `serde_json`.
///
/// It accepts only the layout of the canonical writer, without white space. After any error the
/// caller reads the text with another reader, so the error texts are never shown.
pub struct ObjectReader<'de> {
    text: &'de str,
    /// Offset of the next byte to read: the end of a key or of a value. After an error it is the
    /// end of the text, so that no later call succeeds.
    at: usize,
}

impl<'de> ObjectReader<'de> {
    /// Creates a reader before the first entry of `text`.
    #[inline]
    pub fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the next key, or `None` at the end of the object. The caller must then read its value.
    #[inline]
    pub fn next_key(&mut self) -> Result<Option<Cow<'de, str>>, Error> {
        let is_first = self.at == 0;
        if !is_first && self.peek() == Some(b'}') {
            return Ok(None);
        }
        self.expect(if is_first { b'{' } else { b',' })?;
        if is_first && self.peek() == Some(b'}') {
            return Ok(None);
        }
        let key = self.string()?;
        self.expect(b':')?;
        Ok(Some(key))
    }

    /// Reads the value of the current key.
    pub fn next_value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut reader = Deserializer::from_str(&self.text[self.at..]);
        let value = seed.deserialize(&mut reader);
        self.at = match &value {
            Ok(_) => self.at + reader.into_iter::<IgnoredAny>().byte_offset(),
            Err(_) => self.text.len(),
        };
        value
    }

    /// Reads the value if it is a string without escapes. Otherwise it returns `None`, and the
    /// value is still unread.
    #[inline]
    pub fn plain_string(&mut self) -> Option<&'de str> {
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

    /// Does the same as [`plain_string`](Self::plain_string) for a string of exactly `LEN` bytes,
    /// which it examines in one step.
    pub fn plain_string_of_len<const LEN: usize>(&mut self) -> Option<&'de str> {
        let start = self.at + 1;
        let quoted = self.text.as_bytes().get(self.at..start + LEN + 1)?;
        let string: &[u8; LEN] = quoted[1..].first_chunk()?;
        let is_plain = quoted[0] == b'"' && quoted[LEN + 1] == b'"' && is_plain(string);
        is_plain.then(|| {
            self.at = start + LEN + 1;
            &self.text[start..start + LEN]
        })
    }

    /// Reads the value if it is an object with `key` as its only key and a string without escapes.
    /// Otherwise it returns `None`, and the value is still unread.
    #[inline]
    pub fn plain_string_under(&mut self, key: &str) -> Option<&'de str> {
        let before = self.at;
        let plain = self
            .skip_key("{", key)
            .then(|| self.plain_string())
            .flatten();
        if plain.is_some() && self.expect(b'}').is_ok() {
            return plain;
        }
        self.at = before;
        None
    }

    /// Reads the next key if it equals `key`; returns whether it did.
    #[inline]
    pub fn take_key(&mut self, key: &str) -> bool {
        self.skip_key(if self.at == 0 { "{" } else { "," }, key)
    }

    #[inline]
    fn skip_key(&mut self, before: &str, key: &str) -> bool {
        let rest_after_key = || {
            let rest = self.text[self.at..].strip_prefix(before)?;
            let rest = rest.strip_prefix('"')?.strip_prefix(key)?;
            rest.strip_prefix("\":")
        };
        let Some(rest) = rest_after_key() else {
            return false;
        };
        self.at = self.text.len() - rest.len();
        true
    }

    /// Returns `true` if the object was read to its end and no text follows.
    #[inline]
    pub fn is_at_end(&self) -> bool {
        self.at > 0 && &self.text[self.at..] == "}"
    }

    #[inline]
    fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        match self.plain_string() {
            Some(plain) => Ok(Cow::Borrowed(plain)),
            None => self
                .next_value(std::marker::PhantomData::<String>)
                .map(Cow::Owned),
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            self.at = self.text.len();
            return Err(Error::custom("not in canonical layout"));
        }
        self.at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use super::*;

    /// A way of reading a value; returns whether it was read.
    type Way = fn(&mut ObjectReader<'_>) -> bool;

    /// Reads the keys of an object of integers; returns them and whether the reader reached the
    /// end.
    fn keys(text: &str) -> (Vec<String>, bool) {
        let (mut object, mut keys) = (ObjectReader::new(text), Vec::new());
        while let Ok(Some(key)) = object.next_key() {
            if object.next_value(PhantomData::<i64>).is_err() {
                break;
            }
            keys.push(key.into_owned());
        }
        (keys, object.is_at_end())
    }

    #[test]
    fn the_entries_of_an_object_are_read_in_their_order_and_to_its_end() {
        for (text, expected) in [
            ("{}", vec![]),
            (r#"{"a":1}"#, vec!["a"]),
            (r#"{"b":-7,"a":12,"":0}"#, vec!["b", "a", ""]),
            (r#"{"Z\u00fcrich \"\\":1,"é":2}"#, vec!["Zürich \"\\", "é"]),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(keys(text), (expected, true), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_a_canonical_object_is_refused() {
        for text in [
            "",
            "{",
            "}",
            "[]",
            "1",
            "{}}",
            "{} ",
            " {}",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1"#,
            r#"{"a":1,}"#,
            r#"{"a":1 }"#,
            r#"{"a":1}x"#,
            r#"{"a":1"b":2}"#,
            r#"{,"a":1}"#,
            r#"{"a:1}"#,
            "{\"\n\":1}",
            r"{a:1}",
            r#"{"\ud83d":1}"#,
            r#"{"é"#,
            r#"{"a":1é}"#,
        ] {
            assert!(!keys(text).1, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_not_as_expected_is_still_to_be_read() {
        let digits = "0".repeat(4);
        for (value, plain, of_four, under) in [
            (r#""""#.to_owned(), true, false, false),
            (format!("\"{digits}\""), true, true, false),
            (format!("\"{digits}0\""), true, false, false),
            (r#""\"00""#.to_owned(), false, false, false),
            (r#""a\n""#.to_owned(), false, false, false),
            (r#"{"k":"v"}"#.to_owned(), false, false, true),
            (r#"{"k":"v","l":1}"#.to_owned(), false, false, false),
            (r#"{"k":1}"#.to_owned(), false, false, false),
            (r#"{"l":"v"}"#.to_owned(), false, false, false),
            ("1".to_owned(), false, false, false),
        ] {
            let text = format!(r#"{{"key":{value}}}"#);
            let object = || {
                let mut object = ObjectReader::new(&text);
                assert!(!object.take_key("ke") && object.take_key("key"), "{text}");
                object
            };
            let rest = |mut object: ObjectReader<'_>, found: bool| {
                if !found {
                    object.next_value(PhantomData::<IgnoredAny>).unwrap();
                }
                assert_eq!(object.next_key().unwrap(), None, "{text}");
                assert!(object.is_at_end(), "{text}");
            };
            let ways: [(Way, bool); 3] = [
                (|object| object.plain_string().is_some(), plain),
                (
                    |object| object.plain_string_of_len::<4>().is_some(),
                    of_four,
                ),
                (|object| object.plain_string_under("k").is_some(), under),
            ];
            for (read, expected) in ways {
                let mut object = object();
                let found = read(&mut object);
                assert_eq!(found, expected, "{text}");
                rest(object, found);
            }
        }
    }
}
