//! Sign-ins at the providers of enterprise single sign-on.
//!
//! The emulator does not call providers. The data that a client passes on from the provider is the profile itself:
//! `code`, `state`, `userId`, and optionally `email`, `name`, `avatar` and further claims. It can also consist of the
//! standard claims of an ID token, as in tests of the server itself. A SAML connector can get the profile from a SAML
//! response instead, whose signature is not checked.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::Value;

use crate::dates::iso;
use crate::errors::{Outcome, Refusal};
use crate::http::request::add_parameter;
use crate::providers::saml::{self, Assertion};
use crate::providers::sso::{Protocol, provider_of};
use crate::record::{Members, Record, text};
use crate::state::State;

/// A sign-in that has been sent to a provider.
pub(crate) struct Begun<'a> {
    pub connector: &'a Record,
    pub origin: &'a str,
    /// The state of the client.
    pub state: &'a str,
    pub redirect_uri: &'a str,
    /// The id of the interaction, which a SAML provider returns.
    pub interaction: &'a str,
}

impl Begun<'_> {
    fn details(&self, now: i64) -> Outcome<Value> {
        let config = self.connector.members.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        let provider = provider_of(self.connector);
        let details = provider.and_then(|provider| provider.details(&self.connector.id, &config, self.origin, now));
        details.ok_or_else(|| Refusal::usual(400, "connector.invalid_config"))
    }

    /// Returns the address at which the user signs in. Also returns the issuer of the connector's identities.
    pub(crate) fn address_and_issuer(&self, state: &mut State, now: i64) -> Outcome<(String, String)> {
        let details = self.details(now)?;
        let issuer = details.get("issuer").or_else(|| details.pointer("/identityProvider/entityId"));
        let issuer = issuer.and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((self.address(&details, state, now), issuer))
    }

    fn address(&self, details: &Value, state: &mut State, now: i64) -> String {
        let text = |path: &str| details.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        if provider_of(self.connector).is_some_and(|provider| provider.protocol == Protocol::Saml) {
            let [acs, entity] =
                ["assertionConsumerServiceUrl", "entityId"].map(|name| text(&format!("/serviceProvider/{name}")));
            let endpoint = text("/identityProvider/signInEndpoint");
            let request = saml::request(&state.ids.hexadecimal(32), &iso(now), &endpoint, &acs, &entity);
            let request = STANDARD.encode(miniz_oxide::deflate::compress_to_vec(request.as_bytes(), 6));
            return with_query(endpoint, &[("SAMLRequest", &request), ("RelayState", self.interaction)]);
        }
        let prompts = details.get("prompts").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let prompt = prompts.collect::<Vec<_>>().join(" ");
        let parameters = [
            ("state", self.state),
            ("nonce", &state.ids.id(21)),
            ("client_id", &text("/clientId")),
            ("response_type", "code"),
            ("redirect_uri", self.redirect_uri),
            ("scope", &text("/scope")),
            ("prompt", &prompt),
        ];
        with_query(text("/authorizationEndpoint"), &parameters)
    }
}

/// Adds parameters that are not empty to an address.
fn with_query(mut address: String, parameters: &[(&str, &str)]) -> String {
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        add_parameter(&mut address, name, value);
    }
    address
}

/// Returns the profile in the data that a client passes on.
pub(crate) fn profile(connector: &Record, data: &Members, state: &str) -> Outcome<Members> {
    if data.get("sub").is_some_and(Value::is_string) && !data.contains_key("userId") {
        return Ok(profile_of_claims(data));
    }
    if text(data, "state") != state {
        return Err(failed("The state is not that of the sign-in."));
    }
    if text(data, "code").is_empty() || text(data, "userId").is_empty() {
        return Err(failed("The data of the provider have no `code` or no `userId`."));
    }
    let mut profile = Members::from_iter([("id".to_owned(), text(data, "userId").into())]);
    let own = ["code", "state", "redirectUri", "userId", "tokenResponse", "emailVerified"];
    let others = data.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    profile.extend(others.map(|(name, value)| (name.clone(), value.clone())));
    let trusts = connector.members.get("config").and_then(|config| config.get("trustUnverifiedEmail"));
    if data.get("emailVerified") == Some(&Value::Bool(false)) && trusts != Some(&Value::Bool(true)) {
        profile.remove("email");
    }
    Ok(profile)
}

/// Returns the profile in the standard claims of an ID token. Only verified addresses are part of it.
fn profile_of_claims(claims: &Members) -> Members {
    let members = [
        ("sub", "id", None),
        ("name", "name", None),
        ("picture", "avatar", None),
        ("email", "email", Some("email_verified")),
        ("phone", "phone", Some("phone_verified")),
        ("profile", "profile", None),
        ("nonce", "nonce", None),
    ];
    let is_set = |name: &str| claims.get(name) == Some(&Value::Bool(true));
    let known = members.into_iter().filter(|(_, _, verified)| verified.is_none_or(is_set));
    let known = known.filter_map(|(claim, member, _)| Some((member.to_owned(), claims.get(claim)?.clone())));
    known.filter(|(_, value)| !value.is_null() && *value != "").collect()
}

/// Returns the profile in a SAML response.
pub(crate) fn profile_of_assertion(connector: &Record, response: &str) -> Outcome<Members> {
    let bytes = STANDARD.decode(response).unwrap_or_default();
    let assertion =
        Assertion::parse(&String::from_utf8_lossy(&bytes)).ok_or_else(|| failed("The SAML response is invalid."))?;
    let mapping = connector.members.get("config").and_then(|config| config.get("attributeMapping"));
    let attribute = |name: &str| mapping.and_then(|mapping| mapping.get(name)?.as_str().map(str::to_owned));
    let members = [("id", "nameID"), ("email", "email"), ("name", "name")];
    let attributes = members.map(|(name, default)| (name, attribute(name).unwrap_or_else(|| default.to_owned())));
    let is_mapped = |name: &str| attributes.iter().any(|(_, attribute)| attribute == name);
    // A mapped attribute only has the name of its member.
    let others = assertion.values().filter(|(name, _)| !is_mapped(name));
    let mut profile: Members = others.map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mapped = attributes.iter().filter_map(|(name, attribute)| Some((*name, assertion.value(attribute)?)));
    profile.extend(mapped.map(|(name, value)| (name.to_owned(), value.into())));
    if text(&profile, "id").is_empty() { Err(failed("The SAML response names no user.")) } else { Ok(profile) }
}

fn failed(message: &str) -> Refusal {
    Refusal::new(500, "connector.authorization_failed", message)
}
