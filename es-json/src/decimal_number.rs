//! Decimal numbers that keep their digits.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Value;
use super::tagged::{self, IsOneOf, TaggedType, read_str};
use super::value::{NUMBER_TEXT, RAW_TEXT};

/// The exponent limits of Python's `decimal` module on 64-bit machines (`MAX_EMAX`, `MIN_ETINY`).
const MAX_EXPONENT: i64 = 999_999_999_999_999_999;
const MIN_EXPONENT: i64 = -1_999_999_999_999_999_997;

/// A decimal number with its original digits: `1.10`, `5.1E+10`, `-0`, `NaN`.
///
/// It holds the text that Python's `str(Decimal)` gives and is stored as `{"__decimal__":"1.10"}`.
/// Equality compares the texts: `1.0` is not `1.00`. The type has no arithmetic; convert it to a
/// type that has.
///
/// ```
/// use es_json::Decimal;
///
/// let price: Decimal = "1.10".parse()?;
/// assert_eq!(es_json::to_string(&price)?, r#"{"__decimal__":"1.10"}"#);
/// assert_eq!("51e9".parse::<Decimal>()?.to_string(), "5.1E+10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(Box<str>);

/// The text is not a decimal as Python writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a decimal: expected digits such as 1.10 or 5.1E+10, NaN, sNaN or Infinity, with or without a sign"
)]
pub struct ParseDecimalError;

impl Decimal {
    /// Returns the text as Python writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts a value as Python's `Decimal(…)` does.
    pub(super) fn from_value(value: &Value) -> Result<Self, ParseDecimalError> {
        match value {
            Value::String(text) => text.parse(),
            Value::Bool(value) => Ok(u32::from(*value).into()),
            Value::Number(number) => match number.integer_text() {
                Some(text) => text.parse(),
                None => Self::exactly(number.as_f64()),
            },
            _ => Err(ParseDecimalError),
        }
    }

    /// Converts a float to its exact value. Python's `Decimal(0.1)` has 55 digits.
    fn exactly(value: f64) -> Result<Self, ParseDecimalError> {
        // The smallest float, 2^-1074, has the most decimal places.
        let digits = format!("{value:.1074}");
        digits.trim_end_matches('0').trim_end_matches('.').parse()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! from_integers {
    ($($type:ty)*) => { $(
        impl From<$type> for Decimal {
            fn from(value: $type) -> Self {
                Self(value.to_string().into())
            }
        }
    )* };
}

from_integers!(i32 u32 i64 u64);

/// Parses as Python's `Decimal(str)` does, for ASCII digits. Surrounding white space and
/// underscores are dropped.
impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        if is_certainly_canonical(text) {
            return Ok(Self(text.into()));
        }
        let text = text.trim().replace('_', "");
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.strip_prefix('+').unwrap_or(&text)),
        };
        let written = match named(unsigned) {
            Some(name) => format!("{sign}{name}"),
            None => format!(
                "{sign}{}",
                Finite::parse(unsigned).ok_or(ParseDecimalError)?
            ),
        };
        Ok(Self(written.into()))
    }
}

/// Returns `true` if the text is certainly in Python's format: digits that start with 1 to 9, and
/// an optional fraction. Most decimals pass this check and need no parsing.
fn is_certainly_canonical(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    whole.starts_with(|first: char| first != '0')
        && all_digits(whole)
        && all_digits(fraction)
        && !fraction.is_empty()
}

/// Parses values that are not finite. Digits after `NaN` are a diagnostic code, which Python keeps.
fn named(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return Some("Infinity".to_owned());
    }
    let (name, digits) = match lower.strip_prefix("snan") {
        Some(digits) => ("sNaN", digits),
        None => ("NaN", lower.strip_prefix("nan")?),
    };
    let diagnostic = digits.trim_start_matches('0');
    all_digits(digits).then(|| format!("{name}{diagnostic}"))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A finite number: `coefficient * 10^exponent`. The coefficient has no leading zeros.
struct Finite {
    coefficient: String,
    exponent: i64,
}

impl Finite {
    fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !all_digits(&digits) {
            return None;
        }
        let coefficient = match digits.trim_start_matches('0') {
            "" => "0".to_owned(),
            digits => digits.to_owned(),
        };
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let number = Self {
            coefficient,
            exponent,
        };
        number.is_in_range().then_some(number)
    }

    fn is_in_range(&self) -> bool {
        let digits = i64::try_from(self.coefficient.len());
        digits.is_ok_and(|digits| digits + self.exponent - 1 <= MAX_EXPONENT)
            && self.exponent >= MIN_EXPONENT
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Within this bound the sum of the exponent and the number of digits cannot overflow; beyond it
    // the number is out of range anyway.
    let fits = !digits.is_empty() && all_digits(digits);
    let exponent: i64 = fits.then(|| text.parse().ok())??;
    (exponent.unsigned_abs() < 1 << 62).then_some(exponent)
}

/// The layout of `to-scientific-string` in the decimal specification, which Python's `str` follows.
impl fmt::Display for Finite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = &self.coefficient;
        let count = i64::try_from(digits.len()).map_err(|_| fmt::Error)?;
        let adjusted = self.exponent + count - 1;
        if self.exponent > 0 || adjusted < -6 {
            f.write_str(&digits[..1])?;
            if count > 1 {
                write!(f, ".{}", &digits[1..])?;
            }
            return write!(f, "E{adjusted:+}");
        }
        let places = usize::try_from(-self.exponent).map_err(|_| fmt::Error)?;
        match digits.len().checked_sub(places) {
            Some(whole) if places == 0 => f.write_str(&digits[..whole]),
            Some(whole) if whole > 0 => write!(f, "{}.{}", &digits[..whole], &digits[whole..]),
            _ => write!(f, "0.{digits:0>places$}"),
        }
    }
}

impl TaggedType for Decimal {
    const KEY: &'static str = "__decimal__";

    fn serialize_inner<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }

    fn deserialize_inner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Reads the raw JSON text, because a number that is not a string may have more digits than
        // any type holds.
        deserializer.deserialize_newtype_struct(RAW_TEXT, DecimalVisitor)
    }
}

struct DecimalVisitor;

impl<'de> Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Decimal::from_value(&value).map_err(D::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Decimal, A::Error> {
        match map.next_key_seed(IsOneOf(&[RAW_TEXT, NUMBER_TEXT]))? {
            Some(true) => map.next_value::<JsonText>().map(|text| text.0),
            _ => Err(A::Error::custom("expected a decimal, found an object")),
        }
    }
}

/// A decimal parsed from the raw JSON text.
struct JsonText(Decimal);

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_str(deserializer, from_json).map(Self)
    }
}

fn from_json(text: &str) -> Result<Decimal, ParseDecimalError> {
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match quoted {
        Some(text) if !text.contains('\\') => text.parse(),
        _ => Decimal::from_value(&Value::parse(text).map_err(|_| ParseDecimalError)?),
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        tagged::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        text.parse::<Decimal>()
            .ok()
            .map(|decimal| decimal.to_string())
    }

    #[test]
    fn texts_that_python_writes_are_kept() {
        for text in [
            "0",
            "-0",
            "1.10",
            "0.000000",
            "0E-9",
            "0E+3",
            "1E+5",
            "0.000001",
            "1E-7",
            "1.0000000E-7",
            "-964809",
            "123456789012345678901234567890.123456789",
            "NaN",
            "-NaN",
            "sNaN",
            "NaN123",
            "Infinity",
            "-Infinity",
            "5.1E+10",
            "1E-1999999999999999997",
            "9E+999999999999999999",
        ] {
            assert_eq!(read(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn texts_that_python_reads_are_written_as_python_writes_them() {
        for (text, written) in [
            ("1e5", "1E+5"),
            ("+1.", "1"),
            (".5", "0.5"),
            ("-00.50", "-0.50"),
            (" 1_000 ", "1000"),
            ("12e-1", "1.2"),
            ("inf", "Infinity"),
            ("-nan007", "-NaN7"),
            ("0.00e-5", "0E-7"),
        ] {
            assert_eq!(read(text).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_decimals() {
        for text in [
            "",
            "-",
            ".",
            "x",
            "1.2.3",
            "1e",
            "1e+",
            "e5",
            "--1",
            "1 2",
            "infinit",
            "nanx",
            "1E+1000000000000000000",
            "1E-99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_float_is_taken_exactly() {
        let exactly = |value| Decimal::exactly(value).map(|decimal| decimal.to_string());
        for (value, text) in [
            (
                0.1,
                "0.1000000000000000055511151231257827021181583404541015625",
            ),
            (1e22, "10000000000000000000000"),
            (-1.5, "-1.5"),
            (0.0, "0"),
            (
                1e-7,
                "9.99999999999999954748111825886258685613938723690807819366455078125E-8",
            ),
        ] {
            assert_eq!(exactly(value).as_deref(), Ok(text));
        }
    }
}
