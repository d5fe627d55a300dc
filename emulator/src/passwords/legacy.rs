//! The digest format `Legacy`. A JSON array of a function, its arguments and the expected result. The argument `@`
//! stands for the password.

use logto_admin::serde_json;

use crate::errors::{Outcome, Refusal};

/// The algorithm of these digests.
pub(crate) const LEGACY: &str = "Legacy";

/// The hash functions that the server has.
pub(super) const HASHES: [&str; 17] = [
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "sha512-224",
    "sha512-256",
    "sha3-224",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "ripemd160",
    "ripemd",
    "rmd160",
    "blake2b512",
    "blake2s256",
];

/// A digest, with the arguments in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Legacy {
    /// The hash of the joined arguments, in hexadecimal digits.
    Hash {
        function: String,
        arguments: Vec<String>,
        expected: String,
    },
    Pbkdf2 {
        salt: Vec<u8>,
        iterations: u32,
        length: usize,
        function: String,
        expected: String,
    },
    FirebaseScrypt {
        salt: String,
        signer_key: String,
        separator: String,
        rounds: u32,
        memory: u8,
        expected: String,
    },
}

/// Rejects a malformed digest. Other mistakes in its arguments make it match no password.
pub(super) fn check(digest: &str) -> Outcome<()> {
    let (function, arguments, _) = parts(digest)?;
    match function.as_str() {
        "pbkdf2" | "pbkdf2Sync" => arguments.first().map_or(Ok(()), |salt| decoded_salt(salt).map(|_| ())),
        "firebase-scrypt" => Ok(()),
        name => hash_name(name).map(|_| ()),
    }
}

/// Splits a digest into the function, the arguments and the expected result.
fn parts(digest: &str) -> Outcome<(String, Vec<String>, String)> {
    let parts: (String, Vec<String>, String) = serde_json::from_str(digest).map_err(|_| malformed())?;
    if parts.1.iter().any(|argument| argument == "@") { Ok(parts) } else { Err(malformed()) }
}

pub(super) fn parse(digest: &str) -> Outcome<Legacy> {
    let (function, arguments, expected) = parts(digest)?;
    match function.as_str() {
        "pbkdf2" | "pbkdf2Sync" => pbkdf2(&arguments, expected),
        "firebase-scrypt" => firebase(&arguments, expected),
        name => Ok(Legacy::Hash { function: hash_name(name)?, arguments, expected }),
    }
}

/// Returns the name of a hash function in lower case. Drops the prefix that OpenSSL allows.
fn hash_name(name: &str) -> Outcome<String> {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_prefix("rsa-").unwrap_or(&lower);
    if HASHES.contains(&plain) {
        return Ok(plain.to_owned());
    }
    let message = format!("The hash algorithm `{name}` is not supported.");
    Err(Refusal::new(400, "password.unsupported_legacy_hash_algorithm", message))
}

/// Parses the arguments of PBKDF2. The placeholder can be anywhere after them.
fn pbkdf2(arguments: &[String], expected: String) -> Outcome<Legacy> {
    let [salt, iterations, length, function, ..] = arguments else { return Err(malformed()) };
    let number = |text: &str| leading_number(text).filter(|number| *number > 0).ok_or_else(malformed);
    let (iterations, length) = (number(iterations)?, number(length)? as usize);
    Ok(Legacy::Pbkdf2 { salt: decoded_salt(salt)?, iterations, length, function: hash_name(function)?, expected })
}

fn decoded_salt(salt: &str) -> Outcome<Vec<u8>> {
    match salt.strip_prefix("hex:") {
        Some("") => Err(malformed()),
        Some(digits) => hex::decode(digits).map_err(|_| malformed()),
        None => Ok(salt.as_bytes().to_vec()),
    }
}

/// Returns the number at the beginning of a text, as JavaScript reads it.
fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

fn firebase(arguments: &[String], expected: String) -> Outcome<Legacy> {
    let [salt, signer_key, separator, rounds, memory, placeholder] = arguments else { return Err(malformed()) };
    let (Ok(rounds), Ok(memory), "@") = (rounds.parse(), memory.parse(), placeholder.as_str()) else {
        return Err(malformed());
    };
    let (salt, signer_key, separator) = (salt.clone(), signer_key.clone(), separator.clone());
    Ok(Legacy::FirebaseScrypt { salt, signer_key, separator, rounds, memory, expected })
}

fn malformed() -> Refusal {
    let message = "A legacy digest must be a JSON array of a hash algorithm, its arguments and the expected hash.";
    Refusal::new(400, "password.invalid_legacy_password_format", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::serde_json::Value;

    fn code(digest: &str) -> String {
        let response = check(digest).unwrap_err().into_response();
        let body: Value = serde_json::from_str(&response.body.text()).unwrap();
        assert_eq!(response.status, 400);
        body["code"].as_str().unwrap().to_owned()
    }

    #[test]
    fn malformed_digests_are_rejected() {
        for digest in [
            "",
            "abc",
            "{}",
            "[]",
            r#"["sha256", "@", "abc"]"#,
            r#"["sha256", ["@"]]"#,
            r#"["sha256", [1, "@"], "abc"]"#,
            r#"["sha256", ["salt@"], "abc"]"#,
            r#"["nope", ["salt"], "abc"]"#,
            r#"["pbkdf2", ["salt", "1000", "20", "sha512"], "abc"]"#,
            r#"["pbkdf2", ["hex:", "1000", "20", "sha512", "@"], "abc"]"#,
            r#"["pbkdf2", ["hex:0", "1000", "20", "sha512", "@"], "abc"]"#,
        ] {
            assert_eq!(code(digest), "password.invalid_legacy_password_format", "{digest}");
        }
        assert_eq!(code(r#"["nope", ["@"], "abc"]"#), "password.unsupported_legacy_hash_algorithm");
        assert!(check(r#"["RSA-SHA256", ["salt", "@"], "abc"]"#).is_ok());
        assert!(check(r#"["pbkdf2", ["hex:00ff", "1000", "20", "sha512", "@"], "abc"]"#).is_ok());
        assert!(check(r#"["pbkdf2Sync", ["salt", "1000", "20", "sha512", "@"], "abc"]"#).is_ok());
    }
    #[test]
    fn other_mistakes_are_found_only_when_a_password_is_compared() {
        for digest in [
            r#"["pbkdf2", ["salt", "many", "20", "sha512", "@"], "abc"]"#,
            r#"["pbkdf2", ["salt", "1000", "0", "sha512", "@"], "abc"]"#,
            r#"["pbkdf2", ["salt", "1000", "20", "nope", "@"], "abc"]"#,
            r#"["pbkdf2", ["salt", "@"], "abc"]"#,
            r#"["firebase-scrypt", ["salt", "@"], "abc"]"#,
        ] {
            assert!(check(digest).is_ok() && parse(digest).is_err(), "{digest}");
        }
        let lenient = parse(r#"["pbkdf2", ["salt", " 1000 rounds", "20.5", "sha512", "more", "@"], "abc"]"#).unwrap();
        assert_eq!(lenient, parse(r#"["pbkdf2", ["salt", "1000", "20", "sha512", "@"], "abc"]"#).unwrap());
    }
}
