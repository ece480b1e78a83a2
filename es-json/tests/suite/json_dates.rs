//! Tests of `jiff` dates and times in Python's format.

use es_json::{Error, OffsetDateTime, Tagged, from_str, to_string};
use jiff::civil::{Date, DateTime, Time, date, time};
use jiff::tz::{self, Offset};
use serde::Serialize;

fn refusal(value: &impl Serialize) -> String {
    to_string(value).unwrap_err().to_string()
}

#[test]
fn finer_times_than_python_has_are_refused() {
    let fine = time(1, 2, 3, 4);
    let message = "Python's times end at the microsecond: round the time first";
    assert_eq!(refusal(&Tagged(fine)), message);
    assert_eq!(
        refusal(&Tagged(date(2018, 1, 1).to_datetime(fine))),
        message
    );
}

#[test]
fn years_that_python_lacks_or_misreads_are_refused() {
    assert_eq!(
        refusal(&Tagged(date(0, 1, 1))),
        "Python has no dates before the year 1"
    );
    assert!(to_string(&Tagged(date(1, 1, 1))).is_ok());
    let message = "Python does not read dates with times before the year 100";
    assert_eq!(refusal(&Tagged(date(99, 1, 1).at(0, 0, 0, 0))), message);
    let text = r#"{"ISO8601_datetime":"100-01-01T00:00:00.000000"}"#;
    assert_eq!(
        to_string(&Tagged(date(100, 1, 1).at(0, 0, 0, 0))).as_deref(),
        Ok(text)
    );
    assert!(from_str::<Tagged<DateTime>>(text).is_ok());
}

#[test]
fn offsets_that_python_does_not_read_are_refused() {
    for seconds in [1, -3_601, 24 * 3_600] {
        let datetime = date(2018, 1, 1).at(0, 0, 0, 0);
        let offset = Offset::from_seconds(seconds).unwrap();
        let message = "Python reads only offsets of whole minutes and less than a day";
        assert_eq!(refusal(&OffsetDateTime { datetime, offset }), message);
    }
}

#[test]
fn negative_offsets_of_less_than_an_hour_keep_their_sign() {
    let at = OffsetDateTime {
        datetime: date(2018, 1, 1).at(0, 0, 0, 0),
        offset: Offset::from_seconds(-1_800).unwrap(),
    };
    let text = to_string(&at).unwrap();
    assert_eq!(
        text,
        r#"{"ISO8601_datetime":"2018-01-01T00:00:00.000000-0030"}"#
    );
    assert_eq!(from_str(&text), Ok(at));
}

#[test]
fn a_time_with_an_offset_is_not_read_as_one_without() {
    let error = |result: Result<(), Error>| result.unwrap_err().to_string();
    let aware = r#"{"ISO8601_datetime":"2018-01-01T00:00:00Z"}"#;
    let naive = r#"{"ISO8601_datetime":"2018-01-01T00:00:00"}"#;
    assert_eq!(
        from_str::<OffsetDateTime>(aware).unwrap().offset,
        tz::Offset::UTC
    );
    let message = error(from_str::<Tagged<DateTime>>(aware).map(drop));
    assert!(
        message.contains("read it as an `OffsetDateTime`"),
        "{message}"
    );
    let message = error(from_str::<OffsetDateTime>(naive).map(drop));
    assert!(
        message.contains("read it as a `jiff::civil::DateTime`"),
        "{message}"
    );
}

#[test]
fn dates_and_times_are_allowed_in_options_and_lists() {
    #[derive(Serialize, serde::Deserialize)]
    struct Calendar {
        #[serde(with = "es_json::date")]
        days: Vec<Date>,
        #[serde(with = "es_json::time")]
        opening: Option<Time>,
    }
    let text = r#"{"days":[{"ISO8601_date":"2018-01-25"}],"opening":null}"#;
    assert_eq!(
        to_string(&from_str::<Calendar>(text).unwrap()).as_deref(),
        Ok(text)
    );
}
