//! Firebase: the output of `firebase auth:export`.

use logto_admin::PasswordDigest;

use super::draft::Draft;
use super::fields::Fields;
use super::hashes::built;
use crate::users::record::JsonObject;

/// Providers with columns in CSV files.
const PROVIDERS: [&str; 4] = ["google", "facebook", "twitter", "github"];

/// Columns of a CSV export, which has no header.
pub(super) const COLUMNS: &[&str] = &[
    "localId",
    "email",
    "emailVerified",
    "passwordHash",
    "salt",
    "displayName",
    "photoUrl",
    "google.rawId",
    "google.email",
    "google.displayName",
    "google.photoUrl",
    "facebook.rawId",
    "facebook.email",
    "facebook.displayName",
    "facebook.photoUrl",
    "twitter.rawId",
    "twitter.email",
    "twitter.displayName",
    "twitter.photoUrl",
    "github.rawId",
    "github.email",
    "github.displayName",
    "github.photoUrl",
    "createdAt",
    "lastSignedInAt",
    "phoneNumber",
    "disabled",
    "customAttributes",
];

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) {
    draft.user.id = fields.text("localId");
    // Firebase's default is false.
    let (email, verified) = (fields.text("email"), fields.flag("emailVerified").unwrap_or_default());
    draft.email("email", email, Some(verified));
    // Firebase verifies phone numbers before it stores them.
    let phone = fields.text("phoneNumber");
    draft.phone("phoneNumber", phone, None);
    let name = fields.text("displayName");
    draft.name(name, None, None);
    let picture = fields.text("photoUrl");
    draft.avatar("photoUrl", picture);
    draft.user.is_suspended = fields.flag("disabled").unwrap_or_default();
    draft.keep_fields(fields, &["customAttributes"]);
    password(fields, draft);
    identities(fields, draft);
    if fields.has("mfaInfo") {
        draft.warn("mfaInfo", "the second factor is not imported: Logto uses the user's own phone number");
    }
}

fn password(fields: &mut Fields, draft: &mut Draft<'_>) {
    let (hash, salt) = (fields.text("passwordHash"), fields.text("salt").unwrap_or_default());
    let Some(hash) = hash else { return };
    match &draft.options.firebase {
        Some(project) => {
            let digest = built(PasswordDigest::firebase_scrypt(project, &salt, &hash));
            draft.password("passwordHash", digest);
        }
        None => draft.warn(
            "passwordHash",
            "the hash parameters of the Firebase project are missing, so the user has to set a new password",
        ),
    }
}

fn identities(fields: &mut Fields, draft: &mut Draft<'_>) {
    for mut info in fields.objects("providerUserInfo") {
        let provider = info.text("providerId").unwrap_or_default();
        let id = info.text("rawId");
        if provider.starts_with("saml.") || provider.starts_with("oidc.") {
            draft.enterprise_identity("providerUserInfo", &provider);
        } else if !matches!(provider.as_str(), "password" | "phone" | "") {
            let details = details(&mut info, "");
            draft.identity("providerUserInfo", &provider, id, details);
        }
    }
    for provider in PROVIDERS {
        if let Some(id) = fields.text(&format!("{provider}.rawId")) {
            let details = details(fields, &format!("{provider}."));
            draft.identity("providerUserInfo", provider, Some(id), details);
        }
    }
}

/// Returns the details in the form of Logto's connectors.
fn details(info: &mut Fields, prefix: &str) -> JsonObject {
    let names = [("email", "email"), ("displayName", "name"), ("photoUrl", "avatar")];
    let value = |(name, member): (&str, &str)| Some((member.to_owned(), info.text(&format!("{prefix}{name}"))?.into()));
    names.into_iter().filter_map(value).collect()
}
