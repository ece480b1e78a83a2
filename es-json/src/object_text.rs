use std::borrow::Cow;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error};

use super::escape::{find_escape, is_plain};

/// The text of an object, read entry by entry: keys and plain strings here, all other values by `serde_json`.
///
/// It takes objects as they are written. Its errors only mean that another reader decides.
pub struct ObjectText<'de> {
    text: &'de str,
    /// How far it is read: to the end of a key or of a value; behind all of it after an error, whoever overlooks that.
    at: usize,
}

impl<'de> ObjectText<'de> {
    /// Reads the object that `text` holds.
    pub fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// The next key, whose value must be read then; none at the end of the object.
    pub fn key(&mut self) -> Result<Option<Cow<'de, str>>, Error> {
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
    pub fn value<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut reader = Deserializer::from_str(&self.text[self.at..]);
        let value = seed.deserialize(&mut reader);
        self.at = match &value {
            Ok(_) => self.at + reader.into_iter::<IgnoredAny>().byte_offset(),
            Err(_) => self.text.len(),
        };
        value
    }

    /// The value, if it is a string without escapes; else it is still to be read.
    pub fn plain(&mut self) -> Option<&'de str> {
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
    pub fn plain_of<const LEN: usize>(&mut self) -> Option<&'de str> {
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
    pub fn plain_under(&mut self, key: &str) -> Option<&'de str> {
        let before = self.at;
        let plain = self.passes("{", key).then(|| self.plain()).flatten();
        if plain.is_some() && self.pass(b'}').is_ok() {
            return plain;
        }
        self.at = before;
        None
    }

    /// Reads the next key, if it is this one; says whether it was.
    pub fn key_is(&mut self, key: &str) -> bool {
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
    pub fn is_at_end(&self) -> bool {
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
            self.at = self.text.len();
            return Err(Error::custom("not an object as it is written"));
        }
        self.at += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use super::*;

    /// A way of reading a value; says whether it was read.
    type Way = fn(&mut ObjectText<'_>) -> bool;

    /// The keys of an object of integers, as far as they are read, and whether that is to the end.
    fn keys(text: &str) -> (Vec<String>, bool) {
        let (mut object, mut keys) = (ObjectText::new(text), Vec::new());
        while let Ok(Some(key)) = object.key() {
            if object.value(PhantomData::<i64>).is_err() {
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
    fn what_is_no_object_as_it_is_written_is_not_read_to_the_end() {
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
                let mut object = ObjectText::new(&text);
                assert!(!object.key_is("ke") && object.key_is("key"), "{text}");
                object
            };
            let rest = |mut object: ObjectText<'_>, found: bool| {
                if !found {
                    object.value(PhantomData::<IgnoredAny>).unwrap();
                }
                assert_eq!(object.key().unwrap(), None, "{text}");
                assert!(object.is_at_end(), "{text}");
            };
            let ways: [(Way, bool); 3] = [
                (|object| object.plain().is_some(), plain),
                (|object| object.plain_of::<4>().is_some(), of_four),
                (|object| object.plain_under("k").is_some(), under),
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
