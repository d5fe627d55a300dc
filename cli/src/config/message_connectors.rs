//! Checks that the sign-in experience has the connectors that send its messages. The server refuses it otherwise.

use std::collections::BTreeSet;

use serde_json::Value;

use super::changed_experience::changed_experience;
use super::connector_models::ConnectorModels;
use super::declaration::Declaration;
use super::entity_members::Members;
use super::kinds::SIGN_IN_EXPERIENCE;
use super::tenant::Tenant;
use super::unsupported::remove_unsupported;
use super::value_path::ValuePath;
use crate::failure::Result;
use crate::json_object::text;

const EMAIL: &str = "Email";
const SMS: &str = "Sms";

/// A setting that requires a connector of one of these types.
struct Need {
    /// The path without the positions in lists.
    path: &'static str,
    place: ValuePath,
    types: Vec<&'static str>,
}

/// Returns the settings in the files that require a missing connector. Neither the tenant nor the files have this
/// connector. Leaves out settings that stay: the server has accepted them.
pub(super) async fn problems(
    tenant: &Tenant,
    declaration: &Declaration,
    connectors: &mut ConnectorModels<'_>,
) -> Result<Vec<String>> {
    let kind = &SIGN_IN_EXPERIENCE;
    let Some(experience) = declaration.entities.iter().find(|entity| entity.kind.is(kind)) else {
        return Ok(Vec::new());
    };
    let mut members = experience.members.clone();
    remove_unsupported(kind, &mut members, |minor| tenant.might_have(minor));
    let needs = needs(&changed_experience(tenant, &members));
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    let present: BTreeSet<String> = connectors.all().await?.iter().map(|model| text(model, "type")).collect();
    let lacking = needs.into_iter().filter(|need| !need.types.iter().any(|kind| present.contains(*kind)));
    Ok(lacking
        .map(|Need { path, place, types }| {
            let (at, types) = (experience.at(&place), types.join(" or "));
            format!("{at}: `{path}` requires a connector of type {types}, which neither the files nor the tenant have")
        })
        .collect())
}

fn needs(experience: &Members) -> Vec<Need> {
    let mut needs = Vec::new();
    let mut add = |path: &'static str, at: usize, member: Option<&str>, types: Vec<&'static str>| {
        let place = path.split('.').map(str::to_owned).chain([at.to_string()]).chain(member.map(str::to_owned));
        // One problem for each connector that is missing.
        needs.extend(types.into_iter().map(|kind| Need { path, place: place.clone().collect(), types: vec![kind] }));
    };
    for (at, method) in items(experience, "signIn", "methods") {
        if method.get("verificationCode") == Some(&Value::Bool(true)) {
            add("signIn.methods", at, Some("verificationCode"), of_identifier(&method["identifier"]));
        }
    }
    for (at, identifier) in items(experience, "signUp", "identifiers") {
        add("signUp.identifiers", at, None, of_identifier(identifier));
    }
    for (at, further) in items(experience, "signUp", "secondaryIdentifiers") {
        add("signUp.secondaryIdentifiers", at, Some("identifier"), of_identifier(&further["identifier"]));
    }
    let methods = experience.get("forgotPasswordMethods").and_then(Value::as_array).into_iter().flatten();
    for (at, method) in methods.enumerate() {
        add("forgotPasswordMethods", at, None, of_method(method));
    }
    let expires = experience.get("passwordExpiration").and_then(|expiration| expiration.get("enabled"));
    if expires == Some(&Value::Bool(true)) {
        let path = "passwordExpiration";
        needs.push(Need { path, place: vec![path.to_owned()], types: vec![EMAIL, SMS] });
    }
    needs
}

/// Returns the items of a list in a member, with their positions.
fn items<'m>(members: &'m Members, owner: &str, list: &str) -> impl Iterator<Item = (usize, &'m Value)> + use<'m> {
    let list = members.get(owner).and_then(|owner| owner.get(list)?.as_array());
    list.into_iter().flatten().enumerate()
}

/// Returns the types of the connectors that send codes to users with an identifier.
fn of_identifier(identifier: &Value) -> Vec<&'static str> {
    match identifier.as_str() {
        Some("email") => vec![EMAIL],
        Some("phone") => vec![SMS],
        Some("emailOrPhone") => vec![EMAIL, SMS],
        _ => Vec::new(),
    }
}

/// Returns the types of the connectors that send codes for forgotten passwords.
fn of_method(method: &Value) -> Vec<&'static str> {
    match method.as_str() {
        Some("EmailVerificationCode") => vec![EMAIL],
        Some("PhoneVerificationCode") => vec![SMS],
        _ => Vec::new(),
    }
}
