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
mod endpoints;
mod flow;
pub(crate) mod interactions;
mod introspection;
pub(crate) mod jwt;
mod one_time_token;
mod page_origins;
mod pushed;
mod revocation;
pub(crate) mod scopes;
mod third_party;
mod token;
mod ungranted_scopes;
mod userinfo;

pub(crate) use authorization::{form_post, redirect, saml_callback};
pub(crate) use endpoints::answer;
pub(crate) use flow::page_of;

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
        self.parameter(name).ok_or_else(|| missing_parameters(&[name]))
    }

    /// Rejects a request that lacks one of these parameters.
    pub(crate) fn require(&self, names: &[&str]) -> Outcome<()> {
        let missing: Vec<&str> = names.iter().copied().filter(|name| self.parameter(name).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(missing_parameters(&missing)) }
    }

    /// Returns the seconds since the epoch.
    pub(crate) const fn seconds(&self) -> i64 {
        self.now.div_euclid(1000)
    }
}

fn missing_parameters(names: &[&str]) -> Refusal {
    let noun = if names.len() == 1 { "parameter" } else { "parameters" };
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    refuse(400, "invalid_request", &format!("missing required {noun} {}", names.join(" and ")))
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
