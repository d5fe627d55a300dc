//! Starts interactions, and shows them.

use logto_admin::transport::HttpResponse;

use super::{guards, interaction, progress};
use crate::call::{Call, Handler};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::state::progress::{Event, Progress};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("InitInteraction", init),
    ("UpdateInteractionEvent", |call| {
        let event = event(call)?;
        let current = progress(call)?.event;
        if current != event && [current, event].contains(&Event::ForgotPassword) {
            return Err(not_for_forgotten_passwords());
        }
        guards::event(call.state, event)?;
        progress(call)?.event = event;
        Ok(reply::nothing(call.success()))
    }),
    ("GetInteraction", |call| {
        let shown = progress(call)?.shown();
        Ok(reply::json(call.success(), &shown))
    }),
];

pub(super) fn init(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = event(call)?;
    guards::event(call.state, event)?;
    let agent = call.request.headers.get("user-agent").unwrap_or_default().to_owned();
    interaction(call)?.progress = Some(Progress::new(event, &agent));
    Ok(reply::nothing(call.success()))
}

fn event(call: &Call<'_>) -> Outcome<Event> {
    // The schema permits no other names.
    Event::named(call.text("interactionEvent")).ok_or_else(crate::errors::internal)
}

/// Returns the error for an operation that a forgotten password rules out.
pub(super) fn not_for_forgotten_passwords() -> Refusal {
    let message = "This operation is not supported for forgot password.";
    Refusal::new(400, "session.not_supported_for_forgot_password", message)
}
