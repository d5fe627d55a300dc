//! The exchange of a code for tokens. It is that of an authorization response, or of a device.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::Value;
use sha2::{Digest, Sha256};

use super::refresh;
use super::user::{self, Parameters};
use crate::errors::Outcome;
use crate::oidc::{Context, invalid_grant, refuse, revocation};
use crate::state::oidc::{Answer, Authorized, Client};

pub(super) fn answer(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    let redirect_uri = client.redirect_uri(context);
    context.require(if redirect_uri.is_some() { &["code"] } else { &["code", "redirect_uri"] })?;
    let value = context.required("code")?.to_owned();
    let code = context.state.oidc.code(&value).filter(|code| code.authorized.client == client.id);
    let code =
        code.filter(|code| Some(&code.redirect_uri) == redirect_uri.as_ref()).cloned().ok_or_else(invalid_grant)?;
    check_verifier(context, code.challenge.as_deref())?;
    if code.used {
        context.state.oidc.revoke(&code.authorized.grant);
        revocation::log(context, &client.id, &code.authorized.grant, None);
        return Err(invalid_grant());
    }
    let outcome = tokens(context, client, code.authorized);
    let known = context.state.oidc.codes.get_mut(&value).filter(|_| !context.state.jobs.is_waiting());
    known.into_iter().for_each(|code| code.used = true);
    outcome
}

/// Checks that the client has the secret behind the challenge (PKCE).
fn check_verifier(context: &Context<'_>, challenge: Option<&str>) -> Outcome<()> {
    let verifier = context.parameter("code_verifier");
    if verifier.is_some_and(|verifier| verifier.len() < 43) {
        let description = "code_verifier must be a string with a minimum length of 43 characters";
        return Err(refuse(400, "invalid_request", description));
    }
    let proven = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if challenge == proven.as_deref() { Ok(()) } else { Err(invalid_grant()) }
}

/// Answers a device that polls for tokens.
pub(super) fn for_device(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    let value = context.required("device_code")?.to_owned();
    let device = context.state.oidc.devices.get(&value).filter(|device| device.client == client.id);
    let device = device.cloned().ok_or_else(invalid_grant)?;
    if device.expires_at <= context.now {
        return Err(refuse(400, "expired_token", "device code is expired"));
    }
    match device.answer {
        Answer::Pending => Err(refuse(
            400,
            "authorization_pending",
            "authorization request is still pending as the end-user hasn't yet completed the user interaction steps",
        )),
        Answer::Denied => Err(refuse(400, "access_denied", "End-User aborted interaction")),
        Answer::Used(grant) => {
            context.state.oidc.devices.remove(&value);
            context.state.oidc.revoke(&grant);
            revocation::log(context, &client.id, &grant, None);
            Err(invalid_grant())
        }
        Answer::Approved(authorized) if !context.state.oidc.is_valid(&authorized) => Err(invalid_grant()),
        Answer::Approved(authorized) => {
            let grant = authorized.grant.clone();
            let outcome = tokens(context, client, *authorized);
            let known = context.state.oidc.devices.get_mut(&value).filter(|_| !context.state.jobs.is_waiting());
            known.into_iter().for_each(|device| device.answer = Answer::Used(grant.clone()));
            outcome
        }
    }
}

fn tokens(context: &mut Context<'_>, client: &Client, authorized: Authorized) -> Outcome<Value> {
    let mut response = user::answer(context, client, &authorized, &Parameters::default())?;
    if user::refreshes(client, &authorized) {
        response.insert("refresh_token".to_owned(), refresh::first(context, client, authorized).into());
    }
    Ok(response.into())
}
