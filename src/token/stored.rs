//! A token as it stands in a store.

use std::time::Duration;

use crate::types::Timestamp;
use crate::{json, lines};

use super::AccessToken;
use super::state::Obtained;

/// Raised when the text changes its meaning: processes of different versions then ignore each other's.
const VERSION: &str = "1";

/// Writes a token that was issued just `now`.
pub(super) fn write(token: &AccessToken, now: Timestamp) -> String {
    let lifetime = token.lifetime().map(millis);
    let end = lifetime.map(|lifetime| millis_since_epoch(now).saturating_add(lifetime).to_string());
    let lifetime = lifetime.map(|lifetime| lifetime.to_string());
    let values = [
        ("v", Some(VERSION)),
        ("token", Some(token.secret())),
        ("expires_at", end.as_deref()),
        ("lifetime", lifetime.as_deref()),
        ("scope", token.granted_scope()),
        ("missing_scope", token.missing_scope()),
    ];
    let mut text = String::new();
    for (name, value) in values {
        if let Some(value) = value {
            lines::push(&mut text, name, value);
        }
    }
    text
}

/// Reads one back. Nothing, if the text is of another version or broken, or the token's life is over.
pub(super) fn read(text: &str, now: Timestamp) -> Option<Obtained> {
    let value = |name| lines::find(text, name);
    value("v").filter(|version| *version == VERSION)?;
    let mut token = AccessToken::new(value("token").filter(|secret| !secret.is_empty())?);
    if let Some(scope) = value("scope") {
        token = token.scope(scope);
    }
    if let Some(missing) = value("missing_scope") {
        token = token.without_scope(missing);
    }
    let number = |name| json::whole_number(value(name)?);
    let Some(end) = number("expires_at") else {
        return Some(Obtained { token, age: Duration::ZERO });
    };
    let left = Duration::from_millis(end.checked_sub(millis_since_epoch(now)).filter(|left| *left > 0)?);
    let lifetime = number("lifetime").map_or(left, Duration::from_millis);
    // To a clock that is behind the writer's the token is younger than new.
    Some(Obtained { token: token.expires_in(lifetime), age: lifetime.saturating_sub(left) })
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
    fn a_token_is_read_back_with_the_age_that_it_has_by_then() {
        let token =
            AccessToken::new("a \"quoted\" \u{1F600} text").expires_in(HOUR).scope("").without_scope("all else");
        let text = write(&token, NOW);
        let read = read(&text, later(600)).expect("it lives");
        assert_eq!((read.age, read.token.lifetime()), (Duration::from_secs(600), Some(HOUR)));
        assert_eq!((read.token.granted_scope(), read.token.missing_scope()), (Some(""), Some("all else")));
        assert_eq!(read.token, token);
    }

    #[test]
    fn a_token_that_has_ended_is_none() {
        let text = write(&AccessToken::new("a").expires_in(HOUR), NOW);
        assert!(read(&text, later(3599)).is_some() && read(&text, later(3600)).is_none());
    }

    #[test]
    fn a_token_without_an_end_stays_without_one() {
        let read = read(&write(&AccessToken::new("a"), NOW), later(1_000_000)).expect("it lives");
        assert_eq!((read.age, read.token.lifetime()), (Duration::ZERO, None));
    }

    #[test]
    fn a_slow_clock_makes_no_token_younger_than_new() {
        let text = write(&AccessToken::new("a").expires_in(HOUR), NOW);
        assert_eq!(read(&text, later(-60)).expect("it lives").age, Duration::ZERO);
    }

    #[test]
    fn what_is_not_of_this_version_is_none() {
        for text in ["", "null", "{}", "v 2\ntoken a", "v 1", "v 1\ntoken ", "token a", "v 1\ntokens a"] {
            assert!(read(text, NOW).is_none(), "{text}");
        }
    }
}
