//! Points in time as events hold them.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, negative before it.
///
/// It is stored as decimal seconds with exactly six decimals, such as `1516884000.500000`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const MICROS: i64 = 1_000_000;

impl Timestamp {
    /// Returns the current time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// Creates a timestamp from microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    #[inline]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    #[inline]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the timestamp one microsecond later.
    #[inline]
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl From<SystemTime> for Timestamp {
    /// Truncates to whole microseconds. Times out of range become the nearest timestamp.
    fn from(time: SystemTime) -> Self {
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) => Self(micros(since)),
            Err(before) => Self(-micros(before.duration())),
        }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let span = Duration::from_micros(time.0.unsigned_abs());
        if time.0 < 0 {
            UNIX_EPOCH - span
        } else {
            UNIX_EPOCH + span
        }
    }
}

impl fmt::Display for Timestamp {
    /// Writes decimal seconds with six decimals.
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, micros) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let unit = MICROS.unsigned_abs();
        write!(f, "{sign}{}.{:06}", micros / unit, micros % unit)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not decimal seconds with at most six decimals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a timestamp: expected decimal seconds with at most six decimals, such as 1516884000.500000"
)]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // For so few digits a loop is faster than a search.
        let (seconds, fraction) = match digits.bytes().position(|byte| byte == b'.') {
            Some(dot) => (&digits[..dot], &digits[dot + 1..]),
            None => (digits, "0"),
        };
        let scale = *SCALES.get(fraction.len()).ok_or(InvalidTimestamp)?;
        let micros = parse_digits(seconds)?
            .checked_mul(MICROS)
            .and_then(|micros| micros.checked_add(parse_digits(fraction).ok()? * scale))
            .ok_or(InvalidTimestamp)?;
        Ok(Self(if negative { -micros } else { micros }))
    }
}

/// The microseconds of one unit of the last digit, by the number of digits in the fraction.
const SCALES: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// Parses a number of at most 18 digits, which fits 64 bits.
#[inline]
fn parse_digits(digits: &str) -> Result<i64, InvalidTimestamp> {
    let mut is_number = (1..=18).contains(&digits.len());
    let number = digits.bytes().fold(0_i64, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        is_number &= digit < 10;
        number.wrapping_mul(10).wrapping_add(digit.into())
    });
    is_number.then_some(number).ok_or(InvalidTimestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_six_decimals_and_reads_back() {
        for (micros, text) in [
            (0, "0.000000"),
            (1_516_884_000_500_000, "1516884000.500000"),
            (-1, "-0.000001"),
            (253_402_300_799_999_999, "253402300799.999999"),
        ] {
            assert_eq!(Timestamp::from_micros(micros).to_string(), text);
            assert_eq!(text.parse(), Ok(Timestamp::from_micros(micros)));
        }
    }

    #[test]
    fn fewer_decimals_are_read_and_anything_else_is_refused() {
        assert_eq!("1.5".parse(), Ok(Timestamp::from_micros(1_500_000)));
        assert_eq!("7".parse(), Ok(Timestamp::from_micros(7_000_000)));
        for bad in [
            "",
            "1.",
            ".5",
            "1.0000001",
            "+1",
            "1e3",
            "99999999999999999999.0",
            "--1",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(InvalidTimestamp), "{bad}");
        }
    }
}
