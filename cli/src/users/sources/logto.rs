//! Logto: an export, or users of the Management API.

use serde_json::{Map, Value};

use super::Conversion;
use crate::users::finding::Finding;
use crate::users::record::{Factor, ImportedUser, JsonObject};

/// Members of users in the Management API that the server sets.
const READ_ONLY: [&str; 9] = [
    "applicationId",
    "cimdClientId",
    "createdAt",
    "hasPassword",
    "hasSecurityVerificationMethod",
    "lastSignInAt",
    "organizationRoles",
    "tenantId",
    "updatedAt",
];
/// Members of an imported user.
pub(super) const MEMBERS: [&str; 16] = [
    "id",
    "username",
    "primaryEmail",
    "primaryPhone",
    "name",
    "avatar",
    "password",
    "passwordDigest",
    "passwordAlgorithm",
    "customData",
    "profile",
    "isSuspended",
    "identities",
    "roles",
    "organizations",
    "mfa",
];

pub(super) fn convert(mut members: JsonObject) -> Result<Conversion, Vec<Finding>> {
    members.retain(|name, value| !value.is_null() && !READ_ONLY.contains(&name.as_str()));
    from_cells(&mut members);
    let mut warnings = Vec::new();
    if members.remove("ssoIdentities").is_some_and(|identities| !super::fields::is_empty(&identities)) {
        let message = "Logto creates enterprise identities at the next sign-in, so they are not imported";
        warnings.push(Finding::new("ssoIdentities", message));
    }
    if members.remove("mfaVerificationFactors").is_some_and(|factors| !super::fields::is_empty(&factors)) {
        let message = "the API does not return the secrets of second factors, so the user has to set them up again";
        warnings.push(Finding::new("mfaVerificationFactors", message));
    }
    let mut user = parsed(members)?;
    let before = user.mfa.len();
    user.mfa.retain(has_secret);
    if user.mfa.len() < before {
        warnings.push(Finding::new(
            "mfa",
            "factors without a secret cannot be imported, so the user has to set them up again",
        ));
    }
    Ok(Conversion { user, warnings, skip: None })
}

/// Parses the cells of an export as CSV, which have JSON for objects, lists and booleans.
fn from_cells(members: &mut JsonObject) {
    for (name, value) in members.iter_mut() {
        match (name.as_str(), &value) {
            ("customData" | "profile" | "identities" | "roles" | "organizations" | "mfa", Value::String(_)) => {
                *value = super::fields::parsed(value.take());
            }
            ("isSuspended", Value::String(_)) => {
                *value = super::fields::flag(value).map_or_else(|| value.take(), Value::Bool);
            }
            _ => {}
        }
    }
}

fn has_secret(factor: &Factor) -> bool {
    match factor {
        Factor::Totp { secret } => secret.is_some(),
        Factor::BackupCode { codes } => codes.is_some(),
        Factor::WebAuthn {} => false,
    }
}

fn parsed(members: Map<String, Value>) -> Result<ImportedUser, Vec<Finding>> {
    let unknown: Vec<Finding> =
        members.keys().filter(|name| !MEMBERS.contains(&name.as_str())).map(|name| unknown(name)).collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    // serde's own message would show the value.
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let path = error.path().to_string();
        vec![Finding::new(path, "the member does not have the type of an export of `logto-admin users export`")]
    })
}

fn unknown(name: &str) -> Finding {
    Finding::new(name, super::columns::unknown_member(name, &MEMBERS))
}
