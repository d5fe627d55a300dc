//! The sign-in sessions of users.

use logto_admin::serde_json::{Map, Value, json};
use serde::{Deserialize, Serialize};

use crate::ids::Ids;

/// A session of a user, in which they have signed in to applications.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    /// The id that the cookie holds.
    pub id: String,
    /// The id that the API shows.
    pub uid: String,
    pub user: String,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub signed_in_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub authorizations: Vec<Application>,
    /// Data that the user submitted when they signed in.
    pub last_submission: Value,
    /// The application that they signed in to last.
    pub client: String,
}

/// A sign-out that begins with a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignOut {
    /// The secret of the form. Other pages cannot know it.
    pub xsrf: String,
    /// Target of the redirect after the sign-out.
    pub target: Option<String>,
    /// The client that has begun the sign-out.
    pub client: Option<String>,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// An application in a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    pub client: String,
    pub sid: String,
    pub grant: String,
    /// Whether the user has consented to `offline_access`. The tokens then outlive the session.
    pub persists: bool,
}

impl Session {
    /// Returns the application of the session with this id.
    pub(crate) fn application(&self, client: &str) -> Option<&Application> {
        self.authorizations.iter().find(|known| known.client == client)
    }

    /// Returns the session as the API shows it.
    pub(crate) fn shown(&self) -> Map<String, Value> {
        let authorizations: Map<String, Value> = self
            .authorizations
            .iter()
            .map(|one| {
                let mut shown = json!({ "sid": one.sid, "grantId": one.grant });
                if let Some(members) = shown.as_object_mut().filter(|_| one.persists) {
                    members.insert("persistsLogout".to_owned(), true.into());
                }
                (one.client.clone(), shown)
            })
            .collect();
        let payload = json!({
            "exp": self.expires_at.div_euclid(1000),
            "iat": self.issued_at.div_euclid(1000),
            "jti": self.id,
            "uid": self.uid,
            "kind": "Session",
            "loginTs": self.signed_in_at.div_euclid(1000),
            "accountId": self.user,
            "authorizations": authorizations,
        });
        let members = [
            ("payload", payload),
            ("lastSubmission", self.last_submission.clone()),
            ("clientId", self.client.clone().into()),
            ("accountId", self.user.clone().into()),
            ("expiresAt", self.expires_at.into()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// All sessions, oldest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sessions(Vec<Session>);

impl Sessions {
    pub(crate) fn tidy(&mut self, now: i64) {
        self.0.retain(|session| session.expires_at > now);
    }

    pub(crate) fn forget_user(&mut self, user: &str) {
        self.0.retain(|session| session.user != user);
    }

    pub(crate) fn of_user<'s>(&'s self, user: &'s str) -> impl Iterator<Item = &'s Session> {
        self.0.iter().filter(move |session| session.user == user)
    }

    /// Returns whether a session belongs to another user.
    pub(crate) fn is_of_another(&self, user: &str, uid: &str) -> bool {
        self.0.iter().any(|session| session.uid == uid && session.user != user)
    }

    /// Returns the session with the id in a cookie.
    pub(crate) fn get(&self, id: &str) -> Option<&Session> {
        self.0.iter().find(|session| session.id == id)
    }

    /// Returns the session with the id that the API shows.
    pub(crate) fn of_uid(&self, uid: &str) -> Option<&Session> {
        self.0.iter().find(|session| session.uid == uid)
    }

    /// Stores a session, or replaces the one with the same uid.
    pub(crate) fn put(&mut self, session: Session) {
        match self.0.iter_mut().find(|known| known.uid == session.uid) {
            Some(known) => *known = session,
            None => self.0.push(session),
        }
    }

    /// Changes the id of a session in the cookie of its browser. Returns its uid.
    pub(crate) fn rename(&mut self, uid: &str, ids: &mut Ids) -> String {
        if let Some(session) = self.0.iter_mut().find(|session| session.uid == uid) {
            session.id = ids.token(43);
        }
        uid.to_owned()
    }

    /// Removes the application with a grant from its session. The browser of the session is signed out: its cookie holds
    /// the old id.
    pub(crate) fn forget_grant(&mut self, grant: &str, ids: &mut Ids) {
        let has = |session: &&mut Session| session.authorizations.iter().any(|known| known.grant == grant);
        if let Some(session) = self.0.iter_mut().find(has) {
            session.authorizations.retain(|known| known.grant != grant);
            session.id = ids.token(43);
        }
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Session> {
        let at = self.0.iter().position(|session| session.id == id)?;
        Some(self.0.remove(at))
    }
}
