//! The interaction API, which the Experience API has replaced. The submission uses what the user has entered before.

pub(super) mod audit;
mod factors;
mod handlers;
mod identifiers;
mod profile;
mod single_sign_on;
mod submission;

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpResponse;

pub(super) use handlers::ALL;

use super::interaction;
use crate::call::{Call, Handler};
use crate::errors::Outcome;
use crate::http::reply;
use crate::record::{Members, text};
use crate::state::progress::{Event, Identifier, Kind, Progress, Verification, missing};

/// The kinds of identifiers.
const KINDS: [&str; 3] = ["username", "email", "phone"];

/// Returns what the user has done in the interaction so far. The error differs from that of the Experience API.
fn progress<'c>(call: &'c mut Call<'_>) -> Outcome<&'c mut Progress> {
    interaction(call)?.progress.as_mut().ok_or_else(missing)
}

/// Carries out an operation of the Experience API with another body.
fn delegate(call: &mut Call<'_>, body: Value, run: Handler) -> Outcome<Members> {
    let sent = std::mem::take(&mut call.body);
    call.body = body.as_object().cloned().unwrap_or_default();
    let outcome = run(call);
    call.body = sent;
    Ok(members(&outcome?))
}

fn members(response: &HttpResponse) -> Members {
    serde_json::from_slice(&response.body.bytes()).unwrap_or_default()
}

fn redirect(created: &Members) -> Outcome<HttpResponse> {
    Ok(reply::json(200, &json!({ "redirectTo": created.get("authorizationUri") })))
}

fn not_for_forgotten_passwords(call: &mut Call<'_>) -> Outcome<()> {
    match progress(call)?.event {
        Event::ForgotPassword => Err(super::start::not_for_forgotten_passwords()),
        Event::SignIn | Event::Register => Ok(()),
    }
}

/// Returns the username, email address or phone number in a body.
fn identifier(body: &Members) -> Identifier {
    let kind = KINDS.into_iter().find(|kind| body.contains_key(*kind)).unwrap_or_default();
    Identifier { kind: kind.to_owned(), value: text(body, kind).to_owned() }
}

/// Returns the verified record of a social provider.
fn social_record<'p>(progress: &'p Progress, id: &str) -> Option<&'p Verification> {
    progress.of_kind(Kind::Social).filter(|record| record.id == id && record.is_valid())
}
