//! Operations of users on their own account, and subject tokens.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::users::merged;
use crate::call::Call;
use crate::collections::{Shape, USERS};
use crate::entities::{self, keep, show};
use crate::errors::Outcome;
use crate::oidc::SubjectToken;
use crate::passwords;
use crate::reply;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateSubjectToken", create_subject_token),
    ("GetProfile", |call| profile(call)),
    ("UpdateProfile", update_profile),
    ("UpdateOtherProfile", update_other_profile),
    ("UpdatePassword", update_password),
];

/// Lifetime of a subject token, in seconds.
const SUBJECT_TOKEN_LIFETIME: i64 = 600;

fn create_subject_token(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = call.record(&USERS, call.text("userId"))?.id.clone();
    let token = format!("sub_{}", call.state.ids.id(21));
    let expires_at = call.now.saturating_add(SUBJECT_TOKEN_LIFETIME * 1000);
    call.state.oidc.subject_tokens.insert(token.clone(), SubjectToken { user, expires_at });
    let answer = json!({ "subjectToken": token, "expiresIn": SUBJECT_TOKEN_LIFETIME });
    Ok(reply::json(call.success(), &answer))
}

fn profile(call: &Call<'_>) -> Outcome<HttpResponse> {
    let user = call.record(&USERS, &call.caller)?;
    let mut shown = show(call, &USERS, user, Shape::Changed);
    let has_password = user.hidden.contains_key(passwords::DIGEST);
    if let Some(members) = shown.as_object_mut() {
        members.insert("hasSecurityVerificationMethod".to_owned(), has_password.into());
    }
    Ok(reply::json(call.success(), &shown))
}

/// Makes the same change as `UpdateUser`, but to fewer members.
fn update_profile(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    call.parameters = vec![call.caller.clone()];
    entities::run(call, &USERS, entities::Verb::Update)?;
    profile(call)
}

fn update_other_profile(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = call.record(&USERS, &call.caller)?.clone();
    let merged = merged(&user, "profile", Some(&Value::Object(call.body.clone())));
    user.members.insert("profile".to_owned(), merged.clone());
    keep(call, &USERS, &mut user);
    Ok(reply::json(call.success(), &merged))
}

fn update_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut user = call.record(&USERS, &call.caller)?.clone();
    let password = call.text("password").to_owned();
    passwords::set(&mut user.hidden, &password, &mut call.state.ids);
    keep(call, &USERS, &mut user);
    Ok(reply::nothing(call.success()))
}
