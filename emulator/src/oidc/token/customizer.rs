//! The script that adds claims to access tokens.

use logto_admin::operation::Release;
use logto_admin::serde_json::{Value, json};

use super::recipient::Recipient;
use crate::errors::{Outcome, Refusal};
use crate::oidc::{Context, refuse};
use crate::record::{Members, text};
use crate::scripts::Failure;
use crate::settings::{CUSTOMIZER, OF_TOKENS};
use crate::state::State;
use crate::state::logs::Entry;

/// A kind of tokens: the name of the setting with its script, and its own name.
pub(super) type Kind = (&'static str, &'static str);

/// Returns the claims that the script for tokens of this kind adds. Logs its run.
///
/// `input` returns the token and the context that the script receives. Without a script, it is not called.
///
/// # Errors
///
/// Fails if the script denies the token, or if the script itself fails and `blockIssuanceOnError` has an effect.
pub(super) fn claims(
    context: &mut Context<'_>,
    kind: Kind,
    recipient: Recipient<'_>,
    input: impl FnOnce(&State) -> (Value, Value),
) -> Outcome<Members> {
    let state = &mut *context.state;
    let script = OF_TOKENS.iter().find(|(name, _)| *name == kind.0).and_then(|(_, script)| state.settings.find(script));
    let Some(stored) = script.cloned() else { return Ok(Members::new()) };
    let variables = stored.get("environmentVariables").cloned().unwrap_or_else(|| json!({}));
    let (token, about) = input(state);
    let payload = json!({ "token": token, "context": about, "environmentVariables": variables });
    let logged = json!({ "token": token, "tokenType": kind.0, "context": about });
    let returned = match state.jobs.returned(text(&stored, "script"), CUSTOMIZER, payload)? {
        Ok(Some(Value::Object(claims))) => Ok(claims),
        Ok(_) => Err(Failure::Failed("Invalid input".to_owned())),
        Err(Failure::NotRun) => return Ok(Members::new()),
        Err(failure) => Err(failure),
    };
    log(context, kind, recipient, logged, &returned);
    // The server of 1.42 has this setting, but ignores it.
    let blocks =
        context.state.release >= Release::NEXT && stored.get("blockIssuanceOnError") == Some(&Value::Bool(true));
    match returned {
        Err(Failure::Denied(reason)) => Err(refuse(400, "access_denied", &reason)),
        Err(Failure::Failed(_)) if blocks => Err(failed()),
        returned => Ok(returned.unwrap_or_default()),
    }
}

fn failed() -> Refusal {
    refuse(400, "invalid_request", "the script of the token has failed")
}

fn log(
    context: &mut Context<'_>,
    (_, name): Kind,
    recipient: Recipient<'_>,
    payload: Value,
    returned: &Result<Members, Failure>,
) {
    let outcome = match returned {
        Ok(claims) => ("customTokenClaims", claims.clone().into()),
        Err(Failure::NotRun) => return,
        Err(Failure::Failed(reason)) => ("customJwtError", json!({ "message": reason })),
        Err(Failure::Denied(reason)) => {
            let error = json!({ "code": "AccessDenied", "message": reason });
            ("customJwtError", json!({ "message": reason, "error": error }))
        }
    };
    let user = recipient.user().map(|user| ("userId", user.into()));
    let members =
        [("applicationId", recipient.client.into()), ("tenantId", "default".into()), ("payload", payload), outcome];
    let members = members.into_iter().chain(user).map(|(name, value): (&str, Value)| (name.to_owned(), value));
    let key = format!("JwtCustomizer.{name}");
    let entry =
        if returned.is_ok() { Entry::new(key, None, members.collect()) } else { Entry::failed(key, members.collect()) };
    context.state.log(context.now, entry.from(context.request));
}
