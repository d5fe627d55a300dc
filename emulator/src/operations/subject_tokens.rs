//! Subject tokens, which applications exchange for access tokens of users.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, foreign_key_as};
use crate::http::reply;
use crate::state::oidc::SubjectToken;

pub(super) const ALL: &[(&str, Handler)] = &[("CreateSubjectToken", create_subject_token)];

/// Lifetime of a subject token, in seconds.
const SUBJECT_TOKEN_LIFETIME: i64 = 600;

fn create_subject_token(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = call.state.store.get(&USERS, call.text("userId")).ok_or_else(|| foreign_key_as(404))?.id.clone();
    let token = format!("sub_{}", call.state.ids.id(21));
    let expires_at = call.now.saturating_add(SUBJECT_TOKEN_LIFETIME * 1000);
    let context = call.object("context").into();
    call.state.oidc.subject_tokens.insert(token.clone(), SubjectToken { user, context, expires_at });
    let answer = json!({ "subjectToken": token, "expiresIn": SUBJECT_TOKEN_LIFETIME });
    Ok(reply::json(call.success(), &answer))
}
