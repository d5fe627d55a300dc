//! The endpoint of each route.

use logto_admin::serde_json::{self, Value};
use logto_admin::transport::{HttpResponse, Method};

use super::{
    Context, device, device_page, discovery, end_session, flow, introspection, issuer, page_origins, pushed, refuse,
    revocation, token, userinfo,
};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::http::request::{Incoming, Query};
use crate::state::State;

/// Handles a request below `/oidc`.
pub(crate) fn answer(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    state.oidc.tidy(now);
    let form = if request.method == Method::Post { form(request) } else { request.query.clone() };
    let mut context = Context { request, form, now, state };
    let is_plain = request.query.get("parse_error") == Some("false");
    let shown = |refusal: Refusal| if is_plain { refusal.of_oauth() } else { refusal };
    let route = request.path.strip_prefix("/oidc").unwrap_or_default().trim_end_matches('/');
    let mut response = match page_origins::refusal(&context, route) {
        // The page cannot read it.
        Some(refusal) => shown(refusal).into_response().header("vary", "Origin"),
        None => serve(&mut context, route).unwrap_or_else(|refusal| shown(refusal).into_response()),
    };
    if !response.headers.contains("cache-control") {
        response.headers.set("cache-control", "no-store");
    }
    if route == "/me" && response.status >= 400 {
        userinfo::challenge(&issuer(request), &mut response);
    } else if response.status == 401 && request.headers.contains("authorization") {
        let challenge = "error=\"invalid_client\", error_description=\"client authentication failed\"";
        response.headers.set("www-authenticate", format!("Basic realm=\"{}\", {challenge}", issuer(request)));
    }
    response
}

fn serve(context: &mut Context<'_>, route: &str) -> Outcome<HttpResponse> {
    match (context.request.method, route) {
        (
            Method::Get | Method::Head,
            "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server",
        ) => Ok(discovery::configuration(context)),
        (Method::Get | Method::Head, "/jwks") => Ok(discovery::keys(context)),
        (Method::Get | Method::Post, "/auth") => flow::begin(context),
        (Method::Post, "/request") => pushed::push(context),
        (Method::Post, "/token") => token::issue(context),
        (Method::Get | Method::Post, "/me") => userinfo::answer(context),
        (Method::Post, "/device/auth") => device::begin(context),
        (Method::Get | Method::Post, "/device") => device_page::page(context),
        (Method::Get | Method::Post, "/session/end") => end_session::page(context),
        (Method::Post, "/session/end/confirm") => end_session::confirm(context),
        (Method::Get, "/session/end/success") => Ok(reply::page()),
        (Method::Post, "/token/introspection") => introspection::introspect(context),
        (Method::Post, "/token/revocation") => revocation::revoke(context),
        (Method::Get, route) if route.starts_with("/auth/") || route.starts_with("/device/") => flow::resume(context),
        (method, route) => {
            let description = format!("unrecognized route or not allowed method ({method} on {route})");
            Err(refuse(404, "invalid_request", &description))
        }
    }
}

/// Parses a form. Like the server, it also accepts JSON.
fn form(request: &Incoming) -> Query {
    let text = String::from_utf8_lossy(&request.body);
    let members = serde_json::from_str::<Value>(&text).ok().and_then(|value| value.as_object().cloned());
    members.map_or_else(
        || Query::parse(&text),
        |members| members.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect(),
    )
}
