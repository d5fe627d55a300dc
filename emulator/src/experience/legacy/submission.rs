//! Ends an interaction: checks everything that the user has entered, and stores it.

use logto_admin::transport::HttpResponse;

use super::{factors, identifiers, profile, progress};
use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::experience::{changes, known, submission};
use crate::http::sign_in_context;
use crate::policies::password::refuse_same;
use crate::record::{Record, text};
use crate::state::progress::Event;

pub(super) fn submit(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let context = sign_in_context::of(call.request);
    let current = progress(call)?;
    current.context = context;
    match current.event {
        Event::Register => register(call),
        Event::SignIn => sign_in(call),
        Event::ForgotPassword => reset_password(call),
    }
}

fn register(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    profile::verify(call, None)?;
    let mut draft = profile::drafted(call, None)?;
    let user = profile::complete(call, &mut draft, None)?;
    if !["username", "primaryEmail", "primaryPhone"].iter().any(|name| draft.profile.contains_key(*name))
        && !draft.legacy.profile.contains_key("connectorId")
    {
        return Err(Refusal::usual(422, "user.missing_profile"));
    }
    factors::require(call, None)?;
    changes::create(call, &draft, &user)?;
    let (current, user) = (progress(call)?.clone(), known(call)?);
    submission::finish(call, &current, user)
}

fn sign_in(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (user, provided) = identifiers::account(call)?;
    factors::require_proof(call, &user)?;
    profile::verify(call, Some(&user))?;
    let mut draft = profile::drafted(call, Some(&user))?;
    provided.add_to(&mut draft);
    let changed = profile::complete(call, &mut draft, Some(&user))?;
    factors::require(call, Some(&user))?;
    submission::finish(call, &draft, changed)
}

fn reset_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user: Record = identifiers::account(call)?.0;
    let mut draft = progress(call)?.clone();
    let Some(password) = draft.legacy.profile.get("password").and_then(|password| password.as_str()) else {
        return Err(Refusal::usual(422, "user.new_password_required_in_profile"));
    };
    refuse_same(call.state, &user.hidden, password)?;
    draft.password = Some(text(&draft.legacy.profile, "password").to_owned());
    submission::reset(call, &draft, user)
}
