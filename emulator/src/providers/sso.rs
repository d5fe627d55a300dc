//! Providers of enterprise single sign-on, and configuration of their connectors.

use logto_admin::serde_json::{Value, json};
use roxmltree::{Document, Node};

use crate::collections::SSO_CONNECTORS;
use crate::crypto::certificates::{self, Readable};
use crate::document::formats::is_url;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record, text};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::store::Store;

/// A kind of identity provider.
#[derive(Debug)]
pub(crate) struct Provider {
    pub name: &'static str,
    pub protocol: Protocol,
    /// The name that users see.
    pub title: &'static str,
    pub description: &'static str,
    /// The issuer, if all tenants of the provider have the same one.
    issuer: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Oidc,
    Saml,
}

/// The logo of all providers.
pub(crate) const LOGO: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";

/// Every provider, in the order of the API.
pub(crate) static PROVIDERS: [Provider; 6] = [
    Provider {
        name: "OIDC",
        protocol: Protocol::Oidc,
        title: "OIDC",
        description: "Modern protocol built on OAuth 2.0 for identity verification in web and mobile apps.",
        issuer: None,
    },
    Provider {
        name: "SAML",
        protocol: Protocol::Saml,
        title: "SAML",
        description: "XML-based open standard for web single sign-on and identity federation.",
        issuer: None,
    },
    Provider {
        name: "AzureAD",
        protocol: Protocol::Saml,
        title: "Microsoft Entra ID (SAML)",
        description: "Formerly Azure AD, a comprehensive cloud-based identity management service.",
        issuer: None,
    },
    Provider {
        name: "AzureAdOidc",
        protocol: Protocol::Oidc,
        title: "Microsoft Entra ID (OIDC)",
        description: "OpenID Connect on the Microsoft identity platform. Formerly known as Azure AD OIDC.",
        issuer: None,
    },
    Provider {
        name: "GoogleWorkspace",
        protocol: Protocol::Oidc,
        title: "Google Workspace",
        description: "Unified and secure management of user access within the Google ecosystem.",
        issuer: Some("https://accounts.google.com"),
    },
    Provider {
        name: "Okta",
        protocol: Protocol::Oidc,
        title: "Okta",
        description: "Centralizes identity management for customers, employees, and partners.",
        issuer: None,
    },
];

impl Protocol {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Saml => "saml",
        }
    }
}

/// Returns the provider with this name.
pub(crate) fn provider(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

/// Returns the connectors that users can sign in with. They are configured and have domains.
pub(crate) fn available(store: &Store) -> impl Iterator<Item = &Record> {
    let filled = |connector: &Record, member: &str| match connector.members.get(member) {
        Some(Value::Object(members)) => !members.is_empty(),
        Some(Value::Array(elements)) => !elements.is_empty(),
        _ => false,
    };
    store.all(&SSO_CONNECTORS).filter(move |connector| filled(connector, "config") && filled(connector, "domains"))
}

/// Returns the ids of the connectors for the domain of an email address. None if single sign-on is disabled.
pub(crate) fn of_email(state: &State, email: &str) -> Vec<String> {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let has = |connector: &&Record| {
        let domains = connector.members.get("domains").and_then(Value::as_array).into_iter().flatten();
        domains.filter_map(Value::as_str).any(|known| known == domain)
    };
    if state.settings.get(&SIGN_IN_EXPERIENCE).get("singleSignOnEnabled") != Some(&Value::Bool(true)) {
        return Vec::new();
    }
    available(&state.store).filter(has).map(|connector| connector.id.clone()).collect()
}

/// Returns the provider of a connector.
pub(crate) fn provider_of(connector: &Record) -> Option<&'static Provider> {
    provider(connector.text("providerName"))
}

impl Provider {
    /// Checks a configuration and returns what the server stores of it. An empty configuration can be completed later.
    ///
    /// The emulator does not call the provider: it accepts every issuer.
    pub(crate) fn accept(&self, config: &Members) -> Outcome<Members> {
        if config.is_empty() {
            return Ok(Members::new());
        }
        match self.protocol {
            Protocol::Oidc => self.accept_oidc(config),
            Protocol::Saml => accept_saml(config),
        }
    }

    fn accept_oidc(&self, config: &Members) -> Outcome<Members> {
        let issuer = if self.issuer.is_none() { &["issuer"][..] } else { &[] };
        let required: Vec<&str> = ["clientId", "clientSecret"].iter().chain(issuer).copied().collect();
        let mut accepted = pick(config, &required, Value::is_string, true)?;
        accepted.extend(pick(config, &["scope"], Value::is_string, false)?);
        accepted.insert("trustUnverifiedEmail".to_owned(), false.into());
        accepted.extend(pick(config, &["trustUnverifiedEmail", "offlineAccess"], Value::is_boolean, false)?);
        accepted.extend(pick(config, &["prompts"], Value::is_array, false)?);
        let issuer = text(&accepted, "issuer");
        if self.issuer.is_none() && !is_url(issuer) {
            let data = json!({
                "ssoErrorCode": "invalid_config",
                "config": { "issuer": issuer },
                "message": "fail_to_fetch_config",
            });
            return Err(invalid_config().with("data", data));
        }
        Ok(accepted)
    }

    /// Returns what the server has about a provider. `None` if the connector is not configured.
    pub(crate) fn details(&self, id: &str, config: &Members, origin: &str, now: i64) -> Option<Value> {
        match self.protocol {
            Protocol::Oidc if config.is_empty() => None,
            Protocol::Oidc => {
                let issuer = self.issuer.unwrap_or_else(|| text(config, "issuer"));
                let below = |path: &str| Value::from(format!("{}/{path}", issuer.trim_end_matches('/')));
                let mut details = config.clone();
                details.entry("scope").or_insert_with(|| "openid profile email".into());
                details.insert("issuer".to_owned(), issuer.into());
                details.insert("authorizationEndpoint".to_owned(), below("auth"));
                details.insert("tokenEndpoint".to_owned(), below("token"));
                details.insert("userinfoEndpoint".to_owned(), below("userinfo"));
                details.insert("jwksUri".to_owned(), below("jwks"));
                Some(details.into())
            }
            Protocol::Saml => {
                let mut details = json!({
                    "defaultAttributeMapping": { "id": "nameID", "email": "email", "name": "name" },
                    "serviceProvider": {
                        "entityId": format!("{origin}/enterprise-sso/{id}"),
                        "assertionConsumerServiceUrl": format!("{origin}/api/authn/single-sign-on/saml/{id}"),
                    },
                });
                if let (Some(idp), Some(members)) = (IdentityProvider::of(config), details.as_object_mut()) {
                    members.insert("identityProvider".to_owned(), idp.shown(now));
                }
                Some(details)
            }
        }
    }
}

/// The identity provider of a SAML connector.
struct IdentityProvider {
    entity_id: String,
    sign_in_endpoint: String,
    certificate: Option<Readable>,
}

impl IdentityProvider {
    /// Reads the identity provider from the metadata, or from single values.
    fn of(config: &Members) -> Option<Self> {
        if let Some(metadata) = config.get("metadata").and_then(Value::as_str) {
            return Self::of_metadata(metadata);
        }
        let entity_id = config.get("entityId")?.as_str()?.to_owned();
        let sign_in_endpoint = text(config, "signInEndpoint").to_owned();
        Some(Self { entity_id, sign_in_endpoint, certificate: certificates::read(text(config, "x509Certificate")) })
    }

    fn of_metadata(metadata: &str) -> Option<Self> {
        let document = Document::parse(metadata).ok()?;
        let element = |name: &str| document.descendants().find(|node: &Node<'_, '_>| node.tag_name().name() == name);
        let attribute = |name: &str, attribute| element(name).and_then(|node| node.attribute(attribute));
        let certificate = element("X509Certificate").and_then(|node| certificates::read(node.text()?));
        Some(Self {
            entity_id: attribute("EntityDescriptor", "entityID").unwrap_or_default().to_owned(),
            sign_in_endpoint: attribute("SingleSignOnService", "Location").unwrap_or_default().to_owned(),
            certificate,
        })
    }

    fn shown(&self, now: i64) -> Value {
        let (pem, expires_at) =
            self.certificate.as_ref().map_or(("", 0), |certificate| (certificate.pem.as_str(), certificate.expires_at));
        json!({
            "entityId": self.entity_id,
            "signInEndpoint": self.sign_in_endpoint,
            "x509Certificate": pem,
            "certificateExpiresAt": expires_at,
            "isCertificateValid": expires_at > now,
        })
    }
}

fn accept_saml(config: &Members) -> Outcome<Members> {
    let mut accepted = pick(config, &["attributeMapping"], Value::is_object, false)?;
    if config.contains_key("metadataUrl") {
        // The emulator does not fetch the metadata.
        accepted.extend(pick(config, &["metadataUrl"], Value::is_string, true)?);
        return Ok(accepted);
    }
    let single = ["entityId", "signInEndpoint", "x509Certificate"];
    let names = if config.contains_key("metadata") { &["metadata"][..] } else { &single };
    accepted.extend(pick(config, names, Value::is_string, true)?);
    let provider = IdentityProvider::of(&accepted).ok_or_else(|| {
        let message = "The SAML metadata of the identity provider is invalid.";
        Refusal::new(400, "connector.invalid_metadata", message)
    })?;
    if provider.certificate.is_none() {
        let certificate = accepted.get("x509Certificate").cloned().unwrap_or_default();
        let data = json!({
            "ssoErrorCode": "invalid_certificate",
            "config": { "x509Certificate": certificate },
            "error": {},
        });
        let message = "The connector's certificate is invalid, please make sure the certificate is in PEM encoding.";
        return Err(Refusal::new(400, "connector.invalid_certificate", message).with("data", data));
    }
    Ok(accepted)
}

/// Returns the named members. Members of the wrong type and missing members that are required are errors.
fn pick(config: &Members, names: &[&str], suits: fn(&Value) -> bool, required: bool) -> Outcome<Members> {
    let mut picked = Members::new();
    for name in names {
        match config.get(*name) {
            Some(value) if suits(value) => {
                picked.insert((*name).to_owned(), value.clone());
            }
            None if !required => {}
            _ => return Err(invalid_config()),
        }
    }
    Ok(picked)
}

fn invalid_config() -> Refusal {
    Refusal::usual(400, "connector.invalid_config")
}
