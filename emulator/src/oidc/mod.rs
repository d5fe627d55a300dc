//! The `OpenID` Connect provider below `/oidc`.

mod audit;
mod authorization;
mod backchannel;
pub(crate) mod claims;
mod client;
pub(crate) mod consent;
pub(crate) mod cookies;
mod device;
pub(crate) mod device_page;
mod discovery;
mod end_session;
mod flow;
pub(crate) mod interactions;
mod introspection;
pub(crate) mod jwt;
mod missing;
mod pushed;
mod revocation;
pub(crate) mod scopes;
mod third_party;
mod token;
mod userinfo;

use logto_admin::serde_json::{self, Value};
use logto_admin::transport::{HttpResponse, Method};

pub(crate) use authorization::{form_post, redirect, saml_callback};

use crate::errors::{Outcome, Refusal};
use crate::http::request::{Incoming, Query};
use crate::state::State;

/// A request to the provider.
pub(crate) struct Context<'a> {
    pub request: &'a Incoming,
    /// The members of the body or, in a GET request, of the query.
    pub form: Query,
    /// Milliseconds since the epoch.
    pub now: i64,
    pub state: &'a mut State,
}

impl Context<'_> {
    pub(crate) fn issuer(&self) -> String {
        issuer(self.request)
    }

    /// Returns a parameter that is not empty.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.form.get(name).filter(|value| !value.is_empty())
    }

    /// Returns a parameter that the request must have.
    pub(crate) fn required(&self, name: &str) -> Outcome<&str> {
        let missing = || refuse(400, "invalid_request", &format!("missing required parameter '{name}'"));
        self.parameter(name).ok_or_else(missing)
    }

    /// Returns the seconds since the epoch.
    pub(crate) const fn seconds(&self) -> i64 {
        self.now.div_euclid(1000)
    }
}

/// Returns the issuer of the tokens that a request asks for.
pub(crate) fn issuer(request: &Incoming) -> String {
    format!("{}/oidc", request.origin)
}

/// Returns an error in both OAuth's and Logto's format.
pub(crate) fn refuse(status: u16, error: &str, description: &str) -> Refusal {
    let refusal = Refusal::usual(status, &format!("oidc.{error}"));
    let refusal = if error == "invalid_grant" {
        refusal.with("error_uri", "https://openid.sh/debug/invalid_grant")
    } else {
        refusal
    };
    refusal.with("error", error).with("error_description", description)
}

/// Returns the error for codes and tokens that cannot be exchanged. The reason stays with the server.
pub(crate) fn invalid_grant() -> Refusal {
    refuse(400, "invalid_grant", "grant request is invalid")
}

/// Handles a request below `/oidc`.
pub(crate) fn answer(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    state.oidc.tidy(now);
    let form = if request.method == Method::Post { form(request) } else { request.query.clone() };
    let mut context = Context { request, form, now, state };
    let mut response = serve(&mut context).unwrap_or_else(Refusal::into_response);
    if !response.headers.contains("cache-control") {
        response.headers.set("cache-control", "no-store");
    }
    if response.status == 401 && request.headers.contains("authorization") {
        let (scheme, challenge) = match bearer(request) {
            Some(_) => ("Bearer", "error=\"invalid_token\", error_description=\"invalid token provided\""),
            None => ("Basic", "error=\"invalid_client\", error_description=\"client authentication failed\""),
        };
        response.headers.set("www-authenticate", format!("{scheme} realm=\"{}\", {challenge}", issuer(request)));
    }
    response
}

/// Returns the access token of the `Authorization` header. The case of `Bearer` does not matter.
fn bearer(request: &Incoming) -> Option<&str> {
    let (scheme, token) = request.headers.get("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn serve(context: &mut Context<'_>) -> Outcome<HttpResponse> {
    let route = context.request.path.strip_prefix("/oidc").unwrap_or_default().trim_end_matches('/').to_owned();
    match (context.request.method, route.as_str()) {
        (Method::Get | Method::Head, "/.well-known/openid-configuration") => Ok(discovery::configuration(context)),
        (Method::Get | Method::Head, "/jwks") => Ok(discovery::keys(context)),
        (Method::Get | Method::Post, "/auth") => flow::begin(context),
        (Method::Post, "/request") => pushed::push(context),
        (Method::Post, "/token") => token::issue(context),
        (Method::Get | Method::Post, "/me") => userinfo::answer(context),
        (Method::Post, "/device/auth") => device::begin(context),
        (Method::Get | Method::Post, "/device") => device_page::page(context),
        (Method::Get | Method::Post, "/session/end") => end_session::page(context),
        (Method::Post, "/session/end/confirm") => end_session::confirm(context),
        (Method::Post, "/token/introspection") => introspection::introspect(context),
        (Method::Post, "/token/revocation") => revocation::revoke(context),
        (Method::Get, route) if route.starts_with("/auth/") || route.starts_with("/device/") => {
            let id = route.rsplit('/').next().unwrap_or_default();
            flow::resume(context, id)
        }
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
