use std::fmt;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize};

use super::number::Whole;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, as in Logto's API.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use logto_admin::types::Timestamp;
///
/// let created = Timestamp::from_millis(1_795_489_404_000);
/// assert_eq!(SystemTime::from(created), SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_489_404_000));
/// let in_a_week = Timestamp::now() + Duration::from_secs(7 * 86_400);
/// assert!(in_a_week > created);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Creates a timestamp from milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns how much later this is than `earlier`; zero if it is not later.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Ends at the last representable time.
impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

/// Ends at the first representable time.
impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A point in time, in seconds since 1970-01-01T00:00:00Z. Claims of tokens use this unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TimestampSeconds(i64);

impl TimestampSeconds {
    /// Creates a timestamp from seconds since the epoch.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }
}

impl From<TimestampSeconds> for Timestamp {
    fn from(seconds: TimestampSeconds) -> Self {
        Self(seconds.0.saturating_mul(1000))
    }
}

impl From<Timestamp> for TimestampSeconds {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.0.div_euclid(1000))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        Self(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => millis(after),
            Err(before) => millis(before.duration()).saturating_neg(),
        })
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        let span = Duration::from_millis(timestamp.0.unsigned_abs());
        let time =
            if timestamp.0 < 0 { Self::UNIX_EPOCH.checked_sub(span) } else { Self::UNIX_EPOCH.checked_add(span) };
        time.unwrap_or(Self::UNIX_EPOCH)
    }
}

impl From<SystemTime> for TimestampSeconds {
    fn from(time: SystemTime) -> Self {
        Timestamp::from(time).into()
    }
}

impl From<TimestampSeconds> for SystemTime {
    fn from(seconds: TimestampSeconds) -> Self {
        Timestamp::from(seconds).into()
    }
}

/// Rounds down a fraction of a millisecond.
impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Whole::deserialize(deserializer).map(|millis| Self(millis.0))
    }
}

/// Rounds down a fraction of a second.
impl<'de> Deserialize<'de> for TimestampSeconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Whole::deserialize(deserializer).map(|seconds| Self(seconds.0))
    }
}

/// Formats the number of milliseconds, as the API does.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Formats the number of seconds, as the API does.
impl fmt::Display for TimestampSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "time")]
mod with_time {
    use super::Timestamp;

    impl From<time::OffsetDateTime> for Timestamp {
        fn from(time: time::OffsetDateTime) -> Self {
            Self(i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX))
        }
    }

    impl TryFrom<Timestamp> for time::OffsetDateTime {
        type Error = time::error::ComponentRange;

        fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
            Self::from_unix_timestamp_nanos(i128::from(timestamp.0) * 1_000_000)
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use super::Timestamp;

    impl From<chrono::DateTime<chrono::Utc>> for Timestamp {
        fn from(time: chrono::DateTime<chrono::Utc>) -> Self {
            Self(time.timestamp_millis())
        }
    }

    impl TryFrom<Timestamp> for chrono::DateTime<chrono::Utc> {
        type Error = OutOfRange;

        fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
            Self::from_timestamp_millis(timestamp.0).ok_or(OutOfRange)
        }
    }

    /// The timestamp is out of chrono's range.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OutOfRange;

    impl std::fmt::Display for OutOfRange {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the timestamp is out of the range of chrono::DateTime")
        }
    }

    impl std::error::Error for OutOfRange {}
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::Timestamp;

    impl From<jiff::Timestamp> for Timestamp {
        fn from(time: jiff::Timestamp) -> Self {
            Self(time.as_millisecond())
        }
    }

    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = jiff::Error;

        fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
            Self::from_millisecond(timestamp.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_times_convert_both_ways_before_and_after_the_epoch() {
        for millis in [-1_500, 0, 1_795_489_404_123] {
            let timestamp = Timestamp::from_millis(millis);
            assert_eq!(Timestamp::from(SystemTime::from(timestamp)), timestamp);
        }
    }

    #[test]
    fn system_times_have_a_sign_relative_to_the_epoch() {
        let second = Duration::from_secs(1);
        for (seconds, time) in [(-1, SystemTime::UNIX_EPOCH - second), (1, SystemTime::UNIX_EPOCH + second)] {
            assert_eq!(Timestamp::from(time), Timestamp::from_millis(seconds * 1000));
            assert_eq!(SystemTime::from(Timestamp::from_millis(seconds * 1000)), time);
            assert_eq!(TimestampSeconds::from(time), TimestampSeconds::from_secs(seconds));
            assert_eq!(SystemTime::from(TimestampSeconds::from_secs(seconds)), time);
        }
    }

    #[test]
    fn durations_are_added_and_subtracted_as_far_as_times_reach() {
        let (time, second) = (Timestamp::from_millis(5_000), Duration::from_secs(1));
        assert_eq!([time + second, time - second].map(Timestamp::as_millis), [6_000, 4_000]);
        assert_eq!(
            [time + Duration::MAX, time - Duration::MAX].map(Timestamp::as_millis),
            [i64::MAX, 5_000 - i64::MAX]
        );
        assert_eq!((time + second).duration_since(time), second);
        assert_eq!(time.duration_since(time + second), Duration::ZERO);
    }

    #[test]
    fn times_are_formatted_as_the_api_does() {
        assert_eq!(Timestamp::from_millis(-1_500).to_string(), "-1500");
        assert_eq!(TimestampSeconds::from_secs(7).to_string(), "7");
        assert_eq!(Timestamp::from(TimestampSeconds::from_secs(7)).to_string(), "7000");
    }

    #[test]
    fn seconds_round_down() {
        assert_eq!(TimestampSeconds::from(Timestamp::from_millis(-1)).as_secs(), -1);
        assert_eq!(TimestampSeconds::from(Timestamp::from_millis(1_999)).as_secs(), 1);
    }

    #[test]
    fn fractions_are_rounded_down() {
        let millis = |text: &str| serde_json::from_str::<Timestamp>(text).unwrap().as_millis();
        let seconds = |text: &str| serde_json::from_str::<TimestampSeconds>(text).unwrap().as_secs();
        assert_eq!([millis("1795489404123.987"), millis("1e3"), millis("-0.5")], [1_795_489_404_123, 1000, -1]);
        assert_eq!([seconds("1795489404.9"), seconds("7")], [1_795_489_404, 7]);
        assert_eq!(serde_json::to_string(&Timestamp::from_millis(1_795_489_404_123)).unwrap(), "1795489404123");
    }

    #[cfg(feature = "time")]
    #[test]
    fn time_converts_both_ways() {
        let timestamp = Timestamp::from_millis(1_795_489_404_123);
        let time = time::OffsetDateTime::try_from(timestamp).unwrap();
        assert_eq!((time.year(), Timestamp::from(time)), (2026, timestamp));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_converts_both_ways() {
        let timestamp = Timestamp::from_millis(1_795_489_404_123);
        let time = chrono::DateTime::<chrono::Utc>::try_from(timestamp).unwrap();
        assert_eq!((time.timestamp(), Timestamp::from(time)), (1_795_489_404, timestamp));
        let error = chrono::DateTime::<chrono::Utc>::try_from(Timestamp::from_millis(i64::MAX)).unwrap_err();
        assert_eq!(error.to_string(), "the timestamp is out of the range of chrono::DateTime");
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_converts_both_ways() {
        let timestamp = Timestamp::from_millis(1_795_489_404_123);
        let time = jiff::Timestamp::try_from(timestamp).unwrap();
        assert_eq!((time.as_second(), Timestamp::from(time)), (1_795_489_404, timestamp));
    }
}
