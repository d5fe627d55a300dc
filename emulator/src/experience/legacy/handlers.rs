//! The operations of the interaction API.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::{
    delegate, factors, identifiers, not_for_forgotten_passwords, profile, progress, redirect, single_sign_on,
    submission,
};
use crate::call::{Call, Handler};
use crate::collections::CONNECTORS;
use crate::errors::Outcome;
use crate::experience::{guards, interaction, not_started, social};
use crate::http::{reply, sign_in_context};
use crate::state::progress::{Event, Progress};

pub(in crate::experience) const ALL: &[(&str, Handler)] = &[
    ("StartLegacyInteraction", begin),
    ("AbortLegacyInteraction", |call| {
        let interaction = interaction(call)?;
        interaction.progress = None;
        interaction.is_aborted = true;
        Ok(reply::nothing(204))
    }),
    ("ReplaceLegacyInteractionEvent", change_event),
    ("UpdateLegacyInteractionIdentifiers", |call| {
        let proof = call.body.clone();
        if progress(call)?.event != Event::ForgotPassword {
            identifiers::permit(call.state, &proof)?;
        }
        identifiers::verify(call, &proof)?;
        Ok(reply::nothing(204))
    }),
    ("ReplaceLegacyInteractionProfile", |call| {
        let given = call.body.clone();
        profile::enter(call, &given, given.clone())
    }),
    ("UpdateLegacyInteractionProfile", |call| {
        let (given, mut entered) = (call.body.clone(), progress(call)?.legacy.profile.clone());
        entered.extend(given.clone());
        profile::enter(call, &given, entered)
    }),
    ("DeleteLegacyInteractionProfile", |call| {
        progress(call)?.legacy.profile.clear();
        Ok(reply::nothing(204))
    }),
    ("SendLegacyInteractionVerificationCode", identifiers::send_code),
    ("CreateLegacyInteractionSocialAuthorizationUri", |call| {
        not_for_forgotten_passwords(call)?;
        let connector = call.text("connectorId").to_owned();
        call.record(&CONNECTORS, &connector)?;
        call.parameters = vec![connector];
        let body = call.body.clone().into();
        redirect(&delegate(call, body, social::create)?)
    }),
    ("ListLegacyInteractionSingleSignOnConnectors", single_sign_on::connectors),
    ("CreateLegacyInteractionSingleSignOnAuthorizationUrl", single_sign_on::begin),
    ("AuthenticateLegacyInteractionSingleSignOn", single_sign_on::authenticate),
    ("RegisterLegacyInteractionSingleSignOn", single_sign_on::register),
    ("CreateLegacyInteractionTotpSecret", factors::create_secret),
    ("CreateLegacyInteractionWebAuthnRegistration", factors::begin_registration),
    ("CreateLegacyInteractionWebAuthnAuthentication", factors::begin_authentication),
    ("BindLegacyInteractionMfa", factors::bind),
    ("ReplaceLegacyInteractionMfa", factors::prove),
    ("SkipLegacyInteractionMfa", factors::skip),
    ("SubmitLegacyInteraction", submission::submit),
];

fn event(call: &Call<'_>) -> Event {
    // The schema permits no other names.
    Event::named(call.text("event")).unwrap_or(Event::SignIn)
}

/// Starts an interaction. If something is wrong, the one before remains.
fn begin(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (event, entered) = (event(call), call.object("profile"));
    let proof = call.body.get("identifier").and_then(Value::as_object).cloned();
    guards::event(call.state, event, false)?;
    if event != Event::ForgotPassword {
        proof.iter().try_for_each(|proof| identifiers::permit(call.state, proof))?;
        profile::permit(call.state, &entered)?;
    }
    let started = Progress::new(event, sign_in_context::of(call.request));
    let before = interaction(call)?.progress.replace(started);
    let outcome = proof.map_or(Ok(()), |proof| identifiers::verify(call, &proof));
    let outcome = outcome.and_then(|()| profile::enter(call, &entered, entered.clone()));
    let current = interaction(call)?;
    match outcome {
        Ok(_) => current.is_aborted = false,
        Err(_) => current.progress = before,
    }
    outcome
}

fn change_event(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = event(call);
    guards::event(call.state, event, false)?;
    let current = progress(call)?;
    if current.event != event && [current.event, event].contains(&Event::ForgotPassword) {
        return Err(not_started());
    }
    current.event = event;
    Ok(reply::nothing(204))
}
