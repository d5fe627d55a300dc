//! `/oidc/session/end`: signs the user of a browser out.

use logto_admin::transport::HttpResponse;

use super::authorization::{form_post, redirect};
use super::{Context, backchannel, cookies, jwt, refuse};
use crate::errors::Outcome;
use crate::http::request::add_parameter;
use crate::record::text;
use crate::state::oidc::{Client, Session, SignOut};

/// A sign-out that a request asks for.
fn asked(context: &mut Context<'_>) -> Outcome<SignOut> {
    let xsrf = context.state.ids.hexadecimal(48);
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
    let id = client.as_ref().map(|client| client.id.clone());
    let uri = context.parameter("post_logout_redirect_uri");
    let expires_at = context.now.saturating_add(cookies::FORM_LIFETIME);
    let begun = SignOut { xsrf, target: None, client: id, expires_at };
    let (Some(uri), Some(client)) = (uri, client) else { return Ok(begun) };
    if !client.post_logout_redirect_uris.iter().any(|known| known == uri) {
        let description = "post_logout_redirect_uri not registered";
        return Err(refuse(400, "invalid_request", description));
    }
    let mut target = uri.to_owned();
    if let Some(state) = context.parameter("state") {
        add_parameter(&mut target, "state", state);
    }
    Ok(SignOut { target: Some(target), ..begun })
}

/// Remembers a sign-out until the browser confirms it.
pub(super) fn begin(context: &mut Context<'_>, session: String, sign_out: SignOut) {
    context.state.oidc.sign_outs.insert(session, sign_out);
}

/// Returns a page that confirms a sign-out by itself.
pub(super) fn form(context: &Context<'_>, xsrf: &str) -> HttpResponse {
    form_post(&format!("{}/session/end/confirm", context.issuer()), &[("xsrf", xsrf), ("logout", "yes")])
}

/// `/oidc/session/end`: asks the browser to confirm the sign-out.
pub(super) fn page(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let sign_out = asked(context)?;
    let cookie = context.request.cookie(cookies::SESSION).map(str::to_owned);
    let id = cookie.unwrap_or_else(|| context.state.ids.token(43));
    let mut response = form(context, &sign_out.xsrf);
    let key = key(context, &id);
    begin(context, key, sign_out);
    cookies::set(&mut response, cookies::SESSION, &id, "/");
    Ok(response)
}

/// Returns the key of the sign-out of a browser. Its session can get a new id until then.
fn key(context: &Context<'_>, id: &str) -> String {
    context.state.oidc.sessions.get(id).map_or_else(|| id.to_owned(), |session| session.uid.clone())
}

/// Ends the session, and notifies its applications. Tokens that the user has permitted for longer stay valid.
pub(super) fn confirm(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let id = context.request.cookie(cookies::SESSION).unwrap_or_default().to_owned();
    let key = key(context, &id);
    let invalid = |description| refuse(400, "invalid_request", description);
    let begun = context.state.oidc.sign_outs.get(&key).ok_or_else(|| invalid("could not find logout details"))?;
    if context.parameter("xsrf") != Some(&begun.xsrf) {
        return Err(invalid("xsrf token invalid"));
    }
    let ends_all = context.parameter("logout").is_some();
    let Some(begun) = context.state.oidc.sign_outs.remove(&key) else { return Err(crate::errors::internal()) };
    let session = context.state.oidc.sessions.get(&id).cloned();
    let (mut kept, user) = (Vec::new(), session.as_ref().map(|session| session.user.clone()).unwrap_or_default());
    for authorization in session.iter().flat_map(|session| session.authorizations.clone()) {
        if !ends_all && begun.client.as_ref() != Some(&authorization.client) {
            kept.push(authorization);
            continue;
        }
        backchannel::notify(context, &user, &authorization);
        if !authorization.persists {
            context.state.oidc.revoke(&authorization.grant);
        }
    }
    if ends_all {
        context.state.oidc.sessions.remove(&id);
    }
    let target = begun.target.unwrap_or_else(|| {
        let mut page = format!("{}/session/end/success", context.issuer());
        begun.client.iter().filter(|_| !ends_all).for_each(|client| add_parameter(&mut page, "client_id", client));
        page
    });
    let mut response = redirect(303, &target);
    if ends_all {
        cookies::remove(&mut response, cookies::SESSION, "/");
    } else if let Some(session) = session {
        let session = Session { id: context.state.ids.token(43), authorizations: kept, ..session };
        cookies::set(&mut response, cookies::SESSION, &session.id, "/");
        context.state.oidc.sessions.put(session);
    }
    Ok(response)
}
