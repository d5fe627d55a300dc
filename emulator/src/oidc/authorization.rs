//! Validates and answers authorization requests.

use logto_admin::transport::HttpResponse;

use super::{Context, refuse, scopes, third_party};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::http::request::encoded;
use crate::http::url_pattern;
use crate::providers::saml::escape;
use crate::state::State;
use crate::state::oidc::{Authorization, CODE, Client, REFRESH};

/// An error that a redirect reports to the client.
pub(super) struct Problem {
    pub error: &'static str,
    pub description: String,
    /// The scope that the client may not request.
    pub scope: Option<String>,
}

impl Problem {
    pub(super) fn new(error: &'static str, description: &str) -> Self {
        Self { error, description: description.to_owned(), scope: None }
    }

    fn invalid(description: &str) -> Self {
        Self::new("invalid_request", description)
    }

    /// Returns the error for a request that no browser makes.
    pub(super) fn refusal(self) -> Refusal {
        let refusal = refuse(400, self.error, &self.description);
        match self.scope {
            Some(scope) => refusal.with("scope", scope),
            None => refusal,
        }
    }
}

impl Authorization {
    /// Validates the client and the redirect URI. Any other problem can be reported to them.
    pub(super) fn of(context: &Context<'_>) -> Outcome<(Self, Result<(), Problem>)> {
        let client = Client::find(context.state, &context.request.origin, context.required("client_id")?)?;
        let redirect_uri = client.redirect_uri(context)?;
        let callback = (client.kind == "SAML").then(|| saml_callback(&context.request.origin, &client.id));
        let mut known = client.redirect_uris.iter().chain(&callback);
        if !known.any(|known| matches(known, &redirect_uri, &client.kind)) {
            let description = "redirect_uri did not match any of the client's registered redirect_uris";
            return Err(refuse(400, "invalid_redirect_uri", description));
        }
        let mut authorization = Self::without_redirect(context, client);
        authorization.redirect_uri = redirect_uri;
        let checked = authorization.check(context.state);
        Ok((authorization, checked))
    }

    /// Creates a request that is not answered by a redirect.
    pub(super) fn without_redirect(context: &Context<'_>, client: Client) -> Self {
        let requested = context.parameter("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty());
        let resources = context.form.all("resource").filter(|resource| !resource.is_empty());
        let mut resources: Vec<String> = resources.map(str::to_owned).collect();
        if resources.is_empty() {
            resources.extend(scopes::default_resource(context.state).map(str::to_owned));
        }
        Self {
            client,
            parameters: context.form.clone(),
            redirect_uri: String::new(),
            scopes: requested.map(str::to_owned).collect(),
            resources,
            device_code: None,
        }
    }

    fn check(&mut self, state: &State) -> Result<(), Problem> {
        match self.parameter("response_type") {
            None => return Err(Problem::invalid("missing required parameter 'response_type'")),
            Some("code") if self.client.may(CODE) => {}
            Some("code") => {
                let description = "requested response_type is not allowed for this client";
                return Err(Problem::invalid(description));
            }
            Some(_) => return Err(Problem::new("unsupported_response_type", "unsupported response_type requested")),
        }
        if !matches!(self.parameter("response_mode"), None | Some("query" | "fragment" | "form_post")) {
            return Err(Problem::new("unsupported_response_mode", "unsupported response_mode requested"));
        }
        self.check_challenge()?;
        let prompts = self.parameter("prompt").unwrap_or_default().split(' ').filter(|prompt| !prompt.is_empty());
        let prompts: Vec<&str> = prompts.collect();
        if prompts.iter().any(|prompt| !matches!(*prompt, "none" | "login" | "consent")) {
            return Err(Problem::invalid("unsupported prompt value requested"));
        }
        if prompts.contains(&"none") && prompts.len() > 1 {
            return Err(Problem::invalid("prompt none must only be used alone"));
        }
        // Refresh tokens need the consent of the user.
        if !self.prompts("consent") || !self.client.may(REFRESH) {
            self.scopes.retain(|scope| scope != "offline_access");
        }
        self.check_scopes(state)?;
        self.check_age()?;
        for indicator in &self.resources {
            if indicator != scopes::ORGANIZATIONS && scopes::resource(state, indicator).is_err() {
                return Err(Problem::new("invalid_target", "resource indicator is missing, or unknown"));
            }
        }
        Ok(())
    }

    /// Rejects a scope that the client may not request.
    pub(super) fn check_scopes(&self, state: &State) -> Result<(), Problem> {
        match self.scopes.iter().find(|scope| !third_party::may_request(state, &self.client, scope)) {
            None => Ok(()),
            Some(scope) => {
                let problem = Problem::new("invalid_scope", "requested scope is not allowed");
                Err(Problem { scope: Some(scope.clone()), ..problem })
            }
        }
    }

    /// Checks the greatest age of the sign-in. If it is zero, the user has to sign in again.
    fn check_age(&mut self) -> Result<(), Problem> {
        let Some(age) = self.parameter("max_age") else { return Ok(()) };
        let age: u32 = age.parse().map_err(|_| Problem::invalid("invalid max_age parameter value"))?;
        if age == 0 {
            self.parameters.set("max_age", "");
            let prompts = format!("{} login", self.parameter("prompt").unwrap_or_default());
            self.parameters.set("prompt", prompts.trim());
        }
        Ok(())
    }

    /// Checks the proof key (PKCE), which clients without a secret must use.
    fn check_challenge(&self) -> Result<(), Problem> {
        let method = self.parameter("code_challenge_method");
        let Some(challenge) = self.parameter("code_challenge") else {
            if method.is_some() {
                return Err(Problem::invalid("code_challenge must be provided with code_challenge_method"));
            }
            if self.client.is_public() {
                return Err(Problem::invalid("Authorization Server policy requires PKCE to be used for this request"));
            }
            return Ok(());
        };
        if method != Some("S256") {
            return Err(Problem::invalid("not supported value of code_challenge_method"));
        }
        if challenge.len() < 43 {
            return Err(Problem::invalid("code_challenge must be a string with a minimum length of 43 characters"));
        }
        Ok(())
    }

    /// Returns the redirect that answers the request.
    pub(super) fn respond(&self, issuer: &str, members: &[(&str, &str)]) -> HttpResponse {
        let state = self.parameter("state").map(|state| ("state", state));
        let members: Vec<(&str, &str)> = members.iter().copied().chain(state).chain([("iss", issuer)]).collect();
        if self.parameter("response_mode") == Some("form_post") {
            return form_post(&self.redirect_uri, &members);
        }
        let mut target = self.redirect_uri.clone();
        let in_browser = |kind: &str| kind.split(' ').any(|word| matches!(word, "token" | "id_token"));
        let fragment = match self.parameter("response_mode") {
            Some(mode) => mode == "fragment",
            // Responses with tokens must not reach servers, and neither do their errors.
            None => self.parameter("response_type").is_some_and(in_browser),
        };
        let mut separator = if fragment {
            '#'
        } else if target.contains('?') {
            '&'
        } else {
            '?'
        };
        for (name, value) in members {
            target.push(separator);
            target.push_str(&format!("{name}={}", encoded(value)));
            separator = '&';
        }
        redirect(303, &target)
    }

    /// Returns the redirect that reports a problem.
    pub(super) fn report(&self, issuer: &str, problem: &Problem) -> HttpResponse {
        let members = [("error", problem.error), ("error_description", &problem.description)];
        let scope = problem.scope.as_deref().map(|scope| ("scope", scope));
        self.respond(issuer, &members.into_iter().chain(scope).collect::<Vec<_>>())
    }
}

/// Returns where users of a SAML application return to after the sign-in.
pub(crate) fn saml_callback(origin: &str, application: &str) -> String {
    format!("{origin}/api/saml-applications/{application}/callback")
}

/// Returns whether a URI is the registered one, or matches its wildcards. Native applications may listen on any port of
/// the loopback interface.
fn matches(registered: &str, uri: &str, kind: &str) -> bool {
    let without_port = |uri: &str| -> Option<String> {
        let rest = uri.strip_prefix("http://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        matches!(host, "localhost" | "127.0.0.1" | "[::1]").then(|| format!("{host}{path}"))
    };
    registered == uri
        || url_pattern::matches(registered, uri)
        || kind == "Native" && without_port(registered).is_some_and(|known| Some(known) == without_port(uri))
}

/// Returns a redirect.
pub(crate) fn redirect(status: u16, target: &str) -> HttpResponse {
    let mut response = reply::text(status, "text/html; charset=utf-8", format!("Redirecting to {}.", escape(target)));
    response.headers.set("location", target.to_owned());
    response
}

/// Returns a page that posts the members as a form.
pub(crate) fn form_post(target: &str, members: &[(&str, &str)]) -> HttpResponse {
    let fields: String = members
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\"/>", escape(value)))
        .collect();
    let form = format!("<form id=\"redirectForm\" method=\"post\" action=\"{}\">{fields}</form>", escape(target));
    let page = "<!doctype html><html><head><title>Continue</title></head>";
    let page = format!("{page}<body onload=\"document.forms[0].submit()\">{form}</body></html>\n");
    reply::text(200, "text/html; charset=utf-8", page)
}

/// Returns the error for a client that must not make this request.
pub(super) fn not_allowed(description: &str) -> Refusal {
    refuse(400, "invalid_request", description)
}
