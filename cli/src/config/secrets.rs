//! Secrets: which members are secret, and references to environment variables.

use super::kinds::Kind;
use crate::credentials;
use crate::redaction::is_secret_place;

const OPEN: &str = "${env:";

/// A part of a text: itself, or a reference to an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Variable(String),
}

/// Splits a text with references. `$${env:` stands for the text `${env:`.
///
/// # Errors
/// Fails if a reference has no end or no name.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, reference) = rest.split_at(at);
        let after = reference.strip_prefix(OPEN).unwrap_or_default();
        if let Some(before) = before.strip_suffix('$') {
            plain.push_str(before);
            plain.push_str(OPEN);
            rest = after;
            continue;
        }
        plain.push_str(before);
        let (name, after) = after.split_once('}').ok_or("a reference to a variable has no `}`")?;
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(format!("invalid name of a variable {name:?}: only letters, digits and `_` are allowed"));
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
        }
        pieces.push(Piece::Variable(name.to_owned()));
        rest = after;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    Ok(pieces)
}

/// Returns the names of the variables of a text that a message is about.
pub(super) fn variables(text: &str, is_meant: impl Fn(&str) -> bool) -> String {
    let names = pieces(text).unwrap_or_default().into_iter().filter_map(|piece| match piece {
        Piece::Variable(name) if is_meant(&name) => Some(name),
        Piece::Variable(_) | Piece::Text(_) => None,
    });
    names.collect::<Vec<_>>().join(", ")
}

/// Whether the variables of a text can have values that make it this value.
pub(super) fn fits(text: &str, value: &str) -> bool {
    let pieces = pieces(text).unwrap_or_default();
    let last = pieces.len().saturating_sub(1);
    let (mut rest, mut follows_variable) = (value, false);
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Text(literal) = piece else {
            follows_variable = true;
            continue;
        };
        let after = match follows_variable {
            false => rest.strip_prefix(literal.as_str()),
            true if at == last => rest.strip_suffix(literal.as_str()).map(|_| ""),
            true => rest.split_once(literal.as_str()).map(|(_, after)| after),
        };
        let Some(after) = after else { return false };
        rest = after;
        follows_variable = false;
    }
    follows_variable || rest.is_empty()
}

/// Returns a text with its references, without everything else.
pub(super) fn references_only(text: &str) -> String {
    let shown = pieces(text).unwrap_or_default().into_iter().map(|piece| match piece {
        Piece::Variable(name) => reference(&name),
        Piece::Text(_) => "\u{2026}".to_owned(),
    });
    shown.collect()
}

/// Whether a URL has credentials besides its references.
pub(super) fn has_credentials(text: &str) -> bool {
    let literal = pieces(text).unwrap_or_default().into_iter().map(|piece| match piece {
        Piece::Variable(_) => String::new(),
        Piece::Text(text) => text,
    });
    let literal: String = literal.collect::<String>().replace("://:@", "://@");
    // The variable can be the beginning of the URL.
    let url = if literal.starts_with(['/', '?', ':']) { format!("https://host{literal}") } else { literal };
    credentials::replaced(&url, |_| String::new(), str::to_owned).is_some()
}

/// Returns a text in the form that files have. It is not read as a reference then.
pub(super) fn escaped(text: &str) -> String {
    text.replace(OPEN, "$${env:")
}

/// Returns a reference to a variable.
pub(super) fn reference(name: &str) -> String {
    format!("{OPEN}{name}}}")
}

/// Returns the name of the variable for a secret. An example is `CONNECTOR_GOOGLE_UNIVERSAL_CLIENT_SECRET`.
pub(super) fn variable(kind: &Kind, key: &[String], place: &[String]) -> String {
    let place = place.iter().skip_while(|step| *step == "config");
    let mut name = upper_snake(kind.noun);
    for part in key.iter().chain(place) {
        let part = upper_snake(part);
        if !part.is_empty() {
            name.push('_');
            name.push_str(&part);
        }
    }
    name
}

fn upper_snake(text: &str) -> String {
    let mut name = String::new();
    let mut was_lower = false;
    for letter in text.chars() {
        if !letter.is_ascii_alphanumeric() {
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            was_lower = false;
            continue;
        }
        if letter.is_ascii_uppercase() && was_lower {
            name.push('_');
        }
        was_lower = letter.is_ascii_lowercase();
        name.push(letter.to_ascii_uppercase());
    }
    name.trim_end_matches('_').to_owned()
}

/// Whether the value at this place is secret. `confidential` are members of `config` that the server calls that.
pub(super) fn is_secret(kind: &Kind, confidential: &[String], place: &[String]) -> bool {
    let matches = |path: &str| {
        let mut steps = place.iter();
        path.split('.').all(|name| steps.next().is_some_and(|step| name == "*" || name == step))
    };
    if kind.secrets.iter().any(|path| matches(path)) {
        return true;
    }
    let Some((first, below)) = place.split_first() else { return false };
    kind.secret_names.contains(&first.as_str())
        && (is_secret_place(below) || below.iter().any(|step| confidential.contains(step)))
}

#[cfg(test)]
mod tests {
    use super::super::kinds::ALL;
    use super::*;

    fn kind(file: &str) -> &'static Kind {
        ALL.iter().find(|kind| kind.file == file).unwrap()
    }

    fn place(path: &str) -> Vec<String> {
        path.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn credentials_beside_references_are_found() {
        for (text, expected) in [
            ("https://${env:U}:pw@e.com/x", true),
            ("https://e.com/x?token=${env:U}rest", true),
            ("https://e.com/${env:U}?sig=s&a=1", true),
            ("${env:BASE}/x?token=t", true),
            ("https://${env:U}:${env:P}@e.com/x?token=${env:T}", false),
            ("https://${env:HOST}/x?a=1", false),
            ("noreply@${env:DOMAIN}", false),
        ] {
            assert_eq!(has_credentials(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_contain_references() {
        let variable = |name: &str| Piece::Variable(name.to_owned());
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(pieces("plain $ {env}"), Ok(vec![text("plain $ {env}")]));
        assert_eq!(pieces("${env:A}"), Ok(vec![variable("A")]));
        assert_eq!(
            pieces("Bearer ${env:A}${env:B_2}!"),
            Ok(vec![text("Bearer "), variable("A"), variable("B_2"), text("!")])
        );
        assert_eq!(pieces(""), Ok(vec![]));
        for invalid in ["${env:", "${env:A", "${env:}", "${env:A B}"] {
            assert!(pieces(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn messages_contain_variables_but_no_other_part_of_a_secret() {
        assert_eq!(variables("Basic abc${env:A}:${env:B}:${env:C}", |name| name != "B"), "A, C");
        assert_eq!(references_only("Basic abc${env:A}"), "\u{2026}${env:A}");
    }

    #[test]
    fn values_fit_the_text_around_variables() {
        for (text, value, expected) in [
            ("${env:A}", "anything", true),
            ("https://u:${env:A}@good.example/hook", "https://u:pw@good.example/hook", true),
            ("https://u:${env:A}@good.example/hook", "https://u:pw@evil.example/hook", false),
            ("Bearer ${env:A}", "Basic abc", false),
            ("${env:A}:${env:B}", "a:b:c", true),
            ("${env:A}:${env:B}", "a", false),
            ("x${env:A}x", "x", false),
            ("${env:A}-x", "x-x-x", true),
            ("", "", true),
        ] {
            assert_eq!(fits(text, value), expected, "{text} {value}");
        }
    }

    #[test]
    fn escaped_texts_are_themselves() {
        for text in ["${env:A}", "$${env:A}", "a ${env:A} b ${env:", "$", "costs $${env:A"] {
            let read = pieces(&escaped(text)).unwrap();
            assert_eq!(read, [Piece::Text(text.to_owned())], "{text}");
        }
    }

    #[test]
    fn members_are_secret_by_path_name_or_the_word_of_the_server() {
        let confidential = ["appId".to_owned()];
        let connectors = kind("connectors");
        for secret in
            ["config.clientSecret", "config.auth.pass", "config.accessKeySecret", "config.appId", "config.authToken"]
        {
            assert!(is_secret(connectors, &confidential, &place(secret)), "{secret}");
        }
        for open in [
            "config.clientId",
            "config.tokenEndpoint",
            "config.scope",
            "metadata.target",
            "config.clientSecretJwtSigningAlgorithm",
        ] {
            assert!(!is_secret(connectors, &confidential, &place(open)), "{open}");
        }
        assert!(is_secret(connectors, &[], &place("config.headers.X-Any")));
        for secret in ["customData.apiKey", "customData.nested.0.webhookSecret", "customData.token"] {
            assert!(is_secret(kind("applications"), &[], &place(secret)), "{secret}");
        }
        assert!(!is_secret(kind("applications"), &[], &place("oidcClientMetadata.token")));
        assert!(is_secret(kind("jwt-customizers"), &[], &place("contextSample.user.password")));
        assert!(is_secret(kind("hooks"), &[], &place("config.headers.Authorization")));
        assert!(!is_secret(kind("hooks"), &[], &place("config.url")));
        assert!(is_secret(kind("captcha"), &[], &place("config.secretKey")));
        assert!(is_secret(kind("jwt-customizers"), &[], &place("environmentVariables.API")));
    }

    #[test]
    fn variables_are_named_after_the_entity_and_the_member() {
        let name = variable(kind("connectors"), &["google-universal".to_owned()], &place("config.clientSecret"));
        assert_eq!(name, "CONNECTOR_GOOGLE_UNIVERSAL_CLIENT_SECRET");
        assert_eq!(variable(kind("captcha"), &[], &place("config.secretKey")), "CAPTCHA_SECRET_KEY");
        assert_eq!(
            variable(kind("hooks"), &["Ä: new user".to_owned()], &place("config.headers.X-Key")),
            "HOOK_NEW_USER_HEADERS_X_KEY"
        );
    }
}
