//! Applications as clients of the provider, and their authentication.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::Value;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::{Context, refuse};
use crate::collections::{APPLICATION_SECRETS, APPLICATIONS};
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record};
use crate::state::State;

pub(crate) const CODE: &str = "authorization_code";
pub(crate) const REFRESH: &str = "refresh_token";
pub(crate) const CREDENTIALS: &str = "client_credentials";
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant types that the provider supports.
pub(crate) const GRANTS: [&str; 5] = [CODE, REFRESH, CREDENTIALS, EXCHANGE, DEVICE];

/// An application as a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub id: String,
    /// The type of the application.
    pub kind: String,
    pub is_third_party: bool,
    /// The settings in `customClientMetadata`.
    pub settings: Members,
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
}

impl Client {
    /// Returns the client of an application.
    pub(crate) fn find(state: &State, id: &str) -> Outcome<Self> {
        let application = state.store.get(&APPLICATIONS, id);
        let application = application.ok_or_else(|| refuse(400, "invalid_client", &format!("invalid client {id}")))?;
        let client = Self::of(application);
        // The provider loads a client only if its metadata is complete.
        if client.may(CODE) && client.redirect_uris.is_empty() && client.kind != "SAML" {
            return Err(refuse(400, "invalid_redirect_uri", "redirect_uris must contain members"));
        }
        Ok(client)
    }

    fn of(application: &Record) -> Self {
        let members =
            |name: &str| application.members.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let metadata = members("oidcClientMetadata");
        let texts = |name: &str| -> Vec<String> {
            let list = metadata.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            id: application.id.clone(),
            kind: application.text("type").to_owned(),
            is_third_party: application.is_true("isThirdParty"),
            settings: members("customClientMetadata"),
            redirect_uris: texts("redirectUris"),
            post_logout_redirect_uris: texts("postLogoutRedirectUris"),
        }
    }

    fn is_set(&self, setting: &str) -> Option<bool> {
        self.settings.get(setting).and_then(Value::as_bool)
    }

    /// Returns a setting that is a number.
    pub(crate) fn number(&self, setting: &str) -> Option<i64> {
        self.settings.get(setting).and_then(Value::as_f64).map(|number| number as i64)
    }

    /// Whether the application cannot keep a secret, and therefore does not authenticate.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.kind.as_str(), "Native" | "SPA")
    }

    pub(crate) fn uses_device_flow(&self) -> bool {
        self.is_set("isDeviceFlow") == Some(true)
    }

    pub(crate) fn always_refreshes(&self) -> bool {
        self.is_set("alwaysIssueRefreshToken") == Some(true)
    }

    pub(crate) fn rotates_refresh_tokens(&self) -> bool {
        self.is_set("rotateRefreshToken") != Some(false)
    }

    /// Returns whether the application may use a grant type.
    pub(crate) fn may(&self, grant: &str) -> bool {
        let signs_in = !matches!(self.kind.as_str(), "MachineToMachine" | "SAML");
        match grant {
            CREDENTIALS => self.kind == "MachineToMachine",
            EXCHANGE => self.is_set("allowTokenExchange") == Some(true),
            DEVICE => signs_in && self.uses_device_flow(),
            CODE => (signs_in || self.kind == "SAML") && !self.uses_device_flow(),
            REFRESH => signs_in,
            _ => false,
        }
    }
}

/// Authenticates the application that makes a request.
pub(crate) fn authenticate(context: &Context<'_>) -> Outcome<Client> {
    let (id, secret) = credentials(context)?;
    let client = Client::find(context.state, &id)?;
    let failed = || refuse(401, "invalid_client", "client authentication failed");
    if client.is_public() && secret.is_none() {
        return Ok(client);
    }
    let secret = secret.ok_or_else(failed)?;
    let mut secrets = context.state.store.all(&APPLICATION_SECRETS).filter(|record| record.text("applicationId") == id);
    let record = secrets.find(|record| record.text("value") == secret).ok_or_else(failed)?;
    let expired = record.members.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= context.now as f64);
    if expired { Err(invalid("client secret has expired")) } else { Ok(client) }
}

/// Returns the id and secret from the `Authorization` header or, without that header, from the form.
pub(crate) fn credentials(context: &Context<'_>) -> Outcome<(String, Option<String>)> {
    let (id, secret) = (context.parameter("client_id"), context.parameter("client_secret"));
    let Some(header) = context.request.headers.get("authorization") else {
        let id = id.ok_or_else(|| invalid("no client authentication mechanism provided"))?;
        return Ok((id.to_owned(), secret.map(str::to_owned)));
    };
    let (basic_id, basic_secret) = basic(header).ok_or_else(|| invalid("invalid authorization header value format"))?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(invalid("mismatch in body and authorization client ids"));
    }
    if secret.is_some() {
        return Err(invalid("client authentication must only be provided using one mechanism"));
    }
    Ok((basic_id, Some(basic_secret)))
}

/// Decodes a `Basic` header. Id and secret are each form-encoded before they are joined (RFC 6749).
fn basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((decode(id)?, decode(secret)?))
}

fn invalid(description: &str) -> Refusal {
    refuse(400, "invalid_request", description)
}
