//! Reads the dates of HTTP headers, without a crate that would cost 4 KB of wasm for forms that nobody writes any more.

use crate::types::Timestamp;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that senders may write.
#[inline(never)] // The npm package leaves it out, and its host reads dates.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ').skip(1);
    let day = number(words.next()?, 1, 31)?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as i64 + 1;
    let year = number(words.next()?, 1900, 9999)?;
    let mut time = words.next()?.split(':');
    let (hour, minute) = (number(time.next()?, 0, 23)?, number(time.next()?, 0, 59)?);
    let second = number(time.next()?, 0, 60)?;
    let ends = words.next() == Some("GMT") && words.next().is_none() && time.next().is_none();
    let days = days_since_epoch(year, month, day);
    ends.then(|| Timestamp::from_millis((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000))
}

fn number(text: &str, least: i64, most: i64) -> Option<i64> {
    text.parse::<u16>().ok().map(i64::from).filter(|number| (least..=most).contains(number))
}

/// Years are counted from March, so that the day that a leap year has more is its last.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn dates_of_four_centuries_are_read_as_httpdate_writes_them() {
        for step in 0..20_000_u64 {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(step * 631_139);
            assert_eq!(parse_http_date(&httpdate::fmt_http_date(time)), Some(time.into()));
        }
    }

    #[test]
    fn whatever_else_is_no_date() {
        for text in [
            "",
            "soon",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 Xyz 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
