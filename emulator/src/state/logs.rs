//! Audit logs and the logs of webhook deliveries.

use std::collections::VecDeque;

use logto_admin::serde_json::{Value, json};
use serde::{Deserialize, Serialize};

use crate::http::request::Incoming;
use crate::http::sign_in_context;
use crate::ids::Ids;
use crate::record::{Members, text};
use crate::state::log_secrets;
pub(crate) use crate::state::log_secrets::MASK;

/// Number of entries that are kept, of each kind. The oldest are dropped.
const KEPT: usize = 10_000;

/// An entry before it is logged.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    key: String,
    payload: Members,
}

impl Entry {
    /// Creates an entry with the key, the result and the error.
    pub(crate) fn new(key: String, error: Option<Value>, mut payload: Members) -> Self {
        let result = if error.is_some() { "Error" } else { "Success" };
        payload.extend(error.map(|error| ("error".to_owned(), error)));
        Self::with_result(key, result, payload)
    }

    /// Creates an entry about a failure that the payload describes.
    pub(crate) fn failed(key: String, payload: Members) -> Self {
        Self::with_result(key, "Error", payload)
    }

    fn with_result(key: String, result: &str, payload: Members) -> Self {
        let mut payload = log_secrets::masked(payload);
        payload.insert("key".to_owned(), key.clone().into());
        payload.insert("result".to_owned(), result.into());
        Self { key, payload }
    }

    /// Adds the members about the client that sent the request.
    pub(crate) fn from(mut self, request: &Incoming) -> Self {
        self.payload.extend(sign_in_context::client(request));
        let parsed = |agent| json!({ "ua": agent, "browser": {}, "device": {}, "engine": {}, "os": {}, "cpu": {} });
        self.payload.extend(request.agent().map(|agent| ("userAgentParsed".to_owned(), parsed(agent))));
        let injected = sign_in_context::injected(request);
        if !injected.is_empty() {
            self.payload.insert("signInContext".to_owned(), injected.into());
        }
        self
    }
}

/// An entry of a log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Log {
    pub id: String,
    pub key: String,
    pub payload: Members,
    /// Milliseconds since the epoch.
    pub created_at: i64,
}

impl Log {
    /// Returns the entry as the list of all logs shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.without_tenant();
        if let Some(members) = shown.as_object_mut() {
            members.insert("tenantId".to_owned(), "default".into());
        }
        shown
    }

    /// Returns the entry as the list of a hook shows it.
    pub(crate) fn without_tenant(&self) -> Value {
        json!({ "id": self.id, "key": self.key, "payload": self.payload, "createdAt": self.created_at })
    }

    pub(crate) fn is_success(&self) -> bool {
        text(&self.payload, "result") == "Success"
    }
}

/// All entries, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Logs {
    audit: VecDeque<Log>,
    hooks: VecDeque<Log>,
}

impl Logs {
    pub(crate) fn add(&mut self, ids: &mut Ids, now: i64, entry: Entry) {
        let logs = if entry.key.starts_with("TriggerHook.") { &mut self.hooks } else { &mut self.audit };
        if logs.len() == KEPT {
            logs.pop_front();
        }
        logs.push_back(Log { id: ids.id(21), key: entry.key, payload: entry.payload, created_at: now });
    }

    /// Returns the audit logs, newest first.
    pub(crate) fn audit(&self) -> impl Iterator<Item = &Log> {
        self.audit.iter().rev()
    }

    /// Returns the logs of a hook's deliveries, newest first.
    pub(crate) fn of_hook<'l>(&'l self, hook: &'l str) -> impl Iterator<Item = &'l Log> {
        self.hooks.iter().rev().filter(move |log| text(&log.payload, "hookId") == hook)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Log> {
        self.audit.iter().chain(&self.hooks).find(|log| log.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_are_dropped() {
        let (mut logs, mut ids) = (Logs::default(), Ids::new(1));
        for number in 0..=10_000 {
            for key in ["ExchangeTokenBy.ClientCredentials", "TriggerHook.PostSignIn"] {
                let payload = Members::from_iter([("hookId".to_owned(), "h".into())]);
                logs.add(&mut ids, number, Entry::new(key.to_owned(), None, payload));
            }
        }
        assert_eq!((logs.audit().count(), logs.of_hook("h").count()), (10_000, 10_000));
        assert_eq!(logs.audit().last().map(|log| log.created_at), Some(1));
        assert_eq!(logs.of_hook("h").last().map(|log| log.created_at), Some(1));
    }
}
