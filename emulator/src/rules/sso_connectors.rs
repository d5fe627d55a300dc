use logto_admin::serde_json::{Value, json};

use super::{Draft, Rules, Shape, View};
use crate::call::Call;
use crate::collections::{Collection, SSO_CONNECTORS, SSO_SIGNING_KEYS};
use crate::crypto::certificates;
use crate::errors::{Outcome, Refusal};
use crate::providers::sso::{LOGO, Protocol, Provider, provider, provider_of};
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record};
use crate::state::messages::no_connector;

pub(super) static RULES: Rules = Rules {
    prepare,
    changed: |call, connector| {
        if call.body.get("enableTokenStorage") == Some(&Value::Bool(false)) {
            token_sets::forget(call.state, Of::Enterprise(&connector.id));
        }
    },
    present,
    ..Rules::NONE
};

pub(super) static KEY_RULES: Rules = Rules {
    prepare: |call, draft| {
        let connector = call.record(&SSO_CONNECTORS, call.parameter(0))?;
        if provider_of(connector).is_none_or(|provider| provider.protocol != Protocol::Saml) {
            return Err(no_saml_connector());
        }
        if draft.creates {
            certify(call, KEY_YEARS, &mut draft.members);
        }
        Ok(())
    },
    created: |call, key| activate(call, &SSO_SIGNING_KEYS, key),
    changed: |call, key| activate(call, &SSO_SIGNING_KEYS, key),
    deletable: |_, key| {
        if key.is_true("active") {
            let message = "Cannot delete the active signing key. Activate another key or deactivate this key first.";
            return Err(Refusal::new(400, "single_sign_on.can_not_delete_active_signing_key", message));
        }
        Ok(())
    },
    present: |_, _, members| {
        members.remove("ssoConnectorId");
    },
    ..Rules::NONE
};

const KEY_YEARS: i64 = 3;
/// Email providers of the public, whose domains belong to no enterprise.
const PUBLIC_DOMAINS: [&str; 19] = [
    "126.com",
    "163.com",
    "aol.com",
    "gmail.com",
    "gmx.com",
    "hotmail.com",
    "icloud.com",
    "live.com",
    "mail.com",
    "mail.ru",
    "outlook.com",
    "protonmail.com",
    "qq.com",
    "sina.com",
    "sohu.com",
    "yahoo.com",
    "yandex.com",
    "yanex.com",
    "zoho.com",
];

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let name = draft.members.text("providerName");
    let provider = provider(name).ok_or_else(|| no_connector(422, name))?;
    if draft.sent.contains_key("domains") {
        let domains = check_domains(&call.texts("domains"))?;
        draft.members.insert("domains".to_owned(), domains.into());
    }
    // The server checks the name of a new connector after the configuration.
    if !draft.creates {
        check_name(call, draft)?;
    }
    if let Some(config) = draft.sent.get("config").and_then(Value::as_object) {
        draft.members.insert("config".to_owned(), provider.accept(config)?.into());
    }
    if draft.creates {
        check_name(call, draft)?;
    }
    let stores_tokens = draft.sent.get("enableTokenStorage") == Some(&Value::Bool(true));
    if stores_tokens && provider.protocol != Protocol::Oidc {
        return Err(Refusal::new(400, "connector.token_storage_not_supported", "Only OIDC connectors store tokens."));
    }
    Ok(())
}

fn check_name(call: &Call<'_>, draft: &Draft) -> Outcome<()> {
    let (id, title) = (draft.members.text("id"), draft.members.text("connectorName"));
    let same = |other: &Record| other.id != id && other.text("connectorName") == title;
    if call.state.store.all(&SSO_CONNECTORS).any(same) {
        let message = "Connector name already exists. Please choose a different name.";
        return Err(Refusal::new(409, "single_sign_on.duplicate_connector_name", message));
    }
    Ok(())
}

fn check_domains(domains: &[String]) -> Outcome<Vec<String>> {
    let domains: Vec<String> = domains.iter().map(|domain| domain.to_lowercase()).collect();
    let refuse = |code: &str, wrong: Vec<&String>| {
        let refusal = Refusal::new(422, code, "Public email domains are not allowed.");
        Err(refusal.with("data", json!({ "data": wrong })))
    };
    let public: Vec<&String> = domains.iter().filter(|domain| PUBLIC_DOMAINS.contains(&domain.as_str())).collect();
    if !public.is_empty() {
        return refuse("single_sign_on.forbidden_domains", public);
    }
    let mut rest = domains.as_slice();
    let mut repeated = Vec::new();
    while let Some((domain, others)) = rest.split_first() {
        if others.contains(domain) && !repeated.contains(&domain) {
            repeated.push(domain);
        }
        rest = others;
    }
    if repeated.is_empty() { Ok(domains) } else { refuse("single_sign_on.duplicated_domains", repeated) }
}

/// Adds what the server has about the provider. Not after a creation, and not in lists of an organization.
fn present(view: &View<'_>, connector: &Record, members: &mut Members) {
    let Some(provider) = provider_of(connector) else { return };
    if matches!(view.shape, Shape::Created | Shape::Linked) {
        return;
    }
    members.insert("name".to_owned(), provider.title.into());
    members.insert("providerType".to_owned(), provider.protocol.name().into());
    members.insert("providerLogo".to_owned(), LOGO.into());
    members.insert("providerLogoDark".to_owned(), LOGO.into());
    if let Some(details) = details(view, provider, connector) {
        members.insert("providerConfig".to_owned(), details);
    }
}

fn details(view: &View<'_>, provider: &Provider, connector: &Record) -> Option<Value> {
    let config = connector.members.get("config").and_then(Value::as_object)?;
    provider.details(&connector.id, config, view.origin, view.state.clock.now())
}

/// Returns the error for a connector that does not use SAML.
pub(crate) fn no_saml_connector() -> Refusal {
    Refusal::new(404, "connector.not_found", "The connector does not use SAML.")
}

/// Adds a new certificate that is valid for some years.
/// Returns the secret that the key is derived from.
pub(crate) fn certify(call: &mut Call<'_>, years: i64, members: &mut impl Extend<(String, Value)>) -> String {
    let expires_at = certificates::years_after(call.now, years).unwrap_or(call.now);
    let secret = call.state.ids.secret(32);
    let pem = certificates::issue(&secret, call.now, expires_at).unwrap_or_default();
    members.extend([
        ("fingerprints".to_owned(), certificates::fingerprints(&pem)),
        ("certificate".to_owned(), pem.into()),
        ("expiresAt".to_owned(), expires_at.into()),
    ]);
    secret
}

/// At most one key of an owner is active.
pub(crate) fn activate(call: &mut Call<'_>, keys: &'static Collection, key: &Record) {
    let owner = keys.owner.map(|owner| owner.member).unwrap_or_default();
    if !key.is_true("active") {
        return;
    }
    let others = call
        .state
        .store
        .all(keys)
        .filter(|other| other.id != key.id && other.text(owner) == key.text(owner) && other.is_true("active"));
    for mut other in others.cloned().collect::<Vec<_>>() {
        other.members.insert("active".to_owned(), false.into());
        call.state.store.put(keys, other);
    }
}
