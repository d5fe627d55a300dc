//! Rules of the server for texts. They find only what the server certainly refuses.

use crate::credentials::is_scheme;
use crate::users::validate::is_email;

/// Returns why a text cannot be the name of a scope of a resource.
pub(super) fn of_scopes(text: &str) -> Option<&'static str> {
    text.contains(char::is_whitespace).then_some("the name of a scope has no spaces")
}

/// Returns why a text cannot be the domain of an SSO connector.
pub(super) fn of_domains(text: &str) -> Option<&'static str> {
    (text.trim().to_lowercase() != text).then_some("the server stores domains in lower case")
}

/// Returns why a text cannot be on the list of blocked email addresses.
pub(super) fn of_blocked_addresses(text: &str) -> Option<&'static str> {
    let has_domain = text.split_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    (!has_domain).then_some("it is neither an email address nor a domain such as `@example.com`")
}

/// Returns why a text cannot be the name of a custom profile field.
pub(super) fn of_fields(text: &str) -> Option<&'static str> {
    match text {
        "email" | "phone" | "primaryEmail" | "primaryPhone" | "username" => Some("it is a sign-in identifier"),
        _ if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => None,
        _ => Some("the name of a field has letters and digits only"),
    }
}

/// Returns why a text cannot be a URL. Applications can have schemes of their own.
pub(super) fn of_urls(text: &str) -> Option<&'static str> {
    const PROBLEM: &str = "it is not a URL";
    let Some((scheme, rest)) = text.trim().split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return Some(PROBLEM);
    };
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let host = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next().unwrap_or_default();
    (is_web && (host.is_empty() || host.contains(' '))).then_some(PROBLEM)
}

/// Returns why a text cannot be a URL, or nothing at all.
pub(super) fn of_optional_urls(text: &str) -> Option<&'static str> {
    if text.is_empty() { None } else { of_urls(text) }
}

/// Returns why a text cannot be an email address, or nothing at all.
pub(super) fn of_optional_emails(text: &str) -> Option<&'static str> {
    (!(text.is_empty() || is_email(text))).then_some("it is not an email address")
}

/// Returns why a text cannot be a colour.
pub(super) fn of_colours(text: &str) -> Option<&'static str> {
    let is_colour = text
        .strip_prefix('#')
        .is_some_and(|digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    (!is_colour).then_some("a colour is like `#6139f6`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_three_or_six_digits() {
        for colour in ["#fff", "#6139F6"] {
            assert_eq!(of_colours(colour), None, "{colour}");
        }
        for other in ["", "red", "#ffff", "#ggg", "fff", "#\u{e9}f", "#6139f6aa"] {
            assert!(of_colours(other).is_some(), "{other}");
        }
    }

    #[test]
    fn urls_have_a_scheme_and_those_of_the_web_a_host() {
        for url in [
            "https://a.example/callback?x=y z",
            "HTTP://localhost:3000",
            "https://*.example.com",
            "my.app://cb",
            "my.app:",
        ] {
            assert_eq!(of_urls(url), None, "{url}");
        }
        for other in
            ["not a uri", "/callback", "a.example/callback", "https://", "https:///?a", "https://a b/c", ":x", ""]
        {
            assert!(of_urls(other).is_some(), "{other}");
            assert_eq!(of_optional_urls(other).is_some(), !other.is_empty(), "{other}");
        }
    }

    #[test]
    fn blocked_addresses_have_a_domain_after_an_at_sign() {
        for address in ["@example.com", "ada@example.com", "foo*@example.com", "@mail.example.com"] {
            assert_eq!(of_blocked_addresses(address), None, "{address}");
        }
        for other in ["", "example.com", "@example", "ada@example", "ada"] {
            assert!(of_blocked_addresses(other).is_some(), "{other}");
        }
    }

    #[test]
    fn email_addresses_have_a_domain() {
        for email in ["help@example.com", "a+b@c.d.e", ""] {
            assert_eq!(of_optional_emails(email), None, "{email}");
        }
        for other in ["help", "@example.com", "help@example", "a b@example.com", "help@example.com\n"] {
            assert!(of_optional_emails(other).is_some(), "{other}");
        }
    }
}
