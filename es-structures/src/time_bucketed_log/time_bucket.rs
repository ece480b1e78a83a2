//! Buckets of time, by the calendar in UTC.

use es_store::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

/// The namespace of bucket ids (`docs/formats.md`, section 13).
const NAMESPACE: Uuid = uuid!("0d7ee297-a976-4c29-91ff-84ffc79d8155");

const SECONDS_PER_DAY: i64 = 86_400;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// The size of a log's buckets, by the calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketSize {
    /// A calendar year.
    #[default]
    Year,
    /// A calendar month.
    Month,
    /// A day.
    Day,
    /// An hour.
    Hour,
    /// A minute.
    Minute,
    /// A second.
    Second,
}

/// A span of time with messages in one sequence: from its start to the start of the next bucket, which is excluded.
///
/// ```
/// use es_store::Timestamp;
/// use es_structures::{BucketSize, TimeBucket};
///
/// let noon: Timestamp = "1516884000.5".parse().expect("a time"); // 2018-01-25T12:40:00.5Z
/// let bucket = TimeBucket::containing(noon, BucketSize::Month);
/// assert_eq!(bucket.boundary(), "2018-01");
/// assert_eq!(bucket.start().to_string(), "1514764800.000000");
/// assert_eq!(bucket.next().boundary(), "2018-02");
/// assert_eq!(bucket.previous().boundary(), "2017-12");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeBucket {
    size: BucketSize,
    /// Seconds since 1970-01-01T00:00:00Z.
    start: i64,
}

impl TimeBucket {
    /// Returns the bucket that contains a time.
    #[must_use]
    pub fn containing(time: Timestamp, size: BucketSize) -> Self {
        let seconds = time.as_micros().div_euclid(MICROS_PER_SECOND);
        let start = match size {
            BucketSize::Year | BucketSize::Month => {
                let date = Date::from_days(seconds.div_euclid(SECONDS_PER_DAY));
                let month = if size == BucketSize::Year {
                    1
                } else {
                    date.month
                };
                start_of_month(date.year, month)
            }
            BucketSize::Day => round_down(seconds, SECONDS_PER_DAY),
            BucketSize::Hour => round_down(seconds, 3_600),
            BucketSize::Minute => round_down(seconds, 60),
            BucketSize::Second => seconds,
        };
        Self { size, start }
    }

    /// Returns the start of the bucket.
    #[must_use]
    pub const fn start(self) -> Timestamp {
        Timestamp::from_micros(self.start.saturating_mul(MICROS_PER_SECOND))
    }

    /// Returns the following bucket.
    #[must_use]
    pub fn next(self) -> Self {
        self.moved(1)
    }

    /// Returns the preceding bucket.
    #[must_use]
    pub fn previous(self) -> Self {
        self.moved(-1)
    }

    fn moved(self, by: i64) -> Self {
        let date = self.date();
        let start = match self.size {
            BucketSize::Year => start_of_month(date.year + by, 1),
            BucketSize::Month => {
                let months = date.year * 12 + date.month - 1 + by;
                start_of_month(months.div_euclid(12), months.rem_euclid(12) + 1)
            }
            BucketSize::Day => self.start + by * SECONDS_PER_DAY,
            BucketSize::Hour => self.start + by * 3_600,
            BucketSize::Minute => self.start + by * 60,
            BucketSize::Second => self.start + by,
        };
        Self { start, ..self }
    }

    /// Returns the name of the bucket among those of its size, such as `2018`, `2018-01` or `2018-01-25_12-34-56`, in UTC.
    #[must_use]
    pub fn boundary(self) -> String {
        let Date { year, month, day } = self.date();
        let second = self.start.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        match self.size {
            BucketSize::Year => format!("{year:04}"),
            BucketSize::Month => format!("{year:04}-{month:02}"),
            BucketSize::Day => format!("{year:04}-{month:02}-{day:02}"),
            BucketSize::Hour => format!("{year:04}-{month:02}-{day:02}_{hour:02}"),
            BucketSize::Minute => {
                format!("{year:04}-{month:02}-{day:02}_{hour:02}-{minute:02}")
            }
            BucketSize::Second => {
                format!("{year:04}-{month:02}-{day:02}_{hour:02}-{minute:02}-{second:02}")
            }
        }
    }

    /// Returns the id of the bucket's sequence in a log: UUID version 5 of `<32 digits of the log's name>_<boundary>`.
    #[must_use]
    pub fn id(self, log: Uuid) -> Uuid {
        let name = format!("{}_{}", log.simple(), self.boundary());
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }

    fn date(self) -> Date {
        Date::from_days(self.start.div_euclid(SECONDS_PER_DAY))
    }
}

fn round_down(seconds: i64, to: i64) -> i64 {
    seconds.div_euclid(to) * to
}

fn start_of_month(year: i64, month: i64) -> i64 {
    let first = Date {
        year,
        month,
        day: 1,
    };
    first.days() * SECONDS_PER_DAY
}

/// A date of the Gregorian calendar, in any year that 64 bits of microseconds reach.
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

/// Number of days in 400 years, after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;
/// Number of days from 0000-03-01 to 1970-01-01. Years that start in March have their leap day at the end.
const EPOCH: i64 = 719_468;

/// Uses the algorithms of <https://howardhinnant.github.io/date_algorithms.html>.
impl Date {
    /// Converts days since 1970-01-01 to a date.
    fn from_days(days: i64) -> Self {
        let days = days + EPOCH;
        let (era, day) = (days.div_euclid(DAYS_PER_ERA), days.rem_euclid(DAYS_PER_ERA));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let from_march = (5 * day + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year + era * 400 + i64::from(month <= 2),
            month,
            day: day - (153 * from_march + 2) / 5 + 1,
        }
    }

    /// Returns the days since 1970-01-01.
    fn days(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = (self.month + 9) % 12;
        let day = (153 * from_march + 2) / 5 + self.day - 1;
        era * DAYS_PER_ERA + year * 365 + year / 4 - year / 100 + day - EPOCH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [BucketSize; 6] = [
        BucketSize::Year,
        BucketSize::Month,
        BucketSize::Day,
        BucketSize::Hour,
        BucketSize::Minute,
        BucketSize::Second,
    ];

    #[test]
    fn buckets_follow_each_other_without_a_gap_however_far() {
        for size in SIZES {
            for micros in [
                i64::MIN,
                -1,
                0,
                951_868_799_999_999,
                1_516_884_000_500_000,
                i64::MAX,
            ] {
                let time = Timestamp::from_micros(micros);
                let bucket = TimeBucket::containing(time, size);
                assert!(bucket.start() <= time && time <= bucket.next().start());
                assert_eq!(bucket.next().previous(), bucket);
                assert_eq!(bucket.previous().next(), bucket);
            }
        }
    }

    #[test]
    fn the_last_microsecond_of_a_leap_day_lies_in_february() {
        let time = Timestamp::from_micros(951_868_799_999_999);
        let boundary = |size| TimeBucket::containing(time, size).boundary();
        assert_eq!(boundary(BucketSize::Month), "2000-02");
        assert_eq!(boundary(BucketSize::Second), "2000-02-29_23-59-59");
    }

    #[test]
    fn years_have_four_digits() {
        let time = Timestamp::from_micros(-62_000_000_000_000_000);
        assert_eq!(
            TimeBucket::containing(time, BucketSize::Year).boundary(),
            "0005"
        );
    }
}
