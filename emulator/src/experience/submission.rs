//! Ends an interaction: the user is signed in, or has a new password.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::{
    adaptive, changes, events, guards, identities, interaction, known, organizations, policy, profile, progress,
};
use crate::call::{Call, Handler};
use crate::errors::{Outcome, Refusal};
use crate::http::{reply, sign_in_context};
use crate::oidc::page_of;
use crate::record::Record;
use crate::state::oidc::Login;
use crate::state::progress::{Event, Progress};

pub(super) const ALL: &[(&str, Handler)] = &[("SubmitInteraction", submit)];

pub(super) fn submit(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut current = progress(call)?.clone();
    guards::captcha(call.state, &current)?;
    current.context = sign_in_context::of(call.request);
    let user = known(call)?;
    if current.event == Event::ForgotPassword {
        if current.password.is_none() {
            let code = "user.new_password_required_in_profile";
            return Err(Refusal::new(422, code, "You need to set a new password."));
        }
        return reset(call, &current, user);
    }
    policy::require(call)?;
    profile::refuse_present(&user, &current.profile)?;
    profile::refuse_taken(call, &current.profile)?;
    let mut changed = user.clone();
    changes::apply(call, &current, &mut changed);
    guards::complete(call.state, &current, &changed)?;
    policy::complete(call, &mut current, &user)?;
    finish(call, &current, changed)
}

/// Stores the new password of a user, and ends the interaction.
pub(super) fn reset(call: &mut Call<'_>, current: &Progress, mut user: Record) -> Outcome<HttpResponse> {
    changes::apply(call, current, &mut user);
    changes::save(call, &mut user)?;
    events::submitted(call, current, &user)?;
    events::updated(call, current, &user)?;
    interaction(call)?.progress = None;
    Ok(reply::nothing(204))
}

/// Stores a changed user, and signs them in.
pub(super) fn finish(call: &mut Call<'_>, current: &Progress, mut user: Record) -> Outcome<HttpResponse> {
    policy::save(call, current, &mut user);
    user.members.insert("lastSignInAt".to_owned(), call.now.into());
    changes::save(call, &mut user)?;
    identities::store(call, current, &user)?;
    organizations::join_invited(call, current, &user)?;
    adaptive::remember(call, &user.id);
    events::submitted(call, current, &user)?;
    if current.changes_user() {
        events::updated(call, current, &user)?;
    }
    let login = Login { user: user.id, submission: current.submission().into() };
    let current = interaction(call)?;
    current.login = Some(login);
    let page = page_of(&current.authorization);
    let target = format!("{}/oidc/{page}/{}", call.request.origin, call.caller);
    Ok(reply::json(200, &json!({ "redirectTo": target })))
}
