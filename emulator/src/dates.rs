//! Calendar dates and times in UTC.

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

/// Formats milliseconds since the epoch like JavaScript. Example: `2025-01-01T00:00:00.000Z`.
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
    fn days_are_converted_to_dates_and_back() {
        for (number, text) in [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29"), (20_454, "2026-01-01")] {
            assert_eq!((date(number).as_str(), parse(text)), (text, Some(number)));
        }
        assert_eq!(path(1_735_689_600_000), "2025/01/01");
        assert_eq!((parse("2025-13-01"), parse("2025-02-30"), parse("täglich!!!")), (None, None, None));
        assert_eq!(date(i64::MAX), "");
    }

    #[test]
    fn times_are_formatted_like_in_javascript() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_735_689_600_000, "2025-01-01T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_679_919_059, "2026-11-26T07:58:39.059Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso(millis), text);
        }
    }
}
