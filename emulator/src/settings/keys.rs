//! The keys that sign tokens and cookies.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::call::Handler;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::ids::Ids;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GetOidcKeys", |call| list(call)), ("RotateOidcKeys", rotate), ("DeleteOidcKey", delete)];

/// A key. Its material is derived from its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub id: String,
    /// Seconds since the epoch.
    created_at: i64,
    /// `EC` or `RSA`. Cookie keys have no algorithm.
    algorithm: String,
    /// Time when the key becomes the current one, in milliseconds since the epoch.
    effective_at: Option<i64>,
}

impl Key {
    fn new(ids: &mut Ids, algorithm: &str, now: i64) -> Self {
        Self { id: ids.id(21), created_at: now.div_euclid(1000), algorithm: algorithm.to_owned(), effective_at: None }
    }

    pub(crate) fn is_rsa(&self) -> bool {
        self.algorithm == "RSA"
    }

    fn is_next(&self, now: i64) -> bool {
        self.effective_at.is_some_and(|at| at > now)
    }
}

/// All keys, newest first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Keys {
    private: Vec<Key>,
    cookie: Vec<Key>,
}

/// Number of keys after a rotation: the new one and the previous one.
const KEPT: usize = 2;

impl Keys {
    pub(crate) fn new(ids: &mut Ids, now: i64) -> Self {
        Self { private: vec![Key::new(ids, "EC", now)], cookie: vec![Key::new(ids, "", now)] }
    }

    /// Returns the keys that verify tokens, with their status. Newest first.
    pub(crate) fn private(&self, now: i64) -> impl Iterator<Item = (&Key, &'static str)> {
        let waiting = self.private.iter().take_while(|key| key.is_next(now)).count();
        self.private.iter().enumerate().map(move |(index, key)| {
            let status = match index {
                _ if index < waiting => "Next",
                _ if index == waiting => "Current",
                _ => "Previous",
            };
            (key, status)
        })
    }

    fn of(&mut self, kind: &str) -> &mut Vec<Key> {
        if kind == "private-keys" { &mut self.private } else { &mut self.cookie }
    }

    fn shown(&self, kind: &str, now: i64) -> Value {
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

fn list(call: &Call<'_>) -> Outcome<HttpResponse> {
    Ok(reply::json(200, &call.state.keys.shown(call.parameter(0), call.now)))
}

fn rotate(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let now = call.now;
    let kind = call.parameter(0).to_owned();
    let algorithm = if call.text("signingKeyAlgorithm") == "RSA" { "RSA" } else { "EC" };
    let mut key = Key::new(&mut call.state.ids, algorithm, now);
    let period = call.body.get("rotationGracePeriod").and_then(Value::as_f64).unwrap_or_default();
    if kind == "private-keys" && period > 0.0 {
        key.effective_at = Some(now.saturating_add((period * 1000.0) as i64));
    }
    let keys = call.state.keys.of(&kind);
    // A key that is not in use yet is replaced.
    keys.retain(|known| !known.is_next(now));
    keys.truncate(if key.is_next(now) { KEPT } else { KEPT - 1 });
    keys.insert(0, key);
    list(call)
}

fn delete(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (kind, id) = (call.parameter(0).to_owned(), call.parameter(1).to_owned());
    if call.state.keys.of(&kind).len() < KEPT {
        return Err(Refusal::new(422, "oidc.key_required", "At least one key is required."));
    }
    let missing = || Refusal::new(404, "oidc.key_not_found", format!("Key with ID {id} is not found."));
    let at = call.state.keys.of(&kind).iter().position(|key| key.id == id).ok_or_else(missing)?;
    let status = call.state.keys.private(call.now).nth(at).map(|(_, status)| status);
    if kind == "private-keys" && status != Some("Previous") {
        return Err(Refusal::new(422, "oidc.only_previous_key_can_be_deleted", "Only a previous key can be deleted."));
    }
    call.state.keys.of(&kind).remove(at);
    Ok(reply::nothing(204))
}
