//! Keycloak: the users of a realm export.

use logto_admin::{PasswordDigest, PasswordSalt};
use serde_json::{Value, json};

use super::draft::Draft;
use super::encoding::{base32, base64_no_padding, from_base64};
use super::fields::Fields;
use super::hashes::{Hash, built, malformed, pbkdf2, shown_name, unsupported};

/// Roles that every realm has.
const BUILT_IN_ROLES: [&str; 2] = ["offline_access", "uma_authorization"];

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    draft.user.id = fields.text("id");
    if fields.has("serviceAccountClientId") {
        draft.skip("a service account");
    }
    let attributes = fields.object("attributes");
    // Keycloak's default is false.
    let (email, verified) = (fields.text("email"), fields.flag("emailVerified").unwrap_or_default());
    draft.email("email", email, Some(verified));
    phone(&attributes, draft);
    let username = fields.text("username");
    draft.username("username", username);
    let (given, family) = (fields.text("firstName"), fields.text("lastName"));
    draft.name(None, given, family);
    draft.claim("locale", first(&attributes, "locale"));
    let picture = first(&attributes, "picture");
    draft.avatar("attributes.picture", picture);
    draft.user.is_suspended = fields.flag("enabled") == Some(false);
    draft.keep("attributes", attributes);

    for mut credential in fields.objects("credentials") {
        self::credential(&mut credential, draft);
    }
    if draft.user.password_digest.is_none() && fields.has("federationLink") {
        draft.warn("federationLink", "the password is in a user federation, so the user has to set a new password");
    }
    for mut identity in fields.objects("federatedIdentities") {
        let provider = identity.text("identityProvider").unwrap_or_default();
        let id = identity.text("userId");
        draft.identity("federatedIdentities", &provider, id, Default::default());
    }
    for action in fields.texts("requiredActions") {
        draft.warn_value("requiredActions", &action, "Logto has no required actions, so it is not imported");
    }
    roles(fields, draft);
}

/// The attribute for the phone number has no fixed name. Keycloak does not verify it. A number counts as unverified unless
/// an extension has marked it as verified.
fn phone(attributes: &serde_json::Map<String, Value>, draft: &mut Draft<'_>) {
    for name in ["phoneNumber", "phone_number", "phone", "mobile"] {
        if let Some(number) = first(attributes, name) {
            let verified = ["phoneNumberVerified", "phone_number_verified"].iter();
            let verified =
                verified.filter_map(|name| first(attributes, name)).next().is_some_and(|text| text == "true");
            draft.phone(&format!("attributes.{name}"), Some(number), Some(verified));
            return;
        }
    }
}

/// Returns the first value of an attribute. Attributes are lists.
fn first(attributes: &serde_json::Map<String, Value>, name: &str) -> Option<String> {
    let value = match attributes.get(name)? {
        Value::Array(values) => values.first()?,
        value => value,
    };
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn credential(fields: &mut Fields, draft: &mut Draft<'_>) {
    let kind = fields.text("type").unwrap_or_default();
    if kind == "password" && fields.flag("temporary") == Some(true) {
        draft.warn("credentials.password", "the password is temporary, and Logto does not ask for a new one");
    }
    let (mut secret, mut data) = (fields.fields("secretData"), fields.fields("credentialData"));
    match kind.as_str() {
        "password" if fields.has("value") => draft.user.password = fields.text("value"),
        // Before Keycloak 8, the members are those of the credential.
        "password" if fields.has("hashedSaltedValue") => {
            let (value, salt) = (fields.text("hashedSaltedValue"), fields.text("salt"));
            let mut secret =
                Fields::new(json!({ "value": value, "salt": salt }).as_object().cloned().unwrap_or_default());
            draft.password("credentials.password", password(&mut secret, fields));
        }
        "password" => draft.password("credentials.password", password(&mut secret, &mut data)),
        "otp" | "totp" => one_time_password(&mut secret, &mut data, draft),
        "recovery-authn-codes" => {
            draft.warn("credentials", "recovery codes are stored as hashes, so the user has to create new ones");
        }
        "webauthn" | "webauthn-passwordless" => {
            draft.warn("credentials", "passkeys belong to the old address, so the user has to add new ones");
        }
        "password-history" | "" => {}
        other => draft.warn_value("credentials", shown_name(other), "Logto has no such credential"),
    }
}

fn password(secret: &mut Fields, data: &mut Fields) -> Hash {
    let algorithm = data.text("algorithm").unwrap_or_default();
    let iterations = data.text("hashIterations").unwrap_or_default();
    let (value, salt) = (secret.text("value").unwrap_or_default(), secret.text("salt").unwrap_or_default());
    let decoded_salt = || from_base64(&salt).ok_or_else(|| malformed("Keycloak"));
    match algorithm.as_str() {
        "pbkdf2" => pbkdf2("sha1", PasswordSalt::Bytes(&decoded_salt()?), &iterations, &value),
        "argon2" => argon2(data, &iterations, &decoded_salt()?, &value),
        "bcrypt" => built(PasswordDigest::bcrypt(value)),
        other => match other.strip_prefix("pbkdf2-") {
            Some(function) => pbkdf2(function, PasswordSalt::Bytes(&decoded_salt()?), &iterations, &value),
            None => Err(unsupported(&format!("Keycloak {}", shown_name(other)))),
        },
    }
}

fn argon2(data: &mut Fields, iterations: &str, salt: &[u8], value: &str) -> Hash {
    let mut parameters = data.fields("additionalParameters");
    let mut parameter = |name: &str| parameters.texts(name).into_iter().next();
    let version = match parameter("version").as_deref() {
        None | Some("1.3") => "19",
        Some(_) => return Err(unsupported("Argon2 1.0")),
    };
    let (Some(variant), Some(memory), Some(parallelism)) =
        (parameter("type"), parameter("memory"), parameter("parallelism"))
    else {
        return Err(malformed("Keycloak Argon2"));
    };
    let hash = from_base64(value).ok_or_else(|| malformed("Keycloak Argon2"))?;
    let (salt, hash) = (base64_no_padding(salt), base64_no_padding(&hash));
    let parameters = format!("m={memory},t={iterations},p={parallelism}");
    built(PasswordDigest::argon2(format!("$argon2{variant}$v={version}${parameters}${salt}${hash}")))
}

/// Logto's codes have 6 digits and a period of 30 seconds, and use SHA-1.
fn one_time_password(secret: &mut Fields, data: &mut Fields, draft: &mut Draft<'_>) {
    let kind = data.text("subType");
    let is_default = |value: Option<String>, default: &str| value.is_none_or(|value| value == default);
    let fits = is_default(kind, "totp")
        && is_default(data.text("digits"), "6")
        && is_default(data.text("period"), "30")
        && is_default(data.text("algorithm"), "HmacSHA1");
    let Some(value) = secret.text("value") else { return };
    if !fits {
        draft.warn("credentials", "Logto has TOTP with 6 digits, 30 seconds and SHA-1 only, so it is not imported");
    } else if data.text("secretEncoding").as_deref() == Some("BASE32") {
        draft.totp("credentials", &value);
    } else {
        // The secret is text, and apps have its bytes in base 32.
        draft.totp("credentials", &base32(value.as_bytes()));
    }
}

fn roles(fields: &mut Fields, draft: &mut Draft<'_>) {
    let is_own = |role: &String| !BUILT_IN_ROLES.contains(&role.as_str()) && !role.starts_with("default-roles-");
    draft.user.roles = fields.texts("realmRoles").into_iter().filter(is_own).collect();
    let groups = fields.texts("groups").into_iter().map(|path| path.trim_start_matches('/').to_owned()).collect();
    draft.groups("groups", groups);
    let mut clients = fields.object("clientRoles");
    clients.retain(|client, _| client != "account");
    if !clients.is_empty() {
        draft.warn("clientRoles", "Logto roles belong to no application; client roles are kept in custom data");
        draft.keep("clientRoles", clients);
    }
}
