//! Checks a user before anything is sent.

use logto_admin::PasswordDigest;
use logto_admin::models::PasswordAlgorithm;
use serde_json::Value;

use super::diagnostic::Diagnostic;
use super::record::{Factor, ImportedUser};
use super::totp::normal_secret;
use crate::json_object;

/// Longest texts in characters.
const LONGEST: usize = 128;
const LONGEST_AVATAR: usize = 2048;
/// Number of backup codes, and of their hex digits.
const CODES: usize = 10;

/// Returns what Logto would reject. Does not compare users with each other. Numbers of more than 64 bits are
/// problems, whether or not they have lost digits.
#[must_use]
pub fn problems(user: &ImportedUser) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    identifiers(user, &mut problems);
    texts(user, &mut problems);
    unstorable(user, &mut problems);
    password(user, &mut problems);
    identities(user, &mut problems);
    names(user, &mut problems);
    factors(&user.mfa, &mut problems);
    problems
}

/// Whether the user has something to sign in with.
pub(super) fn can_sign_in(user: &ImportedUser) -> bool {
    let own = [&user.username, &user.primary_email, &user.primary_phone];
    own.iter().any(|identifier| identifier.is_some()) || !user.identities.is_empty()
}

fn identifiers(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    if !can_sign_in(user) {
        let message = "the user has no username, email address, phone number or social identity";
        problems.push(Diagnostic::new("", message));
    }
    type Test = fn(&str) -> bool;
    let tests: [(&str, &Option<String>, Test, &str); 3] = [
        ("username", &user.username, is_username, "expected letters, digits and underscores, without a digit at first"),
        ("primaryEmail", &user.primary_email, is_email, "expected an email address"),
        ("primaryPhone", &user.primary_phone, is_phone, "expected digits with the country code, without `+`"),
    ];
    for (member, value, test, message) in tests {
        if let Some(value) = value.as_ref().filter(|value| !test(value)) {
            problems.push(Diagnostic::with_value(member, value, message));
        }
    }
}

fn texts(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    let texts = [
        ("username", &user.username, LONGEST),
        ("primaryEmail", &user.primary_email, LONGEST),
        ("name", &user.name, LONGEST),
        ("avatar", &user.avatar, LONGEST_AVATAR),
    ];
    for (member, value, most) in texts {
        let length = value.as_ref().map_or(0, |value| value.chars().count());
        if length > most {
            problems.push(Diagnostic::new(member, format!("longer than {most} characters")));
        }
    }
    // Logto also stores images themselves.
    let is_image = |avatar: &str| is_url(avatar) || avatar.starts_with("data:image/");
    if let Some(avatar) = user.avatar.as_ref().filter(|avatar| !is_image(avatar)) {
        problems.push(Diagnostic::with_value("avatar", avatar, "expected a URL"));
    }
    for (name, value) in &user.profile {
        if !(value.is_string() || name == "address" && value.is_object()) {
            problems.push(Diagnostic::new(format!("profile.{name}"), "expected a text"));
        }
    }
}

/// Finds null characters and integers that might be rounded. Other members that the server stores have none if they are valid.
fn unstorable(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    let texts = [("name", &user.name), ("avatar", &user.avatar), ("password", &user.password)];
    let texts = texts.map(|(member, text)| (member, text.as_ref().is_some_and(|text| text.contains('\0'))));
    let objects = [("customData", &user.custom_data), ("profile", &user.profile), ("identities", &user.identities)];
    let rounded = objects.into_iter().filter(|(_, object)| object.values().any(json_object::might_be_rounded));
    problems.extend(rounded.map(|(member, _)| Diagnostic::new(member, json_object::ROUNDED)));
    let objects = objects.map(|(member, object)| (member, json_object::members_have_nul(object)));
    let found = texts.into_iter().chain(objects).filter(|(_, has_nul)| *has_nul);
    problems.extend(found.map(|(member, _)| Diagnostic::new(member, json_object::NUL)));
}

fn password(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    if user.password.as_deref() == Some("") {
        problems.push(Diagnostic::new("password", "the password is empty"));
    }
    let (digest, algorithm) = match (&user.password_digest, &user.password_algorithm) {
        (None, None) => return,
        (None, Some(_)) => return problems.push(Diagnostic::new("passwordAlgorithm", "`passwordDigest` is missing")),
        (Some(_), None) => return problems.push(Diagnostic::new("passwordDigest", "`passwordAlgorithm` is missing")),
        (Some(digest), Some(algorithm)) => (digest, PasswordAlgorithm::from(algorithm.as_str())),
    };
    if user.password.is_some() {
        problems.push(Diagnostic::new("password", "cannot be combined with `passwordDigest`"));
    }
    if let PasswordAlgorithm::Unknown(_) = &algorithm {
        let message = "expected Argon2i, Argon2id, Argon2d, Bcrypt, MD5, SHA1, SHA256 or Legacy";
        return problems.push(Diagnostic::new("passwordAlgorithm", message));
    }
    match PasswordDigest::new(algorithm.as_str(), digest) {
        Err(error) => problems.push(Diagnostic::new("passwordDigest", error.message())),
        Ok(checked) if checked.digest() != digest => {
            problems.push(Diagnostic::new("passwordDigest", "expected hex digits in lower case"));
        }
        Ok(_) => {}
    }
}

fn identities(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    for (target, identity) in &user.identities {
        let id = identity.get("userId").and_then(Value::as_str);
        if id.is_none_or(str::is_empty) {
            problems.push(Diagnostic::new(format!("identities.{target}"), "expected an object with `userId`"));
        }
        if identity.get("details").is_some_and(|details| !details.is_object()) {
            problems.push(Diagnostic::new(format!("identities.{target}.details"), "expected an object"));
        }
    }
}

fn names(user: &ImportedUser, problems: &mut Vec<Diagnostic>) {
    let organizations = user.organizations.iter().flat_map(|organization| {
        let roles = organization.roles.iter().map(|role| ("organizations", role));
        std::iter::once(("organizations", &organization.name)).chain(roles)
    });
    for (member, name) in user.roles.iter().map(|role| ("roles", role)).chain(organizations) {
        if name.trim().is_empty() {
            problems.push(Diagnostic::new(member, "a name is empty"));
        } else if name.chars().count() > LONGEST {
            problems.push(Diagnostic::with_value(member, name, format!("longer than {LONGEST} characters")));
        }
    }
}

fn factors(factors: &[Factor], problems: &mut Vec<Diagnostic>) {
    factors.iter().for_each(|factor| self::factor(factor, problems));
    let count = |test: fn(&Factor) -> bool| factors.iter().filter(|factor| test(factor)).count();
    let (totp, codes) =
        (count(|it| matches!(it, Factor::Totp { .. })), count(|it| matches!(it, Factor::BackupCode { .. })));
    if totp > 1 || codes > 1 {
        problems.push(Diagnostic::new("mfa", "a user has at most one authenticator app and one set of backup codes"));
    }
    if codes > 0 && totp == 0 {
        problems.push(Diagnostic::new("mfa", "backup codes require another second factor"));
    }
}

fn factor(factor: &Factor, problems: &mut Vec<Diagnostic>) {
    match factor {
        Factor::Totp { secret: None } | Factor::BackupCode { codes: None } => {
            problems.push(Diagnostic::new("mfa", "a factor without its secret cannot be imported"));
        }
        Factor::Totp { secret: Some(secret) } if normal_secret(secret).as_ref() != Some(secret) => {
            problems.push(Diagnostic::new("mfa", "expected a TOTP secret in base 32, in upper case and groups of 8"));
        }
        Factor::BackupCode { codes: Some(codes) }
            if codes.len() != CODES || !codes.iter().all(|code| is_code(code)) =>
        {
            problems.push(Diagnostic::new(
                "mfa",
                format!("expected {CODES} backup codes of {CODES} hex digits in lower case"),
            ));
        }
        Factor::WebAuthn {} => problems.push(Diagnostic::new("mfa", "passkeys cannot be imported")),
        Factor::Totp { .. } | Factor::BackupCode { .. } => {}
    }
}

fn is_code(code: &str) -> bool {
    code.len() == CODES && code.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `^[A-Z_a-z]\w*$`
pub(in crate::users) fn is_username(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(word) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit()) && text.len() <= LONGEST
}

/// Whether a text matches `^\S+@\S+\.\S+$`, without control characters. The database of a server does not store these.
pub(crate) fn is_email(text: &str) -> bool {
    let host = text.char_indices().skip(1).find(|(_, char)| *char == '@').and_then(|(at, _)| text.get(at + 1..));
    let dot =
        host.is_some_and(|host| host.char_indices().any(|(at, char)| char == '.' && at > 0 && at + 1 < host.len()));
    dot && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

fn is_phone(text: &str) -> bool {
    (7..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

pub(in crate::users) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|char: char| char.is_alphanumeric() || char == '['))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
