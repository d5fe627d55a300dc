//! Everything that the emulator remembers.

use std::collections::HashMap;

use logto_admin::serde_json::Value;

use crate::clock::Clock;
use crate::collections::{APPLICATION_SECRETS, Collection, Key};
use crate::ids::Ids;
use crate::store::{Members, Record, Store};

pub(crate) struct State {
    pub store: Store,
    pub ids: Ids,
    pub clock: Clock,
    /// What signatures of tokens depend on.
    pub seed: u64,
    /// Tokens of users, which have no content of their own.
    pub user_tokens: HashMap<String, UserToken>,
    /// Tokens that stand for a user, until they are exchanged.
    pub subject_tokens: HashMap<String, UserToken>,
}

/// Whose token it is, and until when.
#[derive(Clone, Debug)]
pub(crate) struct UserToken {
    pub user: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

impl State {
    pub(crate) fn new(seed: u64, clock: Clock) -> Self {
        Self {
            store: Store::default(),
            ids: Ids::new(seed),
            clock,
            seed,
            user_tokens: HashMap::new(),
            subject_tokens: HashMap::new(),
        }
    }

    /// A new entity of a collection, with what was given in place of what is usual. It is not kept yet.
    pub(crate) fn blank(&mut self, collection: &Collection, given: Members, now: i64) -> Record {
        let id = match collection.key {
            Key::Id(length) => self.ids.id(length),
            // It is found by the member; this id only tells it apart.
            Key::Member { .. } => self.ids.id(21),
        };
        let mut members = match (collection.blank)() {
            Value::Object(members) => members,
            _ => Members::new(),
        };
        if matches!(collection.key, Key::Id(_)) {
            members.insert("id".to_owned(), id.clone().into());
        }
        members.extend(collection.stamps.iter().map(|stamp| ((*stamp).to_owned(), now.into())));
        members.extend(given);
        let id = members.get("id").and_then(Value::as_str).map_or(id, str::to_owned);
        Record { id, members, hidden: Members::new() }
    }

    /// Gives an application a secret.
    pub(crate) fn add_secret(&mut self, application: &str, name: &str, value: &str, now: i64) {
        let given = [("applicationId", application), ("name", name), ("value", value)];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let secret = self.blank(&APPLICATION_SECRETS, given, now);
        self.store.put(&APPLICATION_SECRETS, secret);
    }
}
