//! Logto: an export, or users of the Management API.

use serde_json::{Map, Value};

use super::conversion::Conversion;
use crate::users::diagnostic::Diagnostic;
use crate::users::record::{Factor, ImportedUser, JsonObject};
use crate::users::record_members::{self, Form, MEMBERS};

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

pub(super) fn convert(mut members: JsonObject) -> Conversion {
    members.retain(|name, value| !value.is_null() && !READ_ONLY.contains(&name.as_str()));
    from_cells(&mut members);
    let mut warnings = Vec::new();
    if members.remove("ssoIdentities").is_some_and(|identities| !super::fields::is_empty(&identities)) {
        let message = "Logto creates enterprise identities at the next sign-in, so they are not imported";
        warnings.push(Diagnostic::new("ssoIdentities", message));
    }
    if members.remove("mfaVerificationFactors").is_some_and(|factors| !super::fields::is_empty(&factors)) {
        let message = "the API does not return the secrets of second factors, so the user has to set them up again";
        warnings.push(Diagnostic::new("mfaVerificationFactors", message));
    }
    let (mut user, problems) = parsed(members);
    user.password_algorithm = user.password_algorithm.map(super::hashes::normal_algorithm);
    let before = user.mfa.len();
    user.mfa.retain(has_secret);
    if user.mfa.len() < before {
        warnings.push(Diagnostic::new(
            "mfa",
            "factors without a secret cannot be imported, so the user has to set them up again",
        ));
    }
    Conversion { user, warnings, set_aside: Vec::new(), skip: None, problems, unread: Vec::new() }
}

/// Parses the cells of an export as CSV. The cells have JSON for objects, lists and booleans.
fn from_cells(record: &mut JsonObject) {
    for (name, value) in record.iter_mut().filter(|(_, value)| value.is_string()) {
        match (record_members::find(name).map(|member| member.form), value.as_str()) {
            (Some(Form::Flag), Some(text)) => {
                *value = text.parse::<bool>().map_or_else(|_| value.take(), Value::Bool);
            }
            (None | Some(Form::Text), _) => {}
            _ => *value = super::fields::parsed(value.take()),
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

/// Returns the user of the valid members, and what is wrong with the others.
fn parsed(mut record: Map<String, Value>) -> (ImportedUser, Vec<Diagnostic>) {
    let mut problems: Vec<Diagnostic> = record.iter().filter_map(|(name, value)| wrong(name, value)).collect();
    record.retain(|name, _| !problems.iter().any(|problem| problem.member == *name));
    let mut record = Value::Object(record);
    loop {
        let error = match serde_path_to_error::deserialize(&record) {
            Ok(user) => return (user, problems),
            Err(error) => error,
        };
        // serde's own message would show the value.
        let path = error.path().to_string();
        let name = path.split(['.', '[']).next().unwrap_or_default();
        let expected = record_members::find(name).map_or("the type is wrong", |member| member.form.expected());
        problems.push(Diagnostic::new(path.as_str(), expected));
        if record.as_object_mut().and_then(|members| members.remove(name)).is_none() {
            return (ImportedUser::default(), problems);
        }
    }
}

/// Returns what is wrong with name or type of a member. Shows no values, which can be passwords.
fn wrong(name: &str, value: &Value) -> Option<Diagnostic> {
    match record_members::find(name) {
        Some(member) => (!member.form.fits(value)).then(|| Diagnostic::new(name, member.form.expected())),
        None => {
            let known = MEMBERS.map(|member| member.name);
            Some(Diagnostic::new(name, super::column_mapping::not_a_member(name, &known)))
        }
    }
}
