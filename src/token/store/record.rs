//! The text of a token in a store: a form such as `version=1&token=…`. JSON would add 10 KB, gzipped, to the module of
//! the npm package.

use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::token::AccessToken;
use crate::token::obtained::Obtained;
use crate::types::{Pairs, QueryTarget, Timestamp};

/// Incremented when the record changes its meaning. Processes of different versions then ignore each other's records.
const VERSION: &str = "1";

/// Writes a token that was issued at `now`.
pub(super) fn write(token: &AccessToken, now: Timestamp) -> String {
    let lifetime = token.lifetime().map(millis);
    let expires_at = lifetime.map(|lifetime| millis_since_epoch(now).saturating_add(lifetime).to_string());
    let lifetime = lifetime.map(|lifetime| lifetime.to_string());
    let mut record = Pairs::default();
    for (name, value) in [
        ("version", Some(VERSION)),
        ("token", Some(token.secret())),
        ("expires_at", expires_at.as_deref()),
        ("lifetime", lifetime.as_deref()),
        ("scope", token.granted_scope()),
        ("missing_scope", token.missing_scope()),
    ] {
        if let Some(value) = value {
            record.pair(name, value);
        }
    }
    record.into_string()
}

/// Reads a token. Returns `None` if the text is broken or of another version, or the token has expired.
pub(super) fn read(text: &str, now: Timestamp) -> Option<Obtained> {
    let value = |name: &str| {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.into_iter().find_map(|(key, value)| (key == name).then_some(value))?;
        Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
    };
    let number = |name| value(name)?.parse::<u64>().ok();
    value("version").filter(|version| version == VERSION)?;
    let secret = value("token")?;
    let obtained = |lifetime, age| {
        let token = AccessToken::from_parts(secret, lifetime, value("scope"), value("missing_scope"));
        token.is_sendable().then_some(Obtained { token, age, stored: true })
    };
    if value("expires_at").is_none() {
        return obtained(None, Duration::ZERO);
    }
    let end = number("expires_at")?;
    let left = Duration::from_millis(end.checked_sub(millis_since_epoch(now)).filter(|left| *left > 0)?);
    let lifetime = number("lifetime").map_or(left, Duration::from_millis);
    // If this clock is behind the writer's, the remaining time can exceed the lifetime.
    obtained(Some(lifetime), lifetime.saturating_sub(left))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn millis_since_epoch(time: Timestamp) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_489_404_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn later(seconds: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis() + seconds * 1000)
    }

    #[test]
    fn a_token_is_read_with_its_age() {
        let token = AccessToken::new("a-\"quoted\"&=%text").expires_in(HOUR).scope("").without_scope("all else");
        let text = write(&token, NOW);
        let read = read(&text, later(600)).expect("a valid token");
        assert_eq!((read.age, read.token.lifetime()), (Duration::from_secs(600), Some(HOUR)));
        assert_eq!((read.token.granted_scope(), read.token.missing_scope()), (Some(""), Some("all else")));
        assert_eq!(read.token, token);
    }

    #[test]
    fn an_expired_token_is_ignored() {
        let text = write(&AccessToken::new("a").expires_in(HOUR), NOW);
        assert!(read(&text, later(3599)).is_some() && read(&text, later(3600)).is_none());
    }

    #[test]
    fn a_token_that_does_not_expire_is_read_as_such() {
        let read = read(&write(&AccessToken::new("a"), NOW), later(1_000_000)).expect("a valid token");
        assert_eq!((read.age, read.token.lifetime()), (Duration::ZERO, None));
    }

    #[test]
    fn a_slow_clock_does_not_make_a_token_younger_than_new() {
        let text = write(&AccessToken::new("a").expires_in(HOUR), NOW);
        assert_eq!(read(&text, later(-60)).expect("a valid token").age, Duration::ZERO);
    }

    #[test]
    fn broken_records_and_other_versions_are_ignored() {
        assert!(read("version=1&token=a", NOW).is_some());
        for text in [
            "",
            "null",
            r#"{"version":1,"token":"a"}"#,
            "token=a",
            "version=2&token=a",
            "version=1",
            "version=1&token=",
            "version=1&token=a%0Ab",
            "version=1&token=%FF",
            "version=1&token=a&expires_at=soon",
        ] {
            assert!(read(text, NOW).is_none(), "{text}");
        }
    }

    #[test]
    fn a_record_without_a_lifetime_is_read_as_new() {
        let in_an_hour = later(3600).as_millis();
        let read = read(&format!("version=1&token=a&expires_at={in_an_hour}"), NOW).expect("a valid token");
        assert_eq!((read.age, read.token.lifetime(), read.stored), (Duration::ZERO, Some(HOUR), true));
    }
}
