//! The keys that sign tokens and cookies.

use logto_admin::serde_json::{Value, json};
use serde::{Deserialize, Serialize};

use crate::ids::Ids;

/// Number of keys in use: the current one and the previous one.
pub(crate) const KEPT: usize = 2;

/// A key. Its material is derived from its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub id: String,
    /// Seconds since the epoch.
    created_at: i64,
    /// `EC` or `RSA`. Cookie keys have no algorithm.
    algorithm: String,
    /// Time when the key becomes the current one, in milliseconds since the epoch.
    pub effective_at: Option<i64>,
}

impl Key {
    pub(crate) fn new(ids: &mut Ids, algorithm: &str, now: i64) -> Self {
        Self { id: ids.id(21), created_at: now.div_euclid(1000), algorithm: algorithm.to_owned(), effective_at: None }
    }

    pub(crate) fn is_rsa(&self) -> bool {
        self.algorithm == "RSA"
    }

    /// Returns whether the key is not in use yet.
    pub(crate) fn is_next(&self, now: i64) -> bool {
        self.effective_at.is_some_and(|at| at > now)
    }
}

/// All keys, newest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Keys {
    private: Vec<Key>,
    cookie: Vec<Key>,
}

impl Keys {
    pub(crate) fn new(ids: &mut Ids, now: i64) -> Self {
        Self { private: vec![Key::new(ids, "EC", now)], cookie: vec![Key::new(ids, "", now)] }
    }

    /// Returns the keys that verify tokens, with their status. Newest first.
    pub(crate) fn private(&self, now: i64) -> impl Iterator<Item = (&Key, &'static str)> {
        let waiting = self.private.iter().take_while(|key| key.is_next(now)).count();
        self.private.iter().take(waiting + KEPT).enumerate().map(move |(index, key)| {
            let status = match index {
                _ if index < waiting => "Next",
                _ if index == waiting => "Current",
                _ => "Previous",
            };
            (key, status)
        })
    }

    /// Returns the keys that sign tokens or cookies. Removes those that newer ones have replaced.
    pub(crate) fn of(&mut self, kind: &str, now: i64) -> &mut Vec<Key> {
        let keys = if kind == "private-keys" { &mut self.private } else { &mut self.cookie };
        let waiting = keys.iter().take_while(|key| key.is_next(now)).count();
        keys.truncate(waiting + KEPT);
        keys
    }

    /// Returns the keys as the API shows them.
    pub(crate) fn shown(&self, kind: &str, now: i64) -> Value {
        if kind != "private-keys" {
            return self.cookie.iter().map(|key| json!({ "id": key.id, "createdAt": key.created_at })).collect();
        }
        let shown = self.private(now).map(|(key, status)| {
            let mut shown = json!({
                "id": key.id,
                "createdAt": key.created_at,
                "signingKeyAlgorithm": key.algorithm,
                "status": status,
            });
            if let (Some(at), Some(members)) = (key.effective_at.filter(|at| *at > now), shown.as_object_mut()) {
                members.insert("effectiveAt".to_owned(), at.into());
            }
            shown
        });
        shown.collect()
    }
}
