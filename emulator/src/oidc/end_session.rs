//! `/oidc/session/end`: signs the user of a browser out.

use logto_admin::transport::HttpResponse;

use super::authorization::{form_post, redirect};
use super::{Context, backchannel, cookies, jwt, refuse};
use crate::errors::Outcome;
use crate::http::request::add_parameter;
use crate::record::text;
use crate::state::oidc::{Client, SignOut};

/// The target of the redirect after a sign-out.
fn target(context: &mut Context<'_>) -> Outcome<Option<String>> {
    let hint = context.parameter("id_token_hint").map(str::to_owned);
    let hinted = match hint {
        Some(hint) => {
            let invalid = |_| refuse(400, "invalid_request", "could not decode id_token_hint");
            Some(text(&jwt::open(context.state, &hint).map_err(invalid)?, "aud").to_owned())
        }
        None => None,
    };
    let id = context.parameter("client_id").map(str::to_owned);
    if id.is_some() && hinted.is_some() && id != hinted {
        return Err(refuse(400, "invalid_request", "client_id does not match the provided id_token_hint"));
    }
    let client = hinted.or(id).map(|id| Client::find(context.state, &context.request.origin, &id)).transpose()?;
    let uri = context.parameter("post_logout_redirect_uri");
    let (Some(uri), Some(client)) = (uri, client) else { return Ok(None) };
    if !client.post_logout_redirect_uris.iter().any(|known| known == uri) {
        let description = "post_logout_redirect_uri not registered";
        return Err(refuse(400, "invalid_request", description));
    }
    let mut target = uri.to_owned();
    if let Some(state) = context.parameter("state") {
        add_parameter(&mut target, "state", state);
    }
    Ok(Some(target))
}

/// Returns a page that confirms the sign-out by itself.
pub(super) fn page(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let target = target(context)?;
    let xsrf = context.state.ids.token(43);
    let session = context.request.cookie(cookies::SESSION);
    if let Some(session) = session.and_then(|id| context.state.oidc.sessions.get_mut(id)) {
        session.sign_out = Some(SignOut { xsrf: xsrf.clone(), target });
    }
    let action = format!("{}/session/end/confirm", context.issuer());
    let kept = ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"];
    let kept = kept.iter().filter_map(|name| Some((*name, context.parameter(name)?)));
    let fields: Vec<(&str, &str)> = kept.chain([("xsrf", xsrf.as_str()), ("logout", "yes")]).collect();
    Ok(form_post(&action, &fields))
}

/// Ends the session, and notifies its applications. Tokens that the user has permitted for longer stay valid.
pub(super) fn confirm(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let id = context.request.cookie(cookies::SESSION).unwrap_or_default().to_owned();
    let begun = context.state.oidc.sessions.get(&id).and_then(|session| session.sign_out.clone());
    let target = match begun.zip(context.parameter("xsrf")) {
        Some((begun, xsrf)) if begun.xsrf == xsrf => begun.target,
        Some(_) => return Err(refuse(400, "invalid_request", "xsrf token invalid")),
        None => target(context)?,
    };
    if let Some(session) = context.state.oidc.sessions.remove(&id) {
        for authorization in session.authorizations {
            backchannel::notify(context, &session.user, &authorization);
            if !authorization.persists {
                context.state.oidc.revoke(&authorization.grant);
            }
        }
    }
    let target = target.unwrap_or_else(|| format!("{}/session/end/success", context.issuer()));
    let mut response = redirect(303, &target);
    cookies::remove(&mut response, cookies::SESSION, "/");
    Ok(response)
}
