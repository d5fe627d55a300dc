//! The member `custom_password_hash` of Auth0's import jobs.

use logto_admin::PasswordDigest;

use super::encoding::{from_base64, from_hex, hex};
use super::fields::Fields;
use super::hashes::{Hash, built, ldap, malformed, phc_pbkdf2, salted, shown_name, unsupported};

pub(super) fn convert(fields: &mut Fields) -> Hash {
    let algorithm = fields.text("algorithm").unwrap_or_default();
    let (mut hash, mut salt) = (fields.fields("hash"), fields.fields("salt"));
    let value = hash.text("value").unwrap_or_default();
    match fields.fields("password").text("encoding").as_deref() {
        None | Some("utf8" | "ascii") => {}
        Some(other) => {
            return Err(unsupported(&format!("Auth0 {} ({} passwords)", shown_name(&algorithm), shown_name(other))));
        }
    }
    match algorithm.as_str() {
        "bcrypt" => built(PasswordDigest::bcrypt(value)),
        "argon2" => built(PasswordDigest::argon2(value)),
        "pbkdf2" => phc_pbkdf2(&value),
        "ldap" => ldap(&value),
        "md5" | "sha1" | "sha256" | "sha512" => {
            let bytes = decoded(&value, hash.text("encoding").as_deref()).ok_or_else(|| malformed("Auth0"))?;
            let Some(text) = salt.text("value") else { return salted(&algorithm, "", &hex(&bytes)) };
            let encoding = salt.text("encoding");
            let salt_text = match encoding.as_deref() {
                None | Some("utf8") => text,
                other => {
                    let bytes = decoded(&text, other).ok_or_else(|| malformed("Auth0"))?;
                    String::from_utf8(bytes).map_err(|_| unsupported(&format!("Auth0 {algorithm} (binary salt)")))?
                }
            };
            match salt.text("position").as_deref() {
                Some("suffix") => built(PasswordDigest::salt_after(&algorithm, &salt_text, &hex(&bytes))),
                _ => salted(&algorithm, &salt_text, &hex(&bytes)),
            }
        }
        other => Err(unsupported(&format!("Auth0 {}", shown_name(other)))),
    }
}

fn decoded(value: &str, encoding: Option<&str>) -> Option<Vec<u8>> {
    match encoding {
        Some("base64") => from_base64(value),
        None | Some("hex") => from_hex(value),
        Some(_) => None,
    }
}
