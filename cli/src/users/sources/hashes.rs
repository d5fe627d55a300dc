//! Text formats of password hashes that several systems use.

use logto_admin::models::PasswordAlgorithm;
use logto_admin::{PasswordDigest, PasswordSalt};

use super::encoding::{from_base64, hex};

/// A hash, or why Logto cannot use it.
pub(super) type Hash = Result<PasswordDigest, String>;

/// Returns the reason for a hash that Logto cannot verify.
pub(super) fn unsupported(format: &str) -> String {
    format!("Logto cannot verify {format} hashes, so the user has to set a new password")
}

/// Returns the name of an algorithm, or `unknown` for a text of another form. Such a text might be a hash in the wrong
/// location.
pub(super) fn shown_name(name: &str) -> &str {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !name.is_empty() && name.len() <= 24 && name.bytes().all(letter) { name } else { "unknown" }
}

/// Returns the name of an algorithm as Logto writes it. Case does not matter.
pub(super) fn normal_algorithm(name: String) -> String {
    let known = PasswordAlgorithm::VALUES.iter().find(|known| known.eq_ignore_ascii_case(&name));
    known.map_or(name, |known| (*known).to_owned())
}

/// Returns the reason for a hash that does not have the form of its format.
pub(super) fn malformed(format: &str) -> String {
    format!("invalid {format} hash, so the user has to set a new password")
}

/// Converts an error of a builder.
pub(super) fn built(digest: logto_admin::Result<PasswordDigest>) -> Hash {
    digest.map_err(|error| format!("{}; the user has to set a new password", error.message()))
}

/// Creates a PBKDF2 digest from base64.
pub(super) fn pbkdf2(function: &str, salt: PasswordSalt<'_>, iterations: &str, key: &str) -> Hash {
    let key = from_base64(key).filter(|key| !key.is_empty()).ok_or_else(|| malformed("PBKDF2"))?;
    let iterations = iterations.parse().map_err(|_| malformed("PBKDF2"))?;
    built(PasswordDigest::pbkdf2(function, salt, iterations, &hex(&key)))
}

/// Creates a digest of salt and password from hex.
pub(super) fn salted(function: &str, salt: &str, hash: &str) -> Hash {
    match (salt, function) {
        ("", "md5") => built(PasswordDigest::md5(hash)),
        ("", "sha1") => built(PasswordDigest::sha1(hash)),
        ("", "sha256") => built(PasswordDigest::sha256(hash)),
        ("", _) => built(PasswordDigest::legacy(function, &["@"], hash)),
        _ => built(PasswordDigest::salt_before(function, salt, hash)),
    }
}

/// Converts a hash that names its format. The formats are modular crypt format, PHC, LDAP and Django. Returns `None`
/// for other texts.
pub(super) fn recognized(text: &str) -> Option<Hash> {
    if text.starts_with("$2") {
        return Some(built(PasswordDigest::bcrypt(text)));
    }
    if text.starts_with("$argon2") {
        return Some(built(PasswordDigest::argon2(text)));
    }
    if text.starts_with("$pbkdf2") {
        return Some(phc_pbkdf2(text));
    }
    if text.starts_with('{') {
        return Some(ldap(text));
    }
    if text.starts_with('$') {
        let name = text.split('$').nth(1).unwrap_or_default();
        return Some(Err(unsupported(match name {
            "1" => "MD5 crypt",
            "5" => "SHA-256 crypt",
            "6" => "SHA-512 crypt",
            "y" => "yescrypt",
            "P" | "H" => "phpass",
            "scrypt" | "s0" | "7" => "scrypt",
            _ => "these",
        })));
    }
    text.contains('$').then(|| django(text))
}

/// Converts a hash of Django, such as `pbkdf2_sha256$600000$salt$hash`.
pub(super) fn django(text: &str) -> Hash {
    let (name, rest) = text.split_once('$').unwrap_or((text, ""));
    let parts: Vec<&str> = rest.split('$').collect();
    match (name, parts.as_slice()) {
        ("pbkdf2_sha256", [iterations, salt, key]) => pbkdf2("sha256", PasswordSalt::Text(salt), iterations, key),
        ("pbkdf2_sha1", [iterations, salt, key]) => pbkdf2("sha1", PasswordSalt::Text(salt), iterations, key),
        ("argon2", _) => built(PasswordDigest::argon2(format!("${rest}"))),
        ("bcrypt", _) => built(PasswordDigest::bcrypt(rest)),
        ("sha1" | "md5", [salt, hash]) => salted(name, salt, hash),
        ("bcrypt_sha256" | "scrypt", _) => Err(unsupported(name)),
        _ => Err(malformed("Django")),
    }
}

/// Converts a hash in PHC format, such as `$pbkdf2-sha256$i=100000,l=32$salt$hash`.
pub(super) fn phc_pbkdf2(text: &str) -> Hash {
    let parts: Vec<&str> = text.split('$').collect();
    let ["", name, parameters, salt, key] = parts.as_slice() else { return Err(malformed("PBKDF2")) };
    let function = name.strip_prefix("pbkdf2-").ok_or_else(|| malformed("PBKDF2"))?;
    let iterations = parameters.split(',').find_map(|parameter| parameter.strip_prefix("i="));
    let iterations = iterations.ok_or_else(|| malformed("PBKDF2"))?;
    let salt = from_base64(salt).ok_or_else(|| malformed("PBKDF2"))?;
    pbkdf2(function, PasswordSalt::Bytes(&salt), iterations, key)
}

/// Converts a hash of LDAP, such as `{SSHA}` and base64 of hash and salt.
pub(super) fn ldap(text: &str) -> Hash {
    let Some((scheme, value)) = text.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
        return Err(malformed("LDAP"));
    };
    let scheme = scheme.to_ascii_lowercase();
    let (function, length) = match scheme.as_str() {
        "md5" | "smd5" => ("md5", 16),
        "sha" | "ssha" => ("sha1", 20),
        "sha256" | "ssha256" => ("sha256", 32),
        "sha384" | "ssha384" => ("sha384", 48),
        "sha512" | "ssha512" => ("sha512", 64),
        "crypt" | "bcrypt" if value.starts_with("$2") => return built(PasswordDigest::bcrypt(value)),
        "argon2" => return built(PasswordDigest::argon2(value)),
        _ => return Err(unsupported("these LDAP")),
    };
    let bytes = from_base64(value).filter(|bytes| bytes.len() >= length).ok_or_else(|| malformed("LDAP"))?;
    let (hash, salt) = bytes.split_at_checked(length).ok_or_else(|| malformed("LDAP"))?;
    if salt.is_empty() {
        return salted(function, "", &hex(hash));
    }
    match std::str::from_utf8(salt) {
        Ok(salt) => built(PasswordDigest::salt_after(function, salt, &hex(hash))),
        Err(_) => Err(unsupported("LDAP (binary salt)")),
    }
}
