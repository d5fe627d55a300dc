//! `/oidc/token`: client credentials, and the exchange of a subject token for a user's access token.

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpResponse, Method};

use crate::client_auth::{self, Client};
use crate::collections::{ORGANIZATION_SCOPES, PERSONAL_ACCESS_TOKENS, RESOURCES, SCOPES};
use crate::errors::{Outcome, Refusal};
use crate::formats::is_url;
use crate::reply;
use crate::request::{Incoming, Query};
use crate::state::{State, UserToken};
use crate::tokens;

const LIFETIME: i64 = 3600;
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL_ACCESS_TOKEN: &str = "urn:logto:token-type:personal_access_token";

/// Returns an error in both OAuth's and Logto's format.
pub(crate) fn refuse(status: u16, error: &str, description: &str) -> Refusal {
    let message = format!("The token endpoint rejected the request: {error}.");
    let refusal = Refusal::new(status, &format!("oidc.{error}"), message);
    refusal.with("error", error).with("error_description", description)
}

/// A token request.
struct Grant<'a> {
    request: &'a Incoming,
    form: &'a Query,
    client: Client,
    now: i64,
}

/// Handles a request below `/oidc`.
pub(crate) fn answer(request: &Incoming, state: &mut State, now: i64) -> HttpResponse {
    let response = serve(request, state, now).unwrap_or_else(Refusal::into_response);
    let mut response = response.header("cache-control", "no-store");
    if response.status == 401 && request.headers.contains("authorization") {
        let challenge = format!("Basic realm=\"{}\", error=\"invalid_client\"", issuer(request));
        response.headers.set("www-authenticate", challenge);
    }
    response
}

fn serve(request: &Incoming, state: &mut State, now: i64) -> Outcome<HttpResponse> {
    let route = request.path.strip_prefix("/oidc").unwrap_or_default().trim_end_matches('/');
    if route != "/token" || request.method != Method::Post {
        let description = format!("unrecognized route or not allowed method ({} on {route})", request.method);
        return Err(refuse(404, "invalid_request", &description));
    }
    let form = form(request);
    let client = client_auth::authenticate(request, &form, state, now)?;
    let kind = form
        .get("grant_type")
        .ok_or_else(|| refuse(400, "invalid_request", "missing required parameter 'grant_type'"))?;
    let grant = Grant { request, form: &form, client, now };
    let answer = match kind {
        "client_credentials" => grant.application_token(state)?,
        EXCHANGE => grant.user_token(state)?,
        _ => return Err(refuse(400, "unsupported_grant_type", "unsupported grant_type requested")),
    };
    Ok(reply::json(200, &answer))
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

fn issuer(request: &Incoming) -> String {
    format!("{}/oidc", request.origin)
}

/// A kind of members of organizations, with the names of its links.
struct Member {
    collection: &'static str,
    members: &'static str,
    roles: &'static str,
    refusal: &'static str,
}

const APPLICATION: Member = Member {
    collection: "applications",
    members: "organization_applications",
    roles: "organization_application_roles",
    refusal: "app has not associated with the organization",
};

const USER: Member = Member {
    collection: "users",
    members: "organization_users",
    roles: "organization_user_roles",
    refusal: "user is not a member of the organization",
};

impl Grant<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.form.get(name).filter(|value| !value.is_empty())
    }

    fn application_token(&self, state: &mut State) -> Outcome<Value> {
        if self.client.kind != "MachineToMachine" {
            return Err(not_allowed());
        }
        match (self.parameter("resource"), self.parameter("organization_id")) {
            (_, Some(organization)) => self.organization_token(state, organization, &APPLICATION, &self.client.id),
            (Some(resource), None) => {
                let granted = self.granted(state, resource)?;
                let scope = (!granted.is_empty()).then_some(granted);
                Ok(self.signed(state, &self.client.id, resource, scope))
            }
            (None, None) => {
                let description = "both `resource` and `organization_id` are not provided";
                Err(refuse(400, "invalid_target", description))
            }
        }
    }

    /// Returns the requested scopes that the roles of the application permit.
    fn granted(&self, state: &State, resource: &str) -> Outcome<String> {
        let resource = known_resource(state, resource)?;
        let links = &state.store.links;
        let application = [("applications", self.client.id.as_str())];
        let mut permitted = Vec::new();
        for role in links.ids("applications_roles", "roles", &application) {
            permitted.extend(links.ids("roles_scopes", "scopes", &[("roles", role)]).map(str::to_owned));
        }
        let scopes = permitted.iter().filter_map(|id| state.store.get(&SCOPES, id));
        let names: Vec<&str> =
            scopes.filter(|scope| scope.text("resourceId") == resource).map(|scope| scope.text("name")).collect();
        Ok(self.wanted_of(&names))
    }

    /// Returns the requested scopes that are in `names`, in the order of the request.
    fn wanted_of(&self, names: &[&str]) -> String {
        let wanted = self.parameter("scope").unwrap_or_default();
        wanted.split(' ').filter(|scope| names.contains(scope)).collect::<Vec<_>>().join(" ")
    }

    /// Returns a token for a member of an organization, with the scopes of its roles there.
    fn organization_token(&self, state: &mut State, organization: &str, kind: &Member, member: &str) -> Outcome<Value> {
        let links = &state.store.links;
        if !links.has(kind.members, &[organization.to_owned(), member.to_owned()]) {
            return Err(refuse(403, "access_denied", kind.refusal));
        }
        let of_member = [("organizations", organization), (kind.collection, member)];
        let permitted = links.organization_scopes(kind.roles, &of_member);
        let scopes = permitted.iter().filter_map(|id| state.store.get(&ORGANIZATION_SCOPES, id));
        let names: Vec<&str> = scopes.map(|scope| scope.text("name")).collect();
        let scope = self.wanted_of(&names);
        Ok(self.signed(state, member, &format!("urn:logto:organization:{organization}"), Some(scope)))
    }

    /// Exchanges a subject token for an access token. Without a resource, the token is for the user's own account.
    fn user_token(&self, state: &mut State) -> Outcome<Value> {
        if !self.client.may_exchange {
            return Err(not_allowed());
        }
        let subject = self.parameter("subject_token").unwrap_or_default();
        let user = match self.parameter("subject_token_type") {
            Some(PERSONAL_ACCESS_TOKEN) => owner(state, subject, self.now),
            Some(ACCESS_TOKEN) => state
                .subject_tokens
                .get(subject)
                .filter(|known| known.expires_at > self.now)
                .map(|known| known.user.clone()),
            _ => return Err(refuse(400, "invalid_request", "unsupported subject token type")),
        };
        let user = user.ok_or_else(|| refuse(400, "invalid_grant", "grant request is invalid"))?;
        let answer = match (self.parameter("organization_id"), self.parameter("resource")) {
            (Some(organization), _) => self.organization_token(state, organization, &USER, &user)?,
            (None, Some(resource)) => {
                known_resource(state, resource)?;
                self.signed(state, &user, resource, Some(String::new()))
            }
            (None, None) => self.account_token(state, user.clone()),
        };
        state.subject_tokens.remove(subject);
        state.activity.record(&user, self.now);
        Ok(answer)
    }

    /// Returns a token for the account of a user.
    fn account_token(&self, state: &mut State, user: String) -> Value {
        let token = state.ids.token(43);
        let expires_at = self.now.saturating_add(LIFETIME * 1000);
        let scope = self.parameter("scope").unwrap_or_default().to_owned();
        state.user_tokens.insert(token.clone(), UserToken { scope: scope.clone(), user, expires_at });
        json!({ "access_token": token, "expires_in": LIFETIME, "scope": scope, "token_type": "Bearer" })
    }

    fn signed(&self, state: &mut State, subject: &str, audience: &str, scope: Option<String>) -> Value {
        let issued_at = self.now.div_euclid(1000);
        let mut claims = json!({
            "jti": state.ids.token(43),
            "sub": subject,
            "iat": issued_at,
            "exp": issued_at.saturating_add(LIFETIME),
            "client_id": self.client.id,
            "iss": issuer(self.request),
            "aud": audience,
        });
        let mut answer = json!({ "expires_in": LIFETIME, "token_type": "Bearer" });
        for object in [&mut claims, &mut answer] {
            if let (Some(members), Some(scope)) = (object.as_object_mut(), &scope) {
                members.insert("scope".to_owned(), scope.clone().into());
            }
        }
        if let Some(members) = answer.as_object_mut() {
            members.insert("access_token".to_owned(), tokens::issue(state.seed, &claims).into());
        }
        answer
    }
}

/// Returns the user of a valid personal access token.
fn owner(state: &State, token: &str, now: i64) -> Option<String> {
    let record = state.store.all(&PERSONAL_ACCESS_TOKENS).find(|record| record.text("value") == token)?;
    let expiry = record.members.get("expiresAt").and_then(Value::as_f64);
    expiry.is_none_or(|at| at > now as f64).then(|| record.text("userId").to_owned())
}

fn not_allowed() -> Refusal {
    refuse(400, "invalid_request", "requested grant type is not allowed for this client")
}

/// Returns the id of the resource with this indicator.
fn known_resource(state: &State, indicator: &str) -> Outcome<String> {
    if !is_url(indicator) {
        return Err(refuse(400, "invalid_target", "resource indicator must be an absolute URI"));
    }
    let resource = state.store.all(&RESOURCES).find(|resource| resource.text("indicator") == indicator);
    let unknown = || refuse(400, "invalid_target", "resource indicator is missing, or unknown");
    Ok(resource.ok_or_else(unknown)?.id.clone())
}
