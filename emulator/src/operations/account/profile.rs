//! The profile and the password.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::rules::{has_method, has_scope, is_visible, require_editable, require_proof, require_scope};
use super::{keep_one, save, user};
use crate::call::{Call, Handler};
use crate::collections::USERS;
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::collection_operations::{self, Verb};
use crate::operations::users::merged;
use crate::passwords;
use crate::policies::password::{PasswordPolicy, policy_of, refuse_same, rejected};
use crate::policies::username;
use crate::settings::SIGN_IN_EXPERIENCE;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetProfile", |call| profile(call)),
    ("UpdateProfile", update),
    ("UpdateOtherProfile", update_claims),
    ("UpdatePassword", update_password),
];

/// The members of visible fields. Responses have them only if the token has the scope.
const GUARDED: [(&str, &str, &str); 9] = [
    ("name", "name", "profile"),
    ("avatar", "avatar", "profile"),
    ("username", "username", "profile"),
    ("profile", "profile", "profile"),
    ("primaryEmail", "email", "email"),
    ("primaryPhone", "phone", "phone"),
    ("customData", "customData", "custom_data"),
    ("identities", "social", "identities"),
    ("hasPassword", "password", "profile"),
];

/// Members of which no field of the account center decides. All but the first require the scope `profile`.
const COMMON: [&str; 6] = ["id", "lastSignInAt", "createdAt", "updatedAt", "applicationId", "isSuspended"];

fn profile(call: &Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let has_method = has_method(&user);
    user.members.insert("hasPassword".to_owned(), user.hidden.contains_key(passwords::DIGEST).into());
    let visible = GUARDED.iter().filter(|(_, field, scope)| is_visible(call, field) && has_scope(call, scope));
    let common = COMMON.into_iter().filter(|member| *member == "id" || has_scope(call, "profile"));
    let names: Vec<&str> = common.chain(visible.map(|(member, ..)| *member)).collect();
    let mut shown = user.part(&names);
    if let Some(members) = shown.as_object_mut() {
        members.insert("hasSecurityVerificationMethod".to_owned(), has_method.into());
        if let Some(claims) = members.get_mut("profile") {
            hide_address(call, claims);
        }
    }
    Ok(reply::json(200, &shown))
}

/// Removes the address from claims, unless the token has its scope.
fn hide_address(call: &Call<'_>, claims: &mut Value) {
    if let Some(claims) = claims.as_object_mut().filter(|_| !has_scope(call, "address")) {
        claims.remove("address");
    }
}

/// Makes the same change as `UpdateUser`, but to fewer members.
fn update(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    for field in ["name", "avatar", "username", "customData"] {
        if call.body.contains_key(field) {
            require_editable(call, field)?;
        }
    }
    require_scope(call, "profile")?;
    if call.body.contains_key("customData") {
        require_scope(call, "custom_data")?;
    }
    if call.body.contains_key("username") {
        require_proof(call)?;
    }
    match call.body.get("username") {
        Some(Value::String(username)) => username::check(call.state, username)?,
        Some(_) => keep_one(call, &user(call)?, "username")?,
        None => {}
    }
    call.parameters = vec![call.caller.clone()];
    collection_operations::run(call, &USERS, Verb::Update)?;
    profile(call)
}

fn update_claims(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if call.body.contains_key("address") {
        require_scope(call, "address")?;
    }
    let mut user = user(call)?;
    let mut merged = merged(&user, "profile", Some(&call.sent().into()));
    user.members.insert("profile".to_owned(), merged.clone());
    save(call, user);
    hide_address(call, &mut merged);
    Ok(reply::json(200, &merged))
}

fn update_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = user(call)?;
    let password = call.text("password").to_owned();
    let experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let issues = PasswordPolicy::new(policy_of(&experience)).issues(&password, Some(&user));
    if !issues.is_empty() {
        return Err(rejected(issues));
    }
    refuse_same(call.state, &user.hidden, &password)?;
    passwords::set(&mut user.hidden, &password, &mut call.state.ids, call.now);
    save(call, user);
    Ok(reply::nothing(204))
}
