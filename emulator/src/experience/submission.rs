//! Ends an interaction: the user is signed in, or has a new password.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::{changes, events, guards, identities, interaction, people, policy, progress};
use crate::call::{Call, Handler};
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::state::oidc::Login;
use crate::state::progress::Event;

pub(super) const ALL: &[(&str, Handler)] = &[("SubmitInteraction", submit)];

pub(super) fn submit(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let current = progress(call)?.clone();
    let id = current.identified()?;
    let mut user = call.record(&USERS, &id)?.clone();
    people::refuse_suspended(&user)?;
    if current.event == Event::ForgotPassword {
        if current.password.is_none() {
            let code = "user.new_password_required_in_profile";
            return Err(Refusal::new(422, code, "You need to set a new password."));
        }
        changes::apply(call, &current, &mut user);
        changes::save(call, &mut user)?;
        events::submitted(call, &current, &user)?;
        interaction(call)?.progress = None;
        return Ok(reply::nothing(204));
    }
    policy::require(call.state, &current, &user)?;
    changes::apply(call, &current, &mut user);
    guards::complete(call.state, &current, &user)?;
    policy::complete(call.state, &current, &user)?;
    policy::save(call, &current, &mut user);
    let client = interaction(call)?.authorization.client.id.clone();
    user.members.insert("lastSignInAt".to_owned(), call.now.into());
    if user.text("applicationId").is_empty() {
        user.members.insert("applicationId".to_owned(), client.into());
    }
    changes::save(call, &mut user)?;
    identities::store(call, &current, &user);
    events::submitted(call, &current, &user)?;
    let login = Login { user: id, submission: current.submission().into() };
    let current = interaction(call)?;
    current.login = Some(login);
    let page = if current.authorization.device_code.is_some() { "device" } else { "auth" };
    let target = format!("{}/oidc/{page}/{}", call.request.origin, call.caller);
    Ok(reply::json(200, &json!({ "redirectTo": target })))
}
