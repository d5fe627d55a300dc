use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{SSO_CONNECTORS, SSO_SIGNING_KEYS};
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::collection_operations::{self, Verb};
use crate::providers::sso::{LOGO, PROVIDERS, Protocol, of_email, provider_of};
use crate::rules::no_saml_connector;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListSsoConnectorProviders", |call| Ok(reply::json(call.success(), &providers()))),
    ("ListSsoConnectorSigningKeys", signing_keys),
    ("GetEnabledSsoConnectors", of_domain),
];

fn providers() -> Value {
    let shown = PROVIDERS.iter().map(|provider| {
        json!({
            "providerName": provider.name,
            "providerType": provider.protocol.name(),
            "logo": LOGO,
            "logoDark": LOGO,
            "description": provider.description,
            "name": provider.title,
        })
    });
    shown.collect()
}

fn signing_keys(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let connector = call.record(&SSO_CONNECTORS, call.parameter(0))?;
    if provider_of(connector).is_none_or(|provider| provider.protocol != Protocol::Saml) {
        return Err(no_saml_connector());
    }
    collection_operations::run(call, &SSO_SIGNING_KEYS, Verb::List)
}

/// Returns the connectors for the domain of an email address.
fn of_domain(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let email = call.request.query.get("email").unwrap_or_default();
    Ok(reply::json(call.success(), &json!({ "connectorIds": of_email(call.state, email) })))
}
