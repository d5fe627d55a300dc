//! CSV and JSON with columns of your own.

use serde_json::{Map, Value, json};

use super::column_mapping::{form, set_once};
use super::draft::Draft;
use super::fields::{Fields, flag, is_empty, parsed, split, text};
use super::hashes::{normal_algorithm, recognized};
use crate::users::diagnostic::Diagnostic;
use crate::users::record::{JsonObject, Membership};
use crate::users::record_members::Form;
use crate::users::totp::normal_secret;

pub(super) fn convert(fields: &mut Fields, draft: &mut Draft<'_>) -> Result<(), Vec<Diagnostic>> {
    let mut objects: Vec<(String, Value)> = Vec::new();
    let options = draft.options;
    let (mut plain, mut set) = (JsonObject::new(), Vec::new());
    let members = fields.take_members();
    if let Some(problem) = options.columns.headless(members.keys().map(String::as_str)) {
        return Err(vec![problem]);
    }
    for (column, value) in members {
        let member = options.columns.member(&column);
        if let Ok(Some(member)) = &member
            && let Err(message) = set_once(&mut set, member)
        {
            draft.problem(Diagnostic::new(&*column, message));
            continue;
        }
        match member {
            Ok(None) => {}
            Ok(Some(member)) if member.contains('.') => objects.push((member.into_owned(), value)),
            Ok(Some(member)) if form(&member) == Some(Form::Object) => match parsed(value) {
                value @ Value::Object(_) => objects.push((member.into_owned(), value)),
                _ => draft.problem(Diagnostic::new(&*column, Form::Object.expected())),
            },
            Ok(Some(member)) => {
                if let Some(problem) = wrong(&column, &member, &value) {
                    draft.problem(problem);
                } else {
                    plain.insert(member.into_owned(), value);
                }
            }
            Err(message) => draft.problem(Diagnostic::new(&*column, message)),
        }
    }
    set_members(&mut Fields::new(plain), draft);
    for (path, value) in objects {
        if !set_path(draft, &path, value) {
            draft.problem(Diagnostic::new(path, "another column sets this member, too"));
        }
    }
    Ok(())
}

fn set_members(members: &mut Fields, draft: &mut Draft<'_>) {
    draft.user.id = members.text("id");
    let (email, phone) = (members.text("primaryEmail"), members.text("primaryPhone"));
    let (email_verified, phone_verified) = (members.flag("emailVerified"), members.flag("phoneVerified"));
    draft.email("primaryEmail", email, email_verified);
    draft.phone("primaryPhone", phone, phone_verified);
    let username = members.text("username");
    draft.username("username", username);
    let name = members.text("name");
    draft.name(name, None, None);
    let avatar = members.text("avatar");
    draft.avatar("avatar", avatar);
    // Spaces can be a part of a password.
    draft.user.password = members.value("password").and_then(|value| value.as_str().map(str::to_owned));
    digest(members, draft);
    draft.user.roles = members.texts("roles");
    match organizations(members.value("organizations")) {
        Ok(organizations) => draft.user.organizations = organizations,
        Err(message) => draft.problem(Diagnostic::new("organizations", message)),
    }
    match members.text("totpSecret") {
        // An own file can be corrected, and an export of another system cannot.
        Some(secret) if normal_secret(&secret).is_none() => {
            draft.problem(Diagnostic::new("totpSecret", "expected a TOTP secret in base 32"));
        }
        Some(secret) => draft.totp("totpSecret", &secret),
        None => {}
    }
    draft.user.is_suspended = members.flag("isSuspended").unwrap_or_default();
}

/// Returns what is wrong with the type of a cell. Cells of CSV are texts; JSON can have numbers too.
fn wrong(column: &str, member: &str, value: &Value) -> Option<Diagnostic> {
    let form = form(member).filter(|_| !is_empty(value))?;
    let fits = match form {
        Form::Text => value.is_string() || value.is_number(),
        Form::Flag => flag(value).is_some(),
        Form::Names => value.is_string() || form.fits(value),
        // These are parsed and checked one by one.
        Form::Object | Form::Memberships | Form::Factors => true,
    };
    let shown = if form == Form::Flag { text(value.clone()) } else { None };
    (!fits).then(|| Diagnostic { value: shown, ..Diagnostic::new(column, form.expected()) })
}

/// Returns the memberships: names, or a JSON list of objects with `name` and `roles`.
fn organizations(value: Option<Value>) -> Result<Vec<Membership>, &'static str> {
    let membership = |item: Value| match item {
        Value::String(name) => Ok(Membership { name, roles: Vec::new() }),
        item => serde_json::from_value(item).map_err(|_| "expected names, or objects with `name` and `roles`"),
    };
    match value.map(parsed) {
        Some(Value::Array(items)) => items.into_iter().map(membership).collect(),
        Some(Value::String(list)) => split(&list).into_iter().map(|name| membership(name.into())).collect(),
        Some(_) => Err("expected names, or objects with `name` and `roles`"),
        None => Ok(Vec::new()),
    }
}

/// Sets the digest. Without an algorithm, the digest has to name its format.
fn digest(members: &mut Fields, draft: &mut Draft<'_>) {
    let (digest, algorithm) = (members.text("passwordDigest"), members.text("passwordAlgorithm"));
    match (digest, algorithm) {
        (Some(digest), None) => match recognized(&digest) {
            Some(hash) => draft.password("passwordDigest", hash),
            None => draft.user.password_digest = Some(digest),
        },
        (digest, algorithm) => {
            draft.user.password_digest = digest;
            draft.user.password_algorithm = algorithm.map(normal_algorithm);
        }
    }
}

/// Sets a member of `customData`, `profile` or `identities`. Returns whether it was not set before.
fn set_path(draft: &mut Draft<'_>, path: &str, value: Value) -> bool {
    let mut parts = path.split('.');
    match parts.next() {
        Some("customData") => insert(&mut draft.user.custom_data, parts, value),
        Some("profile") => insert(&mut draft.user.profile, parts, value),
        Some("identities") => match (parts.next(), text(value.clone())) {
            (Some(target), Some(id)) => {
                draft.user.identities.insert(target.to_owned(), json!({ "userId": id })).is_none()
            }
            (Some(target), None) => draft.user.identities.insert(target.to_owned(), value).is_none(),
            (None, _) => insert(&mut draft.user.identities, parts, value),
        },
        _ => true,
    }
}

/// Returns whether nothing was there before.
fn insert<'a>(object: &mut Map<String, Value>, mut path: impl Iterator<Item = &'a str>, value: Value) -> bool {
    let Some(name) = path.next() else {
        let Value::Object(members) = value else { return true };
        return members.into_iter().all(|(name, value)| object.insert(name, value).is_none());
    };
    let rest: Vec<&str> = path.collect();
    if rest.is_empty() {
        return object.insert(name.to_owned(), value).is_none();
    }
    let child = object.entry(name).or_insert_with(|| json!({}));
    child.as_object_mut().is_some_and(|child| insert(child, rest.into_iter(), value))
}
