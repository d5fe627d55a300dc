//! Calendar dates in UTC.

use time::{Date, Month};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

/// Returns the number of days since 1970-01-01.
pub(crate) const fn day(millis: i64) -> i64 {
    millis.div_euclid(DAY)
}

/// Returns the date of a day, such as `2025-01-31`. Empty for a day outside of the calendar.
pub(crate) fn date(day: i64) -> String {
    let julian = i32::try_from(day).ok().and_then(|day| day.checked_add(EPOCH));
    let date = julian.and_then(|julian| Date::from_julian_day(julian).ok());
    date.map(|date| date.to_string()).unwrap_or_default()
}

/// Returns the date of a time as a path, such as `2025/01/31`.
pub(crate) fn path(millis: i64) -> String {
    date(day(millis)).replace('-', "/")
}

/// Returns the day of a date that begins the text.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let month = Month::try_from(u8::try_from(number(5, 7)?).ok()?).ok()?;
    let day = u8::try_from(number(8, 10)?).ok()?;
    let date = Date::from_calendar_date(number(0, 4)?.into(), month, day).ok()?;
    Some(i64::from(date.to_julian_day() - EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_converted_to_dates_and_back() {
        for (number, text) in [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29"), (20_454, "2026-01-01")] {
            assert_eq!((date(number).as_str(), parse(text)), (text, Some(number)));
        }
        assert_eq!(path(1_735_689_600_000), "2025/01/01");
        assert_eq!((parse("2025-13-01"), parse("2025-02-30"), parse("täglich!!!")), (None, None, None));
        assert_eq!(date(i64::MAX), "");
    }
}
