//! The emulator's clock.

use std::sync::Arc;
use std::time::Duration;

use logto_admin::Timestamp;
use serde::{Deserialize, Serialize};

/// The default clock or a custom one. Tests can advance both.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// The custom clock. `None` for the default clock, which advances by one millisecond per request.
    #[serde(skip)]
    read: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    offset: i64,
}

/// The start of the default clock: 2025-01-01T00:00:00Z. It is early, so that future dates in tests stay in the future.
const START: i64 = 1_735_689_600_000;

impl Clock {
    pub(crate) const fn own() -> Self {
        Self { read: None, offset: START }
    }

    pub(crate) fn of(read: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { read: Some(Arc::new(read)), offset: 0 }
    }

    /// Returns this clock, advanced like a saved one.
    pub(crate) fn at(&self, saved: Self) -> Self {
        Self { read: self.read.clone(), offset: saved.offset }
    }

    /// Milliseconds since the epoch.
    pub(crate) fn now(&self) -> i64 {
        self.read.as_ref().map_or(0, |read| read().as_millis()).saturating_add(self.offset)
    }

    pub(crate) fn advance(&mut self, duration: Duration) {
        self.offset = self.offset.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
    }

    /// Starts a request and returns its time.
    pub(crate) fn tick(&mut self) -> i64 {
        if self.read.is_none() {
            self.advance(Duration::from_millis(1));
        }
        self.now()
    }
}

/// Formats milliseconds since the epoch like JavaScript, such as `2025-01-01T00:00:00.000Z`.
pub(crate) fn iso(millis: i64) -> String {
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // The days of 400 years from March to February, which puts leap days at the end of a year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (seconds, rest) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_clock_advances_only_per_request() {
        let mut clock = Clock::own();
        assert_eq!((clock.now(), clock.tick(), clock.now()), (START, START + 1, START + 1));
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), START + 60_001);
    }

    #[test]
    fn times_are_formatted_like_in_javascript() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (START, "2025-01-01T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_679_919_059, "2026-11-26T07:58:39.059Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso(millis), text);
        }
    }

    #[test]
    fn custom_clocks_can_be_advanced() {
        let mut clock = Clock::of(|| Timestamp::from_millis(5));
        clock.advance(Duration::from_millis(2));
        assert_eq!((clock.tick(), clock.tick()), (7, 7));
    }
}
