//! The form of a digest for each algorithm.

use std::fmt::Write;

use super::algorithm::Algorithm;
use crate::error::{Error, Result};
use crate::operation::Release;

/// The argument of a `Legacy` digest that stands for the password.
pub(super) const PASSWORD: &str = "@";
/// Hash functions with a known length of their hashes in hex.
const LENGTHS: [(&str, usize); 6] =
    [("md5", 32), ("sha1", 40), ("sha224", 56), ("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// Returns the digest, with hex digits in lower case.
pub(super) fn checked(algorithm: &Algorithm, digest: String) -> Result<String> {
    match algorithm {
        Algorithm::Bcrypt if is_bcrypt(&digest) => Ok(digest),
        Algorithm::Bcrypt => Err(invalid(algorithm, "expected `$2b$`, the cost, and 53 characters")),
        Algorithm::Argon2i | Algorithm::Argon2id | Algorithm::Argon2d => argon2(algorithm, &digest).map(|()| digest),
        Algorithm::Md5 => hash(algorithm, &digest, 32),
        Algorithm::Sha1 => hash(algorithm, &digest, 40),
        Algorithm::Sha256 => hash(algorithm, &digest, 64),
        Algorithm::Legacy => legacy(&digest).map(|()| digest),
        Algorithm::Unknown(_) => Ok(digest),
    }
}

/// Returns the first release that verifies the digest.
pub(super) fn since(algorithm: &Algorithm, digest: &str) -> Release {
    match algorithm {
        Algorithm::Argon2id | Algorithm::Argon2d => Release::new(20),
        Algorithm::Legacy => {
            let (function, arguments, _): (String, Vec<String>, String) =
                serde_json::from_str(digest).unwrap_or_default();
            let is_binary = arguments.first().is_some_and(|salt| salt.starts_with("hex:"));
            match function.as_str() {
                "firebase-scrypt" => Release::new(38),
                "pbkdf2" if is_binary => Release::new(38),
                "pbkdf2" => Release::new(31),
                _ => Release::new(30),
            }
        }
        Algorithm::Unknown(_) => Release::NEXT,
        _ => Release::OLDEST,
    }
}

/// Returns `hex:` and the digits of these bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = "hex:".to_owned();
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn is_bcrypt(digest: &str) -> bool {
    let version = ["$2a$", "$2b$", "$2x$", "$2y$"].iter().find_map(|version| digest.strip_prefix(version));
    let Some((cost, rest)) = version.and_then(|rest| rest.split_once('$')) else { return false };
    let cost_fits = cost.len() == 2 && cost.parse().is_ok_and(|cost: u8| (4..=31).contains(&cost));
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"./".contains(&byte);
    cost_fits && rest.len() == 53 && rest.bytes().all(letter)
}

fn argon2(algorithm: &Algorithm, digest: &str) -> Result<()> {
    let name = algorithm.as_str().to_ascii_lowercase();
    let parts: Vec<&str> = digest.split('$').collect();
    let ["", variant, version, parameters, salt, hash] = parts.as_slice() else {
        return Err(invalid(algorithm, "expected PHC format, such as `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`"));
    };
    if *variant != name {
        return Err(invalid(algorithm, &format!("expected a digest that starts with `${name}$`")));
    }
    if *version != "v=19" {
        return Err(invalid(algorithm, "Logto supports version 19 of Argon2 only"));
    }
    let mut names: Vec<&str> = Vec::new();
    for parameter in parameters.split(',') {
        match parameter.split_once('=') {
            Some((name, value)) if value.parse::<u32>().is_ok() => names.push(name),
            _ => return Err(invalid(algorithm, "expected the parameters `m`, `t` and `p`")),
        }
    }
    names.sort_unstable();
    if names != ["m", "p", "t"] {
        return Err(invalid(algorithm, "expected the parameters `m`, `t` and `p`"));
    }
    let base64 = |text: &&str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
    };
    if base64(salt) && base64(hash) {
        Ok(())
    } else {
        Err(invalid(algorithm, "expected salt and hash in base64 without padding"))
    }
}

fn hash(algorithm: &Algorithm, digest: &str, length: usize) -> Result<String> {
    if digest.len() == length && is_hex(digest) {
        Ok(digest.to_ascii_lowercase())
    } else {
        Err(invalid(algorithm, &format!("expected {length} hex digits")))
    }
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn legacy(digest: &str) -> Result<()> {
    let wrong = |expected: &str| invalid(&Algorithm::Legacy, expected);
    let (function, arguments, hash): (String, Vec<String>, String) =
        serde_json::from_str(digest).map_err(|_| wrong("expected the JSON of `[function, [arguments], hash]`"))?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match function.as_str() {
        "pbkdf2" => pbkdf2(&arguments, &hash).map_err(|expected| wrong(&expected)),
        "firebase-scrypt" => firebase(&arguments, &hash).map_err(wrong),
        name => hashed(name, &arguments, &hash).map_err(|expected| wrong(&expected)),
    }
}

fn pbkdf2(arguments: &[&str], hash: &str) -> Result<(), String> {
    let [salt, iterations, length, function, PASSWORD] = arguments else {
        return Err("expected the arguments salt, iterations, key length, function and `@`".to_owned());
    };
    let positive = |text: &str| text.parse().ok().filter(|number: &u32| *number > 0);
    let (Some(_), Some(length)) = (positive(iterations), positive(length)) else {
        return Err("expected positive numbers as iterations and key length".to_owned());
    };
    if salt.strip_prefix("hex:").is_some_and(|digits| !is_hex(digits)) {
        return Err("expected hex digits after `hex:`".to_owned());
    }
    check_function(function)?;
    // A server that derives another length finds no match.
    if is_hex(hash) && hash.len() / 2 == length as usize {
        Ok(())
    } else {
        Err(format!("expected a key of {length} bytes in hex"))
    }
}

fn firebase(arguments: &[&str], hash: &str) -> Result<(), &'static str> {
    let [salt, key, separator, rounds, mem_cost, PASSWORD] = arguments else {
        return Err("expected the arguments salt, signer key, salt separator, rounds, mem cost and `@`");
    };
    if [salt, key, separator].iter().any(|text| text.is_empty()) || hash.is_empty() {
        return Err("expected a salt, a signer key, a salt separator and a hash");
    }
    let is_number = |text: &str| text.parse::<u32>().is_ok_and(|number| number > 0);
    if is_number(rounds) && is_number(mem_cost) {
        Ok(())
    } else {
        Err("expected positive numbers as rounds and mem cost")
    }
}

fn hashed(function: &str, arguments: &[&str], hash: &str) -> Result<(), String> {
    check_function(function)?;
    if !arguments.contains(&PASSWORD) {
        return Err("expected `@` for the password among the arguments".to_owned());
    }
    let length = LENGTHS.iter().find(|(name, _)| *name == function).map(|(_, length)| *length);
    match length {
        Some(length) if hash.len() != length || !is_hex(hash) => Err(format!("expected {length} hex digits")),
        None if !is_hex(hash) => Err("expected a hash in hex".to_owned()),
        _ => Ok(()),
    }
}

fn check_function(name: &str) -> Result<(), String> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-/".contains(&byte);
    if !name.is_empty() && name.bytes().all(letter) {
        Ok(())
    } else {
        Err("expected a hash function of Node.js, such as `sha256`".to_owned())
    }
}

fn invalid(algorithm: &Algorithm, expected: &str) -> Error {
    Error::input(format!("invalid {algorithm} digest: {expected}"))
}
