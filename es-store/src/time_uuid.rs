//! UUIDs that contain the time of their creation.

use std::cmp::Ordering;
use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering as Atomic};

use es_json as json;
use es_json::Tagged;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{Builder, Uuid};

use crate::timestamp::Timestamp;

/// A UUID of version 1. It is unique and contains its time of creation in units of 100 nanoseconds.
///
/// Use it to identify events without version and time: give their payload a field `event_id` of
/// this type. It is stored as any UUID of an event, `{"UUID":"…"}`. The order is that of
/// Cassandra's `timeuuid`: by time, then by the other bytes as signed numbers.
///
/// ```
/// use es_store::TimeUuid;
///
/// let (one, next) = (TimeUuid::now(), TimeUuid::now());
/// assert!(one < next);
/// assert!(one.time() <= next.time());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeUuid(Uuid);

/// Units of 100 nanoseconds from the start of the Gregorian calendar to the start of Unix time.
const UNIX_EPOCH: i64 = 0x01B2_1DD2_1381_4000;
const STEPS_PER_MICRO: i64 = 10;

/// The time of the last UUID that this process created, in units of 100 nanoseconds.
static LAST: AtomicU64 = AtomicU64::new(0);

/// Random node and counter, as RFC 9562 (section 6.10) allows instead of the address of a network
/// card, so that a UUID does not reveal its host.
static NODE: LazyLock<([u8; 6], u16)> = LazyLock::new(|| {
    let [a, b, c, d, e, f, _, _, g, .., h] = Uuid::new_v4().into_bytes();
    ([a | 1, b, c, d, e, f], u16::from_be_bytes([g, h]))
});

impl TimeUuid {
    /// Creates a UUID. The UUIDs of one process are distinct and ascend, even if the clock is set
    /// back.
    #[must_use]
    pub fn now() -> Self {
        let steps = Timestamp::now()
            .as_micros()
            .saturating_mul(STEPS_PER_MICRO)
            .saturating_add(UNIX_EPOCH);
        let now = u64::try_from(steps).unwrap_or(0);
        let next = |last: u64| now.max(last + 1);
        let last = LAST
            .fetch_update(Atomic::Relaxed, Atomic::Relaxed, |last| Some(next(last)))
            .unwrap_or_else(|last| last);
        let (node, counter) = &*NODE;
        Self(Builder::from_gregorian_timestamp(next(last), *counter, node).into_uuid())
    }

    /// Wraps a UUID of version 1; `None` for other versions.
    #[must_use]
    pub fn new(id: Uuid) -> Option<Self> {
        (id.get_version_num() == 1).then_some(Self(id))
    }

    /// Returns the UUID.
    #[must_use]
    pub fn get(self) -> Uuid {
        self.0
    }

    /// Reads the field `event_id` from the text of an event; `None` if there is none.
    #[doc(hidden)]
    pub fn from_event(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Event {
            event_id: TimeUuid,
        }

        let event = json::from_str::<Event>(text);
        event.ok().map(|event| event.event_id)
    }

    /// Returns the time of creation, truncated to microseconds.
    #[must_use]
    pub fn time(self) -> Timestamp {
        let steps = i64::try_from(self.steps()).unwrap_or(i64::MAX);
        Timestamp::from_micros((steps - UNIX_EPOCH).div_euclid(STEPS_PER_MICRO))
    }

    fn steps(self) -> u64 {
        self.0
            .get_timestamp()
            .map_or(0, |time| time.to_gregorian().0)
    }

    /// Returns the bytes besides the time, as Cassandra compares them.
    fn rest(self) -> [i8; 8] {
        let [_, _, _, _, _, _, _, _, rest @ ..] = self.0.into_bytes();
        rest.map(u8::cast_signed)
    }
}

impl Ord for TimeUuid {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.steps(), self.rest()).cmp(&(other.steps(), other.rest()))
    }
}

impl PartialOrd for TimeUuid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for TimeUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for TimeUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for TimeUuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Tagged(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TimeUuid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(id) = Tagged::<Uuid>::deserialize(deserializer)?;
        Self::new(id).ok_or_else(|| D::Error::custom("not a UUID of version 1"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_time_is_that_of_the_clock() {
        let before = Timestamp::now();
        let made = TimeUuid::now();
        assert_eq!(made.get().get_version_num(), 1);
        assert!(before <= made.time());
    }

    #[test]
    fn those_of_one_process_ascend() {
        let made: Vec<_> = (0..1000).map(|_| TimeUuid::now()).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn at_one_time_signed_bytes_decide() {
        let id = |rest: &str| {
            let text = format!("88f5cea9-07a8-11e8-{rest}-277475eb8cd6");
            TimeUuid::new(Uuid::try_parse(&text).unwrap()).unwrap()
        };
        assert!(id("a000") < id("a025"));
        assert!(id("a080") < id("a000"), "0x80 is negative");
    }

    #[test]
    fn other_uuids_are_none() {
        assert_eq!(TimeUuid::new(Uuid::nil()), None);
        assert!(
            es_json::from_str::<TimeUuid>(r#"{"UUID":"6990846bcf3349fd804f3b53b3886efe"}"#)
                .is_err()
        );
    }
}
