//! A parser for the grammar of Python's `json.loads` (`json/scanner.py` and `json/decoder.py` of
//! `CPython`).

use std::collections::BTreeMap;

use super::{Error, Number, Value};
use crate::MAX_DEPTH;

pub(super) fn parse(text: &str) -> Result<Value, Error> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
    };
    parser.skip_space();
    let value = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.error("expected the end of the text"));
    }
    Ok(value)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn error(&self, problem: &'static str) -> Error {
        Error::Syntax {
            problem,
            offset: self.at,
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn skip(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn value(&mut self) -> Result<Value, Error> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Error>) -> Result<Value, Error> {
        if self.depth == MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, Error> {
        if self.skip("null") {
            Ok(Value::Null)
        } else if self.skip("true") {
            Ok(Value::Bool(true))
        } else if self.skip("false") {
            Ok(Value::Bool(false))
        } else if self.skip("NaN") {
            Ok(Value::Number(f64::NAN.into()))
        } else if self.skip("Infinity") {
            Ok(Value::Number(f64::INFINITY.into()))
        } else {
            Err(self.error("expected a value"))
        }
    }

    fn object(&mut self) -> Result<Value, Error> {
        let mut entries = BTreeMap::new();
        if self.skip("}") {
            return Ok(Value::Object(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.skip(":") {
                return Err(self.error("expected `:`"));
            }
            self.skip_space();
            entries.insert(key, self.value()?);
            if !self.another("}", "expected `,` or `}`")? {
                return Ok(Value::Object(entries));
            }
        }
    }

    fn array(&mut self) -> Result<Value, Error> {
        let mut items = Vec::new();
        if self.skip("]") {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.another("]", "expected `,` or `]`")? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// Reads the separator after an entry; returns whether another entry follows.
    fn another(&mut self, closing: &str, expected: &'static str) -> Result<bool, Error> {
        self.skip_space();
        if self.skip(closing) {
            return Ok(false);
        }
        if !self.skip(",") {
            return Err(self.error(expected));
        }
        self.skip_space();
        Ok(true)
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        let negative = self.skip("-");
        if negative && self.skip("Infinity") {
            return Ok(Value::Number(f64::NEG_INFINITY.into()));
        }
        if !self.skip("0") && self.digits() == 0 {
            return Err(self.error("expected a digit"));
        }
        let integer = self.at;
        self.optional_digits(|parser| parser.skip("."));
        self.optional_digits(Self::exponent_mark);
        let text = &self.text[start..self.at];
        if self.at == integer {
            return Ok(Value::Number(Number::integer(text)));
        }
        let float: Result<f64, _> = text.parse();
        Ok(Value::Number(
            float.map_err(|_| self.error("expected a number"))?.into(),
        ))
    }

    /// Reads a part that must end with digits, or nothing.
    fn optional_digits(&mut self, introduction: fn(&mut Self) -> bool) {
        let start = self.at;
        if !introduction(self) || self.digits() == 0 {
            self.at = start;
        }
    }

    fn exponent_mark(&mut self) -> bool {
        let found = self.skip("e") || self.skip("E");
        if found && !self.skip("+") {
            self.skip("-");
        }
        found
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Error> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let special = |byte: u8| byte == b'"' || byte == b'\\' || byte < 0x20;
            let plain = self.rest().bytes().position(special);
            let plain = plain.unwrap_or(self.rest().len());
            string.push_str(&self.rest()[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.error("a control character must be escaped")),
                None => return Err(self.error("expected the end of a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let start = self.at;
        self.at += 2;
        let c = match self.text.as_bytes().get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => {
                self.at = start;
                return Err(self.error("unknown escape"));
            }
        };
        Ok(c)
    }

    /// Reads the digits after `\u`, and the second half of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Error> {
        let first = self.hex()?;
        let mut units = [first, 0];
        let mut count = 1;
        if (0xd800..0xdc00).contains(&first) && self.skip("\\u") {
            units[1] = self.hex()?;
            count = 2;
        }
        let mut chars = char::decode_utf16(units.into_iter().take(count));
        match (chars.next(), chars.next()) {
            (Some(Ok(c)), None) => Ok(c),
            _ => Err(self.error("half a surrogate pair, which is not text")),
        }
    }

    fn hex(&mut self) -> Result<u16, Error> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            return Err(self.error("expected four hexadecimal digits"));
        };
        let value = digits
            .iter()
            .fold(0, |value, digit| value << 4 | u16::from(hex_value(*digit)));
        self.at += 4;
        Ok(value)
    }
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(text: &str) -> usize {
        match parse(text) {
            Err(Error::Syntax { offset, .. }) => offset,
            other => panic!("expected a syntax error of {text}, not {other:?}"),
        }
    }

    #[test]
    fn errors_tell_the_byte() {
        for (text, at) in [
            ("", 0),
            ("[1,2,]", 5),
            ("01", 1),
            ("1.", 1),
            ("1e+", 1),
            ("-", 1),
            ("{\"a\":1,}", 7),
            ("{\"a\" 1}", 5),
            ("\"\\x\"", 1),
            ("\"\\u12g4\"", 3),
            ("\"é\t\"", 3),
            ("\"open", 5),
            ("nul", 0),
            ("\u{a0}1", 0),
        ] {
            assert_eq!(offset(text), at, "{text}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_an_error() {
        for text in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\ud83d""#,
            r#""\ud83dx""#,
        ] {
            offset(text);
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(&("[".repeat(256) + &"]".repeat(256))).is_ok());
        assert_eq!(offset(&"[".repeat(100_000)), 256);
    }

    #[test]
    fn a_number_too_great_is_infinite() {
        assert_eq!(parse("1e999"), Ok(Value::Number(f64::INFINITY.into())));
    }
}
