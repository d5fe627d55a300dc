//! Issued grants, codes and tokens.

use std::collections::HashMap;

use logto_admin::serde_json::{Map, Value, json};
use serde::{Deserialize, Serialize};

use super::device::Device;
use super::interactions::Interactions;
use super::keys::Keys;
use super::pushed::Pushed;
use super::sessions::Sessions;
use crate::ids::Ids;

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
            members.insert("rejected".to_owned(), json!({}));
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

/// An opaque access token, which is for the user's own account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub user: String,
    pub client: String,
    pub scope: String,
    pub grant: String,
    /// The session in which the user signed in, if they did.
    pub session: Option<String>,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// The answer to an authorization request, which codes and refresh tokens represent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Authorized {
    pub client: String,
    pub user: String,
    pub grant: String,
    /// The requested scopes, of resources and others.
    pub scopes: Vec<String>,
    /// The indicators of the requested resources.
    pub resources: Vec<String>,
    pub nonce: Option<String>,
    /// The time of the sign-in in seconds, if the client asked for it.
    pub auth_time: Option<i64>,
    pub session: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub authorized: Authorized,
    pub redirect_uri: String,
    /// The challenge of the proof key (PKCE).
    pub challenge: Option<String>,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub used: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    pub authorized: Authorized,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub used: bool,
}

/// A token that an application exchanges for an access token of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SubjectToken {
    pub user: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// The state of the provider.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Provider {
    pub keys: Keys,
    /// Oldest first.
    pub grants: Vec<Grant>,
    pub access_tokens: HashMap<String, AccessToken>,
    pub refresh_tokens: HashMap<String, RefreshToken>,
    pub codes: HashMap<String, Code>,
    pub subject_tokens: HashMap<String, SubjectToken>,
    pub sessions: Sessions,
    pub interactions: Interactions,
    /// Devices by their codes.
    pub devices: HashMap<String, Device>,
    /// Requests that wait for the browser, by id.
    #[serde(default)]
    pub pushed: HashMap<String, Pushed>,
}

impl Provider {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            keys: Keys::new(seed),
            grants: Vec::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            codes: HashMap::new(),
            subject_tokens: HashMap::new(),
            sessions: Sessions::default(),
            interactions: Interactions::default(),
            devices: HashMap::new(),
            pushed: HashMap::new(),
        }
    }

    /// Drops everything that has expired.
    pub(crate) fn tidy(&mut self, now: i64) {
        self.grants.retain(|grant| grant.expires_at() > now);
        self.access_tokens.retain(|_, token| token.expires_at > now);
        self.refresh_tokens.retain(|_, token| token.expires_at > now);
        self.codes.retain(|_, code| code.expires_at > now);
        self.subject_tokens.retain(|_, token| token.expires_at > now);
        self.pushed.retain(|_, request| request.expires_at > now);
        self.sessions.tidy(now);
        self.interactions.tidy(now);
        // A device gets an error after its code has expired.
        self.devices.retain(|_, device| device.expires_at.saturating_add(3_600_000) > now);
    }

    pub(crate) fn grant(&self, id: &str) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.id == id)
    }

    /// Creates a grant without scopes.
    pub(crate) fn new_grant(id: String, client: &str, user: &str, now: i64) -> Grant {
        Grant {
            id,
            client: client.to_owned(),
            user: user.to_owned(),
            issued_at: now,
            scopes: Vec::new(),
            resources: Vec::new(),
            asked: false,
        }
    }

    /// Stores a grant, or replaces the one with the same id.
    pub(crate) fn put_grant(&mut self, grant: Grant) {
        match self.grants.iter_mut().find(|known| known.id == grant.id) {
            Some(known) => *known = grant,
            None => self.grants.push(grant),
        }
    }

    /// Removes a grant and everything that was issued for it.
    pub(crate) fn revoke(&mut self, grant: &str) {
        self.grants.retain(|known| known.id != grant);
        self.access_tokens.retain(|_, token| token.grant != grant);
        self.refresh_tokens.retain(|_, token| token.authorized.grant != grant);
        self.codes.retain(|_, code| code.authorized.grant != grant);
    }

    /// Signs a user out everywhere.
    pub(crate) fn forget_user(&mut self, user: &str) {
        let grants: Vec<String> =
            self.grants.iter().filter(|grant| grant.user == user).map(|grant| grant.id.clone()).collect();
        grants.iter().for_each(|grant| self.revoke(grant));
        self.access_tokens.retain(|_, token| token.user != user);
        self.sessions.forget_user(user);
    }

    /// Stores an opaque access token and returns it.
    pub(crate) fn add_access_token(&mut self, ids: &mut Ids, token: AccessToken) -> String {
        let value = ids.token(43);
        self.access_tokens.insert(value.clone(), token);
        value
    }
}
