//! Starts interactions, and shows them.

use logto_admin::transport::HttpResponse;

use super::{guards, interaction, progress};
use crate::call::{Call, Handler};
use crate::collections::CAPTCHA_PROVIDERS;
use crate::errors::{Outcome, Refusal};
use crate::http::{reply, sign_in_context};
use crate::state::progress::{Event, Progress};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("InitInteraction", init),
    ("UpdateInteractionEvent", |call| {
        let event = event(call)?;
        let current = progress(call)?.clone();
        guards::event(call.state, event, current.is_invited())?;
        if current.event != event && [current.event, event].contains(&Event::ForgotPassword) {
            return Err(not_for_forgotten_passwords());
        }
        progress(call)?.turn_to(event);
        Ok(reply::nothing(call.success()))
    }),
    ("GetInteraction", |call| {
        let shown = progress(call)?.shown();
        Ok(reply::json(call.success(), &shown))
    }),
];

pub(super) fn init(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = event(call)?;
    let mut progress = Progress::new(event, sign_in_context::of(call.request));
    if !call.text("captchaToken").is_empty() {
        // The emulator does not call the providers of captchas, and accepts every token.
        if call.state.store.all(&CAPTCHA_PROVIDERS).next().is_none() {
            return Err(Refusal::new(422, "session.captcha_failed", "No captcha provider is configured."));
        }
        progress.captcha.verified = true;
    }
    interaction(call)?.progress = Some(progress);
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

/// Returns the error for an operation that interactions for another purpose have.
pub(super) fn wrong_event(message: &str) -> Refusal {
    Refusal::new(400, "session.invalid_interaction_type", message)
}
