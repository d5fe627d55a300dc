//! Recognizes credentials in members and in URLs. In members, by their names. In URLs, before the host and in the
//! query.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Text that is shown in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Names in queries that mean a credential. Names that sound secret everywhere do too.
const IN_QUERIES: [&str; 4] = ["pwd", "auth", "code", "jwt"];
/// Last words of such names, as in `X-Amz-Signature`.
const LAST_IN_QUERIES: [&str; 3] = ["sig", "signature", "hmac"];
/// Characters between the members of a query or a fragment.
const SEPARATORS: [char; 4] = ['?', '&', ';', '#'];

/// A part of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Plain(&'t str),
    /// A credential, with the name of the query's member. Before the host, the name is `credentials`.
    Secret {
        name: &'t str,
        value: &'t str,
    },
}

/// Splits a URL with credentials. Returns none for other texts. Credentials in a path are not recognized.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let (scheme, rest) = text.split_once("://")?;
    if !is_scheme(scheme) || text.contains(char::is_whitespace) {
        return None;
    }
    let mut parts = vec![Part::Plain(scheme), Part::Plain("://")];
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(authority)?;
    match authority.rsplit_once('@') {
        Some((credentials, host)) if !credentials.is_empty() => {
            let secret = Part::Secret { name: "credentials", value: credentials };
            parts.extend([secret, Part::Plain("@"), Part::Plain(host)]);
        }
        _ => parts.push(Part::Plain(authority)),
    }
    let (path, members) = path.split_at_checked(path.find(['?', '#']).unwrap_or(path.len()))?;
    parts.push(Part::Plain(path));
    // Fragments have credentials too, such as the answers of the implicit flow.
    for member in members.split_inclusive(SEPARATORS) {
        let (member, separator) = match member.strip_suffix(SEPARATORS) {
            Some(name) => (name, member.strip_prefix(name).unwrap_or_default()),
            None => (member, ""),
        };
        match member.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_credential(&decoded(name)) => {
                parts.extend([Part::Plain(name), Part::Plain("="), Part::Secret { name, value }]);
            }
            _ => parts.push(Part::Plain(member)),
        }
        parts.push(Part::Plain(separator));
    }
    parts.iter().any(|part| matches!(part, Part::Secret { .. })).then_some(parts)
}

/// Whether a text can be the scheme of a URL.
pub(crate) fn is_scheme(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// Whether a member with this name holds a credential.
pub(crate) fn is_credential(name: &str) -> bool {
    let is = |known: &&str, name: &str| known.eq_ignore_ascii_case(name);
    sounds_secret(name)
        || IN_QUERIES.iter().any(|known| is(known, name))
        || LAST_IN_QUERIES.iter().any(|known| is(known, last_word(name)))
}

/// Decodes a name or a value of a query.
pub(crate) fn decoded(name: &str) -> Cow<'_, str> {
    percent_decode_str(name).decode_utf8_lossy()
}

/// Whether the name of a member sounds like that of a secret.
pub(crate) fn sounds_secret(name: &str) -> bool {
    const PARTS: [&str; 6] = ["secret", "password", "passwd", "privatekey", "credential", "apikey"];
    const ENDS: [&str; 6] = ["token", "accesskey", "serverkey", "signingkey", "authorization", "clientassertion"];
    const LAST_WORDS: [&str; 4] = ["pass", "pwd", "passphrase", "passcode"];
    const WHOLE: [&str; 1] = ["key"];
    /// Ends of names of settings about a secret.
    const ABOUT: [&str; 7] = ["algorithm", "method", "methods", "endpoint", "type", "policy", "expiration"];
    let last_word = last_word(name).to_ascii_lowercase();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if ABOUT.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    PARTS.iter().any(|part| name.contains(part))
        || ENDS.iter().any(|end| name.ends_with(end))
        || LAST_WORDS.contains(&last_word.as_str())
        || WHOLE.contains(&name.as_str())
}

/// Returns the last word of a name such as `smtpPass` or `SMTP_PASS`.
fn last_word(name: &str) -> &str {
    let mut start = 0;
    let mut was_lower = false;
    for (at, letter) in name.char_indices() {
        if !letter.is_ascii_alphanumeric() {
            start = at + letter.len_utf8();
        } else if letter.is_ascii_uppercase() && was_lower {
            start = at;
        }
        was_lower = letter.is_ascii_lowercase();
    }
    name.get(start..).unwrap_or_default()
}

/// Returns the credentials of a URL, as they are in it and decoded. Other texts have none.
pub(crate) fn in_url(text: &str) -> Vec<String> {
    let secrets = parts(text).into_iter().flatten().filter_map(|part| match part {
        Part::Plain(_) => None,
        Part::Secret { value, .. } => Some(value),
    });
    // Before the host, only the password is secret, but servers can repeat it with the name.
    let secrets = secrets.flat_map(|secret| std::iter::once(secret).chain(secret.split_once(':').map(|(_, end)| end)));
    secrets.flat_map(|secret| [secret.to_owned(), decoded(secret).into_owned()]).collect()
}

/// Returns a URL without its credentials. Other texts stay as they are.
pub(crate) fn redacted(text: &str) -> String {
    replaced(text, |_| REDACTED.to_owned(), str::to_owned).unwrap_or_else(|| text.to_owned())
}

/// Returns a URL with `shown` in place of each credential, by its name. Returns none for texts without credentials.
pub(crate) fn replaced(
    text: &str,
    mut shown: impl FnMut(&str) -> String,
    plain: impl Fn(&str) -> String,
) -> Option<String> {
    let replaced = parts(text)?.into_iter().map(|part| match part {
        Part::Plain(text) => plain(text),
        Part::Secret { name, .. } => shown(name),
    });
    Some(replaced.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> Option<String> {
        replaced(text, |name| format!("<{name}>"), str::to_owned)
    }

    #[test]
    fn credentials_of_urls_are_found() {
        for (url, expected) in [
            ("https://ada:pw@example.com/x", "https://<credentials>@example.com/x"),
            ("https://token@example.com?a=1", "https://<credentials>@example.com?a=1"),
            ("https://e.com/hook?a=1&token=t&b=2#f", "https://e.com/hook?a=1&token=<token>&b=2#f"),
            ("https://e.com?api_key=k", "https://e.com?api_key=<api_key>"),
            (
                "https://e.com/x?X-Amz-Signature=s&hmac=h",
                "https://e.com/x?X-Amz-Signature=<X-Amz-Signature>&hmac=<hmac>",
            ),
            ("https://e.com/x?t%6Fken=t#f", "https://e.com/x?t%6Fken=<t%6Fken>#f"),
            ("https://e.com/#access_token=t&a=1", "https://e.com/#access_token=<access_token>&a=1"),
            ("https://e.com/?a=1;token=t#/x?token=u", "https://e.com/?a=1;token=<token>#/x?token=<token>"),
            ("https://e.com/x?sig=a&client_secret=b", "https://e.com/x?sig=<sig>&client_secret=<client_secret>"),
        ] {
            assert_eq!(masked(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn names_of_secrets_are_recognized() {
        for name in ["pass", "smtpPass", "SMTP_PASS", "db-pwd", "keyPassphrase", "clientSecret", "api_key", "authToken"]
        {
            assert!(sounds_secret(name), "{name}");
        }
        for name in ["signingKey", "client_assertion"] {
            assert!(sounds_secret(name), "{name}");
        }
        for name in ["bypass", "compass", "passwordPolicy", "forgotPasswordMethods", "passwordExpiration", "siteKey"]
            .into_iter()
            .chain(["signingKeyAlgorithm", "client_assertion_type"])
        {
            assert!(!sounds_secret(name), "{name}");
        }
    }

    #[test]
    fn other_texts_are_left_alone() {
        for text in
            ["https://example.com/a@b?x=1", "https://e.com?token=", "ada@example.com", "see https://a:b@c", "://", ""]
        {
            assert_eq!(masked(text), None, "{text}");
        }
    }
}
