//! Validates and answers authorization requests.

use std::collections::BTreeSet;

use logto_admin::transport::HttpResponse;

use super::{Context, jwt, refuse, scopes, third_party};
use crate::document::formats::is_url;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::http::request::form_encoded;
use crate::http::url_pattern;
use crate::providers::saml::escape;
use crate::record::text;
use crate::state::State;
use crate::state::oidc::{Authorization, CODE, Client, REFRESH};

/// The ways in which a response reaches the client.
const MODES: [&str; 3] = ["query", "fragment", "form_post"];
/// The parameters that only requests for an ID token have.
const OF_OPENID: [&str; 5] = ["acr_values", "claims_locales", "id_token_hint", "max_age", "nonce"];

/// An error that a redirect reports to the client.
pub(super) struct Problem {
    pub error: &'static str,
    /// Empty if the provider does not describe the error.
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
    /// Validates a request of a browser. A problem can be reported to the client, unless its address is unknown.
    pub(super) fn of(context: &mut Context<'_>) -> Outcome<(Self, Result<(), Problem>)> {
        let client = Client::find(context.state, &context.request.origin, context.required("client_id")?)?;
        let redirect_uri = client.redirect_uri(context);
        let callback = (client.kind == "SAML").then(|| saml_callback(&context.request.origin, &client.id));
        let mut known = client.redirect_uris.iter().chain(&callback);
        if redirect_uri.as_ref().is_some_and(|uri| !known.any(|known| matches(known, uri, &client.kind))) {
            let description = "redirect_uri did not match any of the client's registered redirect_uris";
            return Err(refuse(400, "invalid_redirect_uri", description));
        }
        let mut authorization = Self::without_redirect(context, client);
        authorization.redirect_uri = redirect_uri.unwrap_or_default();
        match authorization.check(context) {
            Err(problem) if authorization.redirect_uri.is_empty() => Err(problem.refusal()),
            checked => Ok((authorization, checked)),
        }
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

    /// Checks the parameters in the order of the provider. It reports one problem.
    fn check(&mut self, context: &mut Context<'_>) -> Result<(), Problem> {
        self.check_response()?;
        if self.redirect_uri.is_empty() {
            return Err(Problem::invalid("missing required parameter 'redirect_uri'"));
        }
        self.check_prompts()?;
        // Refresh tokens need the consent of the user.
        if !self.prompts("consent") || !self.client.may(REFRESH) {
            self.scopes.retain(|scope| scope != "offline_access");
        }
        self.check_scopes(context.state)?;
        self.check_challenge()?;
        self.check_details(context)
    }

    /// Checks the type of the response, and how the browser carries it.
    fn check_response(&self) -> Result<(), Problem> {
        let mode = self.parameter("response_mode");
        if mode.is_some_and(|mode| !MODES.contains(&mode)) {
            return Err(Problem::new("unsupported_response_mode", "unsupported response_mode requested"));
        }
        if mode == Some("query") && self.is_front_channel() {
            let description = "requested response_mode is not allowed for the requested response_type";
            return Err(Problem::invalid(description));
        }
        let kind = self.parameter("response_type");
        let kind = kind.ok_or_else(|| Problem::invalid("missing required parameter 'response_type'"))?;
        let words: BTreeSet<&str> = kind.split(' ').collect();
        match words.into_iter().collect::<Vec<_>>().as_slice() {
            ["code"] if self.client.may(CODE) => Ok(()),
            // The provider has these types, but no client.
            ["code"] | ["none"] | ["id_token"] | ["code", "id_token"] => {
                Err(Problem::invalid("requested response_type is not allowed for this client"))
            }
            _ => Err(Problem::new("unsupported_response_type", "unsupported response_type requested")),
        }
    }

    fn check_prompts(&self) -> Result<(), Problem> {
        let prompts = self.parameter("prompt").unwrap_or_default().split(' ').filter(|prompt| !prompt.is_empty());
        let prompts: Vec<&str> = prompts.collect();
        if prompts.iter().any(|prompt| !matches!(*prompt, "none" | "login" | "consent")) {
            return Err(Problem::invalid("unsupported prompt value requested"));
        }
        if prompts.contains(&"none") && prompts.len() > 1 {
            return Err(Problem::invalid("prompt none must only be used alone"));
        }
        Ok(())
    }

    /// Rejects a forbidden scope, and parameters that need the scope `openid`.
    pub(super) fn check_scopes(&self, state: &State) -> Result<(), Problem> {
        if let Some(scope) = self.scopes.iter().find(|scope| !third_party::may_request(state, &self.client, scope)) {
            let problem = Problem::new("invalid_scope", "requested scope is not allowed");
            return Err(Problem { scope: Some(scope.clone()), ..problem });
        }
        let openid = self.scopes.iter().any(|scope| scope == "openid");
        match OF_OPENID.iter().find(|name| !openid && self.parameter(name).is_some()) {
            Some(name) => {
                let description = format!("openid scope must be requested when using the {name} parameter");
                Err(Problem::invalid(&description))
            }
            None => Ok(()),
        }
    }

    /// Checks the resources, and what the client requires of the sign-in.
    pub(super) fn check_details(&mut self, context: &mut Context<'_>) -> Result<(), Problem> {
        self.check_resources(context.state)?;
        self.check_age()?;
        if self.parameter("id_token_hint").is_some() && self.hinted_user(context).is_none() {
            return Err(Problem::invalid("could not validate id_token_hint"));
        }
        Ok(())
    }

    fn check_resources(&self, state: &State) -> Result<(), Problem> {
        for indicator in self.resources.iter().filter(|indicator| *indicator != scopes::ORGANIZATIONS) {
            let description = match () {
                () if !is_url(indicator) => "resource indicator must be an absolute URI",
                () if indicator.contains('#') => "resource indicator must not contain a fragment component",
                () if scopes::resource(state, indicator).is_err() => "resource indicator is missing, or unknown",
                () => continue,
            };
            return Err(Problem::new("invalid_target", description));
        }
        Ok(())
    }

    /// Returns the user of the ID token that the client has sent. `None` if the token is invalid. Ignores its expiry.
    pub(super) fn hinted_user(&self, context: &mut Context<'_>) -> Option<String> {
        let (hint, issuer) = (self.parameter("id_token_hint")?, context.issuer());
        let claims = jwt::open(context.state, hint).ok()?;
        let is_own = text(&claims, "aud") == self.client.id && text(&claims, "iss") == issuer;
        is_own.then(|| text(&claims, "sub").to_owned()).filter(|user| !user.is_empty())
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
        let (challenge, method) = (self.parameter("code_challenge"), self.parameter("code_challenge_method"));
        let description = match (challenge, method) {
            (Some(_), None) => "code_challenge_method must be provided",
            (_, Some(method)) if method != "S256" => "not supported value of code_challenge_method",
            (None, Some(_)) => "code_challenge must be provided with code_challenge_method",
            (None, None) if self.client.is_public() => {
                "Authorization Server policy requires PKCE to be used for this request"
            }
            (Some(challenge), _) if challenge.len() < 43 => {
                "code_challenge must be a string with a minimum length of 43 characters"
            }
            (Some(challenge), _) if challenge.len() > 128 => {
                "code_challenge must be a string with a maximum length of 128 characters"
            }
            (Some(challenge), _) if !challenge.bytes().all(is_of_challenge) => {
                "code_challenge contains invalid characters"
            }
            _ => return Ok(()),
        };
        Err(Problem::invalid(description))
    }

    /// Whether the response type has tokens. They must not reach servers, and neither do errors.
    fn is_front_channel(&self) -> bool {
        self.parameter("response_type").is_some_and(|kind| kind.contains("token"))
    }

    /// Returns the redirect that answers the request.
    pub(super) fn respond(&self, issuer: &str, members: &[(&str, &str)]) -> HttpResponse {
        let state = self.parameter("state").map(|state| ("state", state));
        let members: Vec<(&str, &str)> = members.iter().copied().chain(state).chain([("iss", issuer)]).collect();
        if self.parameter("response_mode") == Some("form_post") {
            return form_post(&self.redirect_uri, &members);
        }
        let fragment = match self.parameter("response_mode").filter(|mode| MODES.contains(mode)) {
            Some(mode) => mode == "fragment",
            None => self.is_front_channel(),
        };
        let mut target = with_path(&self.redirect_uri);
        let mut separator = if fragment {
            '#'
        } else if target.contains('?') {
            '&'
        } else {
            '?'
        };
        for (name, value) in members {
            target.push(separator);
            target.push_str(&format!("{name}={}", form_encoded(value)));
            separator = '&';
        }
        redirect(303, &target)
    }

    /// Returns the redirect that reports a problem.
    pub(super) fn report(&self, issuer: &str, problem: &Problem) -> HttpResponse {
        let described = Some(("error_description", problem.description.as_str()));
        let described = described.filter(|(_, description)| !description.is_empty());
        let scope = problem.scope.as_deref().map(|scope| ("scope", scope));
        let members = [("error", problem.error)].into_iter().chain(described).chain(scope);
        self.respond(issuer, &members.collect::<Vec<_>>())
    }
}

/// Returns whether a challenge can contain a character.
fn is_of_challenge(character: u8) -> bool {
    character.is_ascii_alphanumeric() || b"_.-~".contains(&character)
}

/// Returns a URI as URL parsers write it. An address of a website has a path.
fn with_path(uri: &str) -> String {
    let is_web = uri.starts_with("http://") || uri.starts_with("https://");
    let authority = uri.find("://").map(|at| at + 3).filter(|_| is_web);
    let rest = authority.and_then(|at| uri.get(at..)).unwrap_or("/");
    match rest.find(['/', '?', '#']) {
        Some(at) if rest.get(at..).is_some_and(|rest| rest.starts_with('/')) => uri.to_owned(),
        Some(at) => {
            let (address, query) = uri.split_at_checked(uri.len() - rest.len() + at).unwrap_or((uri, ""));
            format!("{address}/{query}")
        }
        None => format!("{uri}/"),
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
