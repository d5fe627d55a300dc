//! Data of the `OpenID` Connect provider: its keys, and what it has issued.

mod authorization;
mod client;
mod devices;
mod grants;
mod interactions;
mod keys;
mod pushed;
mod sessions;
mod tokens;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub(crate) use authorization::{Authorization, SCOPES};
pub(crate) use client::{CODE, CREDENTIALS, Client, DEVICE, EXCHANGE, GRANTS, REFRESH};
pub(crate) use devices::{Answer, Device, Form};
pub(crate) use grants::Grant;
pub(crate) use interactions::{Interaction, Interactions, Login, Prompt};
pub(crate) use keys::{Keys, Origin};
pub(crate) use pushed::Pushed;
pub(crate) use sessions::{Application, Session, Sessions, SignOut};
pub(crate) use tokens::{AccessToken, Authorized, Code, RefreshToken, SubjectToken};

use crate::ids::Ids;

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
    /// Forms for device codes, by the id of the session. Files of earlier releases have them without an expiry.
    #[serde(default, rename = "device_forms")]
    pub forms: HashMap<String, Form>,
    /// Sign-outs that browsers are asked to confirm. The key is the uid of the session or, without one, its id.
    #[serde(default)]
    pub sign_outs: HashMap<String, SignOut>,
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
            forms: HashMap::new(),
            sign_outs: HashMap::new(),
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
        self.forms.retain(|_, form| form.expires_at > now);
        self.sign_outs.retain(|_, sign_out| sign_out.expires_at > now);
        self.sessions.tidy(now);
        self.interactions.tidy(now);
        // A device gets an error after its code has expired.
        self.devices.retain(|_, device| device.expires_at.saturating_add(3_600_000) > now);
    }

    /// Returns a valid access token for an account.
    pub(crate) fn access_token(&self, value: &str) -> Option<&AccessToken> {
        let valid = |token: &&AccessToken| !token.is_bound || self.lasts(&token.session, &token.client, &token.grant);
        self.access_tokens.get(value).filter(valid)
    }

    /// Returns a valid refresh token, or one that was replaced.
    pub(crate) fn refresh_token(&self, value: &str) -> Option<&RefreshToken> {
        self.refresh_tokens.get(value).filter(|token| self.is_valid(&token.authorized))
    }

    /// Returns a valid code, or one that was used.
    pub(crate) fn code(&self, value: &str) -> Option<&Code> {
        self.codes.get(value).filter(|code| self.is_valid(&code.authorized))
    }

    /// Returns whether the session on which an answer depends has not ended.
    pub(crate) fn is_valid(&self, authorized: &Authorized) -> bool {
        !authorized.is_bound() || self.lasts(&authorized.session, &authorized.client, &authorized.grant)
    }

    /// Returns whether a session still has an application with this grant.
    fn lasts(&self, session: &Option<String>, client: &str, grant: &str) -> bool {
        let session = session.as_ref().and_then(|uid| self.sessions.of_uid(uid));
        session.and_then(|session| session.application(client)).is_some_and(|known| known.grant == grant)
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
            rejected: Vec::new(),
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
        self.revoke_tokens(grant);
    }

    /// Removes everything that was issued for a grant, which stays.
    pub(crate) fn revoke_tokens(&mut self, grant: &str) {
        self.access_tokens.retain(|_, token| token.grant != grant);
        self.refresh_tokens.retain(|_, token| token.authorized.grant != grant);
        self.codes.retain(|_, code| code.authorized.grant != grant);
    }

    /// Signs a user out everywhere. What they have consented to stays.
    pub(crate) fn forget_user(&mut self, user: &str) {
        self.access_tokens.retain(|_, token| token.user != user);
        self.refresh_tokens.retain(|_, token| token.authorized.user != user);
        self.sessions.forget_user(user);
    }

    /// Stores an opaque access token and returns it.
    pub(crate) fn add_access_token(&mut self, ids: &mut Ids, token: AccessToken) -> String {
        let value = ids.token(43);
        self.access_tokens.insert(value.clone(), token);
        value
    }
}
