//! Dates and times as Python writes and reads them, independent of any date library.

use std::fmt;

/// A date of the proleptic Gregorian calendar, years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

/// A time of day with microsecond precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Time {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) microsecond: u32,
}

/// A date with a time and, if it is known, the offset from UTC in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateTime {
    pub(super) date: Date,
    pub(super) time: Time,
    pub(super) offset: Option<i32>,
}

/// The first year that Python reads back. It reads the digits of earlier years as a month, or as a
/// year of this century.
pub(super) const FIRST_YEAR: u32 = 100;

pub(super) const DATE_PROBLEM: &str = "not a date: expected 2018-01-25";
pub(super) const TIME_PROBLEM: &str = "not a time: expected 01:02:03.000004";
pub(super) const DATETIME_PROBLEM: &str = "not a date and time: expected 2018-01-25T12:34:56.000789, optionally \
     followed by +0100 or Z; the year must be 100 or later";

impl Date {
    pub(super) fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let valid = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days(year, month)).contains(&day);
        valid.then_some(Self { year, month, day })
    }

    /// Parses as `strptime(text, "%Y-%m-%d")` does: a year of four digits, a month and a day of one
    /// or two.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4..=4)?;
        let month = digits(parts.next()?, 1..=2)?;
        let day = digits(parts.next()?, 1..=2)?;
        if parts.next().is_some() {
            return None;
        }
        Self::new(year, month, day)
    }
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let valid = count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

impl Time {
    pub(super) fn new(hour: u32, minute: u32, second: u32, microsecond: u32) -> Option<Self> {
        let valid = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        valid.then_some(Self {
            hour,
            minute,
            second,
            microsecond,
        })
    }

    /// Parses a time as Python does, which splits at `:` and `.`. All four parts are required, and
    /// the last one counts microseconds: `.4` is 4 µs.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (time, microsecond) = text.split_once('.')?;
        let mut parts = time.split(':').map(|part| digits(part, 1..=2));
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() {
            return None;
        }
        Self::new(hour, minute, second, digits(microsecond, 1..=6)?)
    }

    /// Parses `12:34`, `12:34:56` or `12:34:56.5`. In this format the fraction counts seconds: `.5`
    /// is half a second.
    fn parse_iso(text: &str) -> Option<Self> {
        let (time, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let mut parts = time.split(':').map(|part| digits(part, 2..=2));
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next());
        let only_seconds_have_a_fraction = second.is_some() || time.len() == text.len();
        if parts.next().is_some() || !only_seconds_have_a_fraction {
            return None;
        }
        let places = u32::try_from(fraction.len()).ok()?;
        let microsecond = digits(fraction, 1..=6)? * 10_u32.pow(6 - places);
        Self::new(hour, minute, second.unwrap_or(Some(0))?, microsecond)
    }
}

impl DateTime {
    /// Parses the extended format of ISO 8601. Python's parser also accepts it, but guesses at many
    /// other formats.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = match text.split_once(['T', ' ']) {
            Some((date, rest)) => (date, Some(rest)),
            None => (text, None),
        };
        let date = match date.split_once('-')? {
            // Python does not pad years below 1000.
            (year, rest) if year.len() == 3 => Date::parse(&format!("0{year}-{rest}"))?,
            _ => Date::parse(date)?,
        };
        let (time, offset) = match rest {
            Some(rest) => parse_time_and_offset(rest)?,
            None => (Time::default(), None),
        };
        (date.year >= FIRST_YEAR).then_some(Self { date, time, offset })
    }
}

fn parse_time_and_offset(text: &str) -> Option<(Time, Option<i32>)> {
    match text.find(['Z', '+', '-']) {
        Some(at) => Some((
            Time::parse_iso(&text[..at])?,
            Some(parse_offset(&text[at..])?),
        )),
        None => Some((Time::parse_iso(text)?, None)),
    }
}

/// Parses `Z`, `+01`, `+0100` or `+01:00` to minutes.
fn parse_offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, text) = text.split_at_checked(1)?;
    let text = text.replacen(':', "", 1);
    let (hours, minutes) = text.split_at_checked(2)?;
    let hours = digits(hours, 2..=2).filter(|hours| *hours < 24)?;
    let minutes = match minutes {
        "" => 0,
        minutes => digits(minutes, 2..=2).filter(|minutes| *minutes < 60)?,
    };
    let offset = i32::try_from(hours * 60 + minutes).ok()?;
    Some(if sign == "-" { -offset } else { offset })
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}:{:02}:{:02}.{:06}",
            self.hour, self.minute, self.second, self.microsecond
        )
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date;
        // Python's `strftime` does not pad the year on Linux.
        write!(f, "{year}-{month:02}-{day:02}T{}", self.time)?;
        match self.offset {
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let offset = offset.unsigned_abs();
                write!(f, "{sign}{:02}{:02}", offset / 60, offset % 60)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<String> {
        Date::parse(text).map(|value| value.to_string())
    }

    fn time(text: &str) -> Option<String> {
        Time::parse(text).map(|value| value.to_string())
    }

    fn datetime(text: &str) -> Option<String> {
        DateTime::parse(text).map(|value| value.to_string())
    }

    #[test]
    fn dates_need_a_year_of_four_digits_and_a_day_of_the_month() {
        assert_eq!(date("2018-2-3").as_deref(), Some("2018-02-03"));
        assert_eq!(date("0001-02-22").as_deref(), Some("0001-02-22"));
        assert!(Date::parse("2024-02-29").is_some() && Date::parse("1900-02-29").is_none());
        for text in [
            "",
            "2018-02-30",
            "2018-13-01",
            "18-1-1",
            "2018-01",
            "2018-01-01-01",
            "0000-01-01",
            "2018-+1-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_fraction_of_a_time_counts_microseconds() {
        assert_eq!(time("1:2:3.4").as_deref(), Some("01:02:03.000004"));
        for text in [
            "1:2:3",
            "24:00:00.0",
            "1:60:00.0",
            "1:2.3",
            "1:2:3:4.5",
            "1:2:3.1000000",
        ] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }

    #[test]
    fn texts_that_python_writes_are_kept() {
        for text in [
            "2018-01-25T12:34:56.000789",
            "2018-01-25T12:34:56.000789-0530",
            "999-12-17T10:00:00.000000",
        ] {
            assert_eq!(datetime(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_forms_of_iso_8601_are_written_as_python_writes_them() {
        for (text, written) in [
            ("2018-01-25", "2018-01-25T00:00:00.000000"),
            ("2018-01-25T10:11:12Z", "2018-01-25T10:11:12.000000+0000"),
            (
                "2018-01-25T10:11:12.5+01:00",
                "2018-01-25T10:11:12.500000+0100",
            ),
            ("2018-01-25 10:11-03", "2018-01-25T10:11:00.000000-0300"),
        ] {
            assert_eq!(datetime(text).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn texts_that_python_reads_differently_or_refuses_are_refused() {
        for text in [
            "1-07-11T15:00:00.000000",
            "99-08-06T19:00:00.000000",
            "0099-08-06T19:00:00.000000",
            "2018-01-01T00:00:00.000000+010025",
            "2018-01-01T",
            "2018-01-01T24:00",
            "2018-01-01T10:11.5",
            "2018-01-01T10:11:12+2400",
            "2018-01-01T10:11:12é",
            "tomorrow",
        ] {
            assert_eq!(datetime(text), None, "{text}");
        }
    }
}
