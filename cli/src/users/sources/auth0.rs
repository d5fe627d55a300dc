//! Auth0: export jobs, the export of password hashes, and files of import jobs.

use logto_admin::PasswordDigest;
use serde_json::Value;

use super::auth0_hash;
use super::draft::Draft;
use super::fields::Fields;
use super::hashes::built;

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    draft.user.id = id(fields);
    addresses(fields, draft);
    let username = fields.text("username");
    draft.username("username", username);

    // Auth0 sets the email address as name by default.
    let email = draft.user.primary_email.clone();
    let name = fields.text("name").filter(|name| Some(name) != email.as_ref());
    let (given, family) = (fields.text("given_name"), fields.text("family_name"));
    draft.name(name, given, family);
    draft.claims(fields);
    let picture = fields.text("picture");
    draft.avatar("picture", picture);
    draft.user.is_suspended = fields.flag("blocked").unwrap_or_default();

    password(fields, draft);
    identities(fields, draft);
    factors(fields, draft);
    metadata(fields, draft);
}

/// Returns the user id and the hash of a record of the export of password hashes.
#[must_use]
pub fn auth0_password_hash(record: Value) -> Option<(String, String)> {
    let Value::Object(members) = record else { return None };
    let mut fields = Fields::new(members);
    id(&mut fields).zip(fields.text("passwordHash"))
}

/// Removes and returns the user id. The export of hashes has the part after `auth0|`.
fn id(fields: &mut Fields) -> Option<String> {
    let own = fields.text("user_id").or_else(|| fields.text("Id"));
    let oid = fields.fields("_id").text("$oid");
    own.or_else(|| fields.text("alt_id").or(oid).map(|id| if id.contains('|') { id } else { format!("auth0|{id}") }))
}

/// An export job has the fields that were selected, so a missing one means nothing.
const UNKNOWN: &str = "the export does not contain whether it is verified, and Logto treats it as verified";

fn set_email(draft: &mut Draft<'_>, address: Option<String>, verified: Option<bool>) {
    draft.email("email", address, verified);
    if verified.is_none() && draft.user.primary_email.is_some() {
        draft.warn("email", UNKNOWN);
    }
}

fn set_phone(draft: &mut Draft<'_>, number: Option<String>, verified: Option<bool>) {
    draft.phone("phone_number", number, verified);
    if verified.is_none() && draft.user.primary_phone.is_some() {
        draft.warn("phone_number", UNKNOWN);
    }
}

fn addresses(fields: &mut Fields, draft: &mut Draft<'_>) {
    let (email, verified) = (fields.text("email"), fields.flag("email_verified"));
    set_email(draft, email, verified);
    let (phone, verified) = (fields.text("phone_number"), fields.flag("phone_verified"));
    set_phone(draft, phone, verified);
    // In the export of hashes, some users have their addresses here only.
    for mut identifier in fields.objects("identifiers") {
        let (value, verified) = (identifier.text("value"), identifier.flag("verified"));
        match identifier.text("type").as_deref() {
            Some("email") if draft.user.primary_email.is_none() => set_email(draft, value, verified),
            Some("phone_number" | "phone") if draft.user.primary_phone.is_none() => set_phone(draft, value, verified),
            Some("username") => draft.username("username", value),
            _ => {}
        }
    }
}

fn password(fields: &mut Fields, draft: &mut Draft<'_>) {
    for member in ["passwordHash", "password_hash"] {
        if let Some(hash) = fields.text(member) {
            draft.password(member, built(PasswordDigest::bcrypt(hash)));
        }
    }
    if fields.has("custom_password_hash") {
        draft.password("custom_password_hash", auth0_hash::convert(&mut fields.fields("custom_password_hash")));
    }
    let hash = draft.user.id.as_ref().and_then(|id| draft.options.auth0_hashes.get(id));
    if let Some(hash) = hash {
        draft.password("passwordHash", built(PasswordDigest::bcrypt(hash)));
    } else if draft.options.lacks_auth0_hash(&draft.user) {
        draft.warn("passwordHash", "the file with the password hashes has none, so the user has to set a new password");
    }
}

fn identities(fields: &mut Fields, draft: &mut Draft<'_>) {
    for mut identity in fields.objects("identities") {
        let provider = identity.text("provider").unwrap_or_default();
        let (id, details) = (identity.text("user_id"), identity.object("profileData"));
        match (provider.as_str(), identity.flag("isSocial")) {
            // The database itself, and codes by message.
            ("auth0" | "sms" | "email" | "", _) => {}
            (_, Some(false)) | ("samlp" | "adfs" | "ad" | "waad" | "oidc" | "okta" | "pingfederate", _) => {
                draft.enterprise_identity("identities", &provider);
            }
            _ => draft.identity("identities", &provider, id, details),
        }
    }
}

fn factors(fields: &mut Fields, draft: &mut Draft<'_>) {
    for mut factor in fields.objects("mfa_factors") {
        if let Some(secret) = factor.fields("totp").text("secret") {
            draft.totp("mfa_factors", &secret);
        }
        for kind in ["phone", "email"] {
            let Some(address) = factor.fields(kind).text("value") else { continue };
            let primary = if kind == "phone" { &draft.user.primary_phone } else { &draft.user.primary_email };
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let is_primary =
                primary.as_ref().is_some_and(|primary| *primary == address || *primary == digits(&address));
            if !is_primary {
                let message = "Logto uses the user's own email address and phone number as second factors";
                draft.warn_value("mfa_factors", kind, message);
            }
        }
    }
    if !fields.texts("multifactor").is_empty() && draft.user.mfa.is_empty() {
        draft.warn("multifactor", "exports do not contain the second factors, so the user has to set them up again");
    }
}

fn metadata(fields: &mut Fields, draft: &mut Draft<'_>) {
    draft.keep_fields(fields, &["user_metadata", "app_metadata"]);
    // Roles of the Authorization extension.
    let metadata = draft.user.custom_data.get("app_metadata").and_then(|metadata| metadata.get("authorization"));
    let roles = metadata.and_then(|authorization| authorization.get("roles")).and_then(|roles| roles.as_array());
    let roles = roles.into_iter().flatten().filter_map(|role| role.as_str()).map(str::to_owned).collect::<Vec<_>>();
    draft.user.roles.extend(roles);
}
