//! Sign-ins and consents that are in progress.

use std::collections::HashMap;

use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

use super::authorization::Authorization;
use crate::crypto::webauthn::Challenge;
use crate::state::progress::Progress;

/// Step that the user must take before the authorization request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Prompt {
    Login,
    Consent,
}

/// An authorization request that waits for the user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub id: String,
    pub authorization: Authorization,
    pub prompt: Prompt,
    /// The prompts that the user has already answered.
    pub answered: Vec<Prompt>,
    /// The uid of the session, if there is one.
    pub session: Option<String>,
    /// The user that signed in, as the Experience API has submitted.
    pub login: Option<Login>,
    /// The id of the user's grant.
    pub grant: Option<String>,
    /// The progress of the user in the Experience API.
    pub progress: Option<Progress>,
    /// Challenge for an authenticator, before the user has entered anything.
    #[serde(default)]
    pub challenge: Option<Challenge>,
    /// Whether the user has aborted the sign-in.
    #[serde(default)]
    pub is_aborted: bool,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Login {
    pub user: String,
    /// The submitted data, as the API shows it with the session.
    pub submission: Value,
}

/// All interactions, by id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Interactions(HashMap<String, Interaction>);

impl Interactions {
    pub(crate) fn tidy(&mut self, now: i64) {
        self.0.retain(|_, interaction| interaction.expires_at > now);
    }

    pub(crate) fn add(&mut self, interaction: Interaction) {
        self.0.insert(interaction.id.clone(), interaction);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Interaction> {
        self.0.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Interaction> {
        self.0.get_mut(id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Interaction> {
        self.0.remove(id)
    }
}
