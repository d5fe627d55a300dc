//! The interaction API, which the Experience API has replaced, as a layer over it. Operations of that API carry out
//! each operation. What the user enters is only used when the interaction is submitted.

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpResponse;

use super::{
    binding, changes, codes, factors, guards, identification, interaction, passkeys, passwords, people, policy,
    progress,
};
use super::{social, sso, start, submission};
use crate::call::{Call, Handler};
use crate::collections::{CONNECTORS, USERS};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::mfa;
use crate::providers::sso::of_email;
use crate::record::{Members, Record, text};
use crate::state::progress::{Event, Identifier, Kind, Progress};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("StartLegacyInteraction", begin),
    ("AbortLegacyInteraction", |call| {
        progress(call)?;
        interaction(call)?.progress = None;
        Ok(reply::nothing(204))
    }),
    ("ReplaceLegacyInteractionEvent", change_event),
    ("UpdateLegacyInteractionIdentifiers", |call| {
        let identifier = call.body.clone();
        identify(call, &identifier)
    }),
    ("ReplaceLegacyInteractionProfile", |call| {
        progress(call)?.legacy.profile.clear();
        add_profile(call)
    }),
    ("UpdateLegacyInteractionProfile", add_profile),
    ("DeleteLegacyInteractionProfile", |call| {
        progress(call)?.legacy.profile.clear();
        Ok(reply::nothing(204))
    }),
    ("SendLegacyInteractionVerificationCode", |call| {
        let event = progress(call)?.event.name();
        let body = json!({ "identifier": identifier(&call.body).shown(), "interactionEvent": event });
        delegate(call, body, codes::send)?;
        Ok(reply::nothing(204))
    }),
    ("CreateLegacyInteractionSocialAuthorizationUri", |call| {
        let connector = call.text("connectorId").to_owned();
        call.record(&CONNECTORS, &connector)?;
        call.parameters = vec![connector];
        let body = call.body.clone().into();
        redirect(&delegate(call, body, social::create)?)
    }),
    ("ListLegacyInteractionSingleSignOnConnectors", |call| {
        let email = call.request.query.get("email").unwrap_or_default();
        Ok(reply::json(200, &json!(of_email(call.state, email))))
    }),
    ("CreateLegacyInteractionSingleSignOnAuthorizationUrl", |call| {
        let body = call.body.clone().into();
        redirect(&delegate(call, body, sso::create)?)
    }),
    ("AuthenticateLegacyInteractionSingleSignOn", |call| {
        let id = id_of(call, Kind::EnterpriseSso)?;
        let body = json!({ "verificationId": id, "connectorData": call.body });
        delegate(call, body, sso::verify)?;
        progress(call)?.legacy.identifier = Some(id);
        submit(call)
    }),
    ("RegisterLegacyInteractionSingleSignOn", |call| {
        let id = id_of(call, Kind::EnterpriseSso)?;
        progress(call)?.event = Event::Register;
        delegate(call, json!({ "verificationId": id }), identification::run)?;
        submission::submit(call)
    }),
    ("CreateLegacyInteractionTotpSecret", |call| {
        known(call)?;
        let created = delegate(call, json!({}), factors::create_secret)?;
        Ok(reply::json(200, &json!({ "secret": created.get("secret"), "secretQrCode": created.get("secretQrCode") })))
    }),
    ("CreateLegacyInteractionWebAuthnRegistration", |call| {
        known(call)?;
        let asked = delegate(call, json!({}), passkeys::begin_registration)?;
        Ok(reply::json(200, &json!(asked.get("registrationOptions"))))
    }),
    ("CreateLegacyInteractionWebAuthnAuthentication", |call| {
        known(call)?;
        let asked = delegate(call, json!({}), passkeys::begin_authentication)?;
        Ok(reply::json(200, &json!(asked.get("authenticationOptions"))))
    }),
    ("BindLegacyInteractionMfa", bind),
    ("ReplaceLegacyInteractionMfa", prove),
    ("SkipLegacyInteractionMfa", |call| {
        known(call)?;
        factors::skip(call)
    }),
    ("SubmitLegacyInteraction", submit),
];

/// Carries out an operation of the Experience API with another body.
fn delegate(call: &mut Call<'_>, body: Value, run: Handler) -> Outcome<Members> {
    let sent = std::mem::take(&mut call.body);
    call.body = body.as_object().cloned().unwrap_or_default();
    let outcome = run(call);
    call.body = sent;
    Ok(serde_json::from_slice(&outcome?.body.bytes()).unwrap_or_default())
}

fn redirect(created: &Members) -> Outcome<HttpResponse> {
    Ok(reply::json(200, &json!({ "redirectTo": created.get("authorizationUri") })))
}

/// Returns the id of the record of a kind.
fn id_of(call: &mut Call<'_>, kind: Kind) -> Outcome<String> {
    progress(call)?.of_kind(kind).map(|record| record.id.clone()).ok_or_else(crate::state::progress::missing)
}

/// Returns the username, email address or phone number in a body.
fn identifier(body: &Members) -> Identifier {
    let kind = ["username", "email", "phone"].into_iter().find(|kind| body.contains_key(*kind)).unwrap_or_default();
    Identifier { kind: kind.to_owned(), value: text(body, kind).to_owned() }
}

fn begin(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let proof = call.body.get("identifier").and_then(Value::as_object).cloned();
    let profile = call.object("profile");
    let body = json!({ "interactionEvent": call.body.get("event") });
    delegate(call, body, start::init)?;
    let progress = progress(call)?;
    progress.legacy.profile = profile;
    progress.legacy.is_used = true;
    // This API is older than captchas.
    progress.captcha.skipped = true;
    proof.map_or_else(|| Ok(reply::nothing(204)), |proof| identify(call, &proof))
}

fn change_event(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = Event::named(call.text("event")).unwrap_or(Event::SignIn);
    let current = progress(call)?.event;
    if current != event && [current, event].contains(&Event::ForgotPassword) {
        return Err(super::not_started());
    }
    guards::event(call.state, event, false)?;
    progress(call)?.event = event;
    Ok(reply::nothing(204))
}

/// Verifies an identifier, and keeps it for the submission. It has a password, a code or the data of a social provider.
fn identify(call: &mut Call<'_>, proof: &Members) -> Outcome<HttpResponse> {
    let has = |name: &str| proof.contains_key(name);
    let shown = identifier(proof).shown();
    let id = if has("password") {
        delegate(call, json!({ "identifier": shown, "password": proof.get("password") }), passwords::verify)?
    } else if has("verificationCode") {
        let kind = if has("phone") { Kind::PhoneCode } else { Kind::EmailCode };
        let id = id_of(call, kind)?;
        let body = json!({ "identifier": shown, "verificationId": id, "code": proof.get("verificationCode") });
        delegate(call, body, codes::verify)?
    } else if has("connectorData") {
        call.parameters = vec![text(proof, "connectorId").to_owned()];
        delegate(call, json!({ "connectorData": proof.get("connectorData") }), social::verify_any)?
    } else {
        let id = id_of(call, Kind::Social)?;
        progress(call)?.legacy.links = true;
        Members::from_iter([("verificationId".to_owned(), id.into())])
    };
    progress(call)?.legacy.identifier = Some(text(&id, "verificationId").to_owned());
    Ok(reply::nothing(204))
}

fn add_profile(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let sent = call.body.clone();
    progress(call)?.legacy.profile.extend(sent);
    Ok(reply::nothing(204))
}

/// Moves what the user has entered to the profile of the submission.
fn complete(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<()> {
    let own = user.map_or("", |user| user.id.as_str());
    for (name, value) in progress(call)?.legacy.profile.clone() {
        let value = value.as_str().unwrap_or_default();
        let identifier = Identifier { kind: name, value: value.to_owned() };
        match identifier.kind.as_str() {
            "password" => progress(call)?.password = Some(value.to_owned()),
            "connectorId" => {
                let record =
                    progress(call)?.of_kind(Kind::Social).cloned().ok_or_else(crate::state::progress::missing)?;
                social::provided(call, &record, user.is_none())?.add_to(progress(call)?);
            }
            "email" | "phone" if !proves(progress(call)?, &identifier) => return Err(crate::state::progress::missing()),
            _ => {
                people::refuse_taken(call.state, &identifier, own)?;
                progress(call)?.profile.insert(identifier.member().to_owned(), value.into());
            }
        }
    }
    if let Some(password) = progress(call)?.password.clone() {
        guards::password(call.state, &password, user)?;
    }
    progress(call)?.legacy.profile.clear();
    Ok(())
}

/// Returns whether a code has proven an address.
fn proves(progress: &Progress, identifier: &Identifier) -> bool {
    let record = progress.of_kind(identifier.code_kind());
    record.is_some_and(|record| record.is_valid() && record.identifier.as_ref() == Some(identifier))
}

/// Returns the user who signs in. The first call identifies them.
fn known(call: &mut Call<'_>) -> Outcome<Record> {
    if let Some(id) = progress(call)?.user.clone() {
        return call.record(&USERS, &id).cloned();
    }
    let current = progress(call)?;
    let (links, id) = (current.legacy.links, current.legacy.identifier.clone());
    let record = current.verification(&id.ok_or_else(crate::state::progress::unidentified)?)?.clone();
    identification::identify(call, &record, links).map_err(unknown)
}

/// An unknown identity has the same error for all providers.
fn unknown(refusal: Refusal) -> Refusal {
    if matches!(refusal.code(), Some("user.identity_not_exist" | "user.sso_identity_not_exist")) {
        return Refusal::usual(422, "user.identity_not_exist").with("data", json!({}));
    }
    refusal
}

fn submit(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = progress(call)?.event;
    if event == Event::Register && progress(call)?.user.is_none() {
        complete(call, None)?;
        let draft = progress(call)?.clone();
        changes::register(call, &draft)?;
        return submit(call);
    }
    let user = known(call)?;
    complete(call, Some(&user))?;
    if event != Event::ForgotPassword {
        let current = progress(call)?.clone();
        policy::require_of(call.state, &current, &user, None)?;
        require_factors(call, &user)?;
    }
    submission::submit(call)
}

/// Rejects a user who must add a second factor. Never suggests one: the user adds a factor or skips it.
fn require_factors(call: &mut Call<'_>, user: &Record) -> Outcome<()> {
    let mut draft = progress(call)?.clone();
    draft.factors.enabled = true;
    draft.factors.suggestion_skipped = true;
    let outcome = policy::complete(call, &mut draft, user);
    let factors = &mut progress(call)?.factors;
    factors.suggestion_skipped = true;
    factors.enabled |= !factors.skipped;
    let Err(refusal) = outcome else { return Ok(()) };
    if refusal.code() != Some("session.mfa.backup_code_required") {
        return Err(refusal);
    }
    let created = delegate(call, json!({}), factors::generate_codes)?;
    let refusal = Refusal::usual(400, "session.mfa.backup_code_required");
    Err(refusal.with("data", json!({ "codes": created.get("codes") })))
}

/// Adds a new second factor.
fn bind(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let user = known(call)?;
    let kind = call.text("type").to_owned();
    let has_main = call.state.second_factors(&user.id).any(|factor| factor.text("type") != mfa::BACKUP);
    let factors = &progress(call)?.factors;
    if kind != mfa::BACKUP && (has_main || factors.adds_main()) {
        return Err(Refusal::new(400, "session.mfa.bind_mfa_existed", "The user has a second factor."));
    }
    let id = match kind.as_str() {
        mfa::TOTP => {
            let id = id_of(call, Kind::Totp)?;
            delegate(call, json!({ "verificationId": id, "code": call.text("code") }), factors::verify_totp)?;
            id
        }
        mfa::PASSKEY => {
            let id = id_of(call, Kind::WebAuthn)?;
            delegate(call, json!({ "verificationId": id, "payload": call.body }), passkeys::register)?;
            id
        }
        _ => id_of(call, Kind::BackupCode)?,
    };
    delegate(call, json!({ "type": kind, "verificationId": id }), binding::bind)?;
    Ok(reply::nothing(204))
}

/// Verifies a second factor that the user has.
fn prove(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    known(call)?;
    let code = json!({ "code": call.text("code") });
    match call.text("type") {
        mfa::TOTP => delegate(call, code, factors::verify_totp)?,
        mfa::PASSKEY => {
            let id = id_of(call, Kind::WebAuthn)?;
            delegate(call, json!({ "verificationId": id, "payload": call.body }), passkeys::authenticate)?
        }
        _ => delegate(call, code, factors::verify_backup_code)?,
    };
    Ok(reply::nothing(204))
}
