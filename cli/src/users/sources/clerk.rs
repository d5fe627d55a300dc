//! Clerk: the CSV export of the dashboard, and users of the Backend API.

use logto_admin::{FirebaseScrypt, PasswordDigest, PasswordSalt};

use super::draft::Draft;
use super::fields::Fields;
use super::hashes::{Hash, built, django, malformed, pbkdf2, shown_name, unsupported};
use crate::users::record::Membership;

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    draft.user.id = fields.text("id");
    let (email, verified) = address(fields, draft, "email_address", "email_addresses");
    draft.email("primary_email_address", email, verified);
    let (phone, verified) = address(fields, draft, "phone_number", "phone_numbers");
    draft.phone("primary_phone_number", phone, verified);
    let username = fields.text("username");
    draft.username("username", username);
    let (given, family) = (fields.text("first_name"), fields.text("last_name"));
    draft.name(None, given, family);
    // Users without a picture have a generated one.
    let has_picture = fields.flag("has_image") != Some(false);
    let picture = fields.text("image_url").filter(|_| has_picture);
    draft.avatar("image_url", picture);
    draft.user.is_suspended = fields.flag("banned").unwrap_or_default();
    draft.keep_fields(fields, &["public_metadata", "private_metadata", "unsafe_metadata"]);
    let external = fields.text("external_id");
    draft.keep("external_id", external);

    let enabled = fields.flag("password_enabled") == Some(true);
    let (digest, hasher) = (fields.text("password_digest"), fields.text("password_hasher"));
    match digest {
        Some(digest) => draft.password("password_digest", password(&hasher.unwrap_or_default(), &digest)),
        None if enabled => {
            draft.warn("password_digest", "the API does not return passwords, so the user has to set a new one")
        }
        None => {}
    }
    factors(fields, draft);
    for mut account in fields.objects("external_accounts") {
        let provider = account.text("provider").unwrap_or_default();
        let id = account.text("provider_user_id");
        let email = account.text("email_address").map(|email| ("email".to_owned(), email.into()));
        draft.identity("external_accounts", &provider, id, email.into_iter().collect());
    }
    organizations(fields, draft);
}

/// Removes and returns the primary address and whether it is verified.
fn address(fields: &mut Fields, draft: &mut Draft<'_>, one: &str, many: &str) -> (Option<String>, Option<bool>) {
    let (primary_id, mut primary) = (fields.text(&format!("primary_{one}_id")), fields.text(&format!("primary_{one}")));
    let mut verified = fields.texts(&format!("verified_{many}"));
    let mut unverified = fields.texts(&format!("unverified_{many}"));
    for mut object in fields.objects(many) {
        let (id, Some(text)) = (object.text("id"), object.text(one)) else { continue };
        if id.is_some() && id == primary_id {
            primary = Some(text.clone());
        }
        let is_verified = object.fields("verification").text("status").as_deref() == Some("verified");
        if is_verified { &mut verified } else { &mut unverified }.push(text);
    }
    let primary = primary.or_else(|| verified.first().cloned()).or_else(|| unverified.first().cloned());
    let is_verified = match &primary {
        Some(address) if verified.contains(address) => Some(true),
        Some(address) if unverified.contains(address) => Some(false),
        _ => None,
    };
    let others = verified.iter().chain(&unverified).filter(|address| Some(*address) != primary.as_ref());
    let others: Vec<String> = others.cloned().collect();
    if !others.is_empty() {
        draft.warn(many, "Logto keeps one address per user; the others are kept in custom data");
        draft.keep(many, others);
    }
    (primary, is_verified)
}

fn password(hasher: &str, digest: &str) -> Hash {
    let parts: Vec<&str> = digest.split('$').collect();
    match (hasher, parts.as_slice()) {
        ("bcrypt", _) => built(PasswordDigest::bcrypt(digest)),
        ("argon2i" | "argon2id" | "argon2d", _) => {
            // The prefix `argon2` of Django is allowed.
            built(PasswordDigest::argon2(digest.strip_prefix("argon2").unwrap_or(digest)))
        }
        ("md5", _) => built(PasswordDigest::md5(digest)),
        ("sha256", _) => built(PasswordDigest::sha256(digest)),
        ("pbkdf2_sha256_django", _) => django(digest),
        ("pbkdf2_sha256" | "pbkdf2_sha512", [_, iterations, salt, key]) => {
            let salt = super::encoding::from_base64(salt).ok_or_else(|| malformed("Clerk PBKDF2"))?;
            let function = hasher.trim_start_matches("pbkdf2_");
            pbkdf2(function, PasswordSalt::Bytes(&salt), iterations, key)
        }
        ("pbkdf2_sha1", [_, iterations, salt, key]) => {
            let iterations = iterations.parse().map_err(|_| malformed("Clerk PBKDF2"))?;
            built(PasswordDigest::pbkdf2("sha1", PasswordSalt::Text(salt), iterations, key))
        }
        ("scrypt_firebase", [hash, salt, key, separator, rounds, mem_cost]) => {
            let (Ok(rounds), Ok(mem_cost)) = (rounds.parse(), mem_cost.parse()) else {
                return Err(malformed("Clerk scrypt_firebase"));
            };
            let (signer_key, salt_separator) = ((*key).to_owned(), (*separator).to_owned());
            let project = FirebaseScrypt { signer_key, salt_separator, rounds, mem_cost };
            built(PasswordDigest::firebase_scrypt(&project, salt, hash))
        }
        ("pbkdf2_sha256" | "pbkdf2_sha512" | "pbkdf2_sha1" | "scrypt_firebase", _) => Err(malformed(hasher)),
        ("ldap_ssha", _) => super::hashes::ldap(digest),
        _ => Err(unsupported(&format!("Clerk {}", shown_name(hasher)))),
    }
}

fn factors(fields: &mut Fields, draft: &mut Draft<'_>) {
    if let Some(secret) = fields.text("totp_secret") {
        draft.totp("totp_secret", &secret);
    } else if fields.flag("totp_enabled") == Some(true) {
        draft.warn(
            "totp_enabled",
            "the API does not return TOTP secrets, so the user has to set up an authenticator app again",
        );
    }
    if fields.flag("backup_code_enabled") == Some(true) {
        draft.warn("backup_code_enabled", "Clerk does not export backup codes, so the user has to create new ones");
    }
    if !fields.objects("passkeys").is_empty() {
        draft.warn("passkeys", "passkeys belong to the old address, so the user has to add new ones");
    }
}

fn organizations(fields: &mut Fields, draft: &mut Draft<'_>) {
    for mut membership in fields.objects("organization_memberships") {
        let Some(name) = membership.fields("organization").text("name") else { continue };
        let role = membership.text("role").map(|role| role.trim_start_matches("org:").to_owned());
        draft.user.organizations.push(Membership { name, roles: role.into_iter().collect() });
    }
}
