//! Permissions that users grant applications.

use logto_admin::serde_json::{Map, Value, json};
use serde::{Deserialize, Serialize};

/// Lifetime of a grant, in seconds: 180 days.
const GRANT_LIFETIME: i64 = 15_552_000;

/// Permissions that a user grants an application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub id: String,
    pub client: String,
    pub user: String,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    pub scopes: Vec<String>,
    /// Scopes by the indicator of their resource.
    pub resources: Vec<(String, Vec<String>)>,
    /// Whether the user has seen the request. The grant then also records that nothing was rejected.
    pub asked: bool,
    /// Scopes that the user has rejected, by the indicator of their resource.
    #[serde(default)]
    pub rejected: Vec<(String, Vec<String>)>,
}

impl Grant {
    pub(crate) const fn expires_at(&self) -> i64 {
        self.issued_at.saturating_add(GRANT_LIFETIME * 1000)
    }

    /// Returns the scopes of a resource.
    pub(crate) fn of_resource(&self, indicator: &str) -> &[String] {
        let found = self.resources.iter().find(|(known, _)| known == indicator);
        found.map(|(_, scopes)| scopes.as_slice()).unwrap_or_default()
    }

    /// Returns whether the user has granted or rejected a scope of a resource.
    pub(crate) fn has_answered(&self, indicator: &str, scope: &String) -> bool {
        let mut rejected = self.rejected.iter().filter(|(known, _)| known == indicator);
        self.of_resource(indicator).contains(scope) || rejected.any(|(_, scopes)| scopes.contains(scope))
    }

    /// Adds scopes of a resource, or of none.
    pub(crate) fn add(&mut self, indicator: Option<&str>, scopes: impl IntoIterator<Item = String>) {
        let known = match indicator {
            None => &mut self.scopes,
            Some(indicator) => {
                let at = self.resources.iter().position(|(known, _)| known == indicator);
                let at = at.unwrap_or_else(|| {
                    self.resources.push((indicator.to_owned(), Vec::new()));
                    self.resources.len() - 1
                });
                let Some((_, scopes)) = self.resources.get_mut(at) else { return };
                scopes
            }
        };
        for scope in scopes {
            if !known.contains(&scope) {
                known.push(scope);
            }
        }
    }

    /// Returns the grant as the API shows it.
    pub(crate) fn payload(&self) -> Value {
        let mut payload = json!({
            "exp": self.expires_at().div_euclid(1000),
            "iat": self.issued_at.div_euclid(1000),
            "jti": self.id,
            "kind": "Grant",
            "clientId": self.client,
            "accountId": self.user,
        });
        let Some(members) = payload.as_object_mut() else { return payload };
        if !self.scopes.is_empty() {
            members.insert("openid".to_owned(), json!({ "scope": self.scopes.join(" ") }));
        }
        if self.asked {
            let rejected = self.rejected.iter();
            let rejected: Map<String, Value> =
                rejected.map(|(indicator, scopes)| (indicator.clone(), scopes.join(" ").into())).collect();
            let rejected = if rejected.is_empty() { json!({}) } else { json!({ "resources": rejected }) };
            members.insert("rejected".to_owned(), rejected);
        }
        let granted = self.resources.iter().filter(|(_, scopes)| !scopes.is_empty());
        let granted: Map<String, Value> =
            granted.map(|(indicator, scopes)| (indicator.clone(), scopes.join(" ").into())).collect();
        if !granted.is_empty() {
            members.insert("resources".to_owned(), granted.into());
        }
        payload
    }
}
