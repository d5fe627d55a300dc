//! Tokens that social and enterprise providers issue for users. The server stores them.

use logto_admin::serde_json::{Value, json};

use crate::collections::SECRETS;
use crate::record::{Members, Record};
use crate::state::State;

/// The identity that a token set belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of<'a> {
    /// A social identity: its target.
    Social(&'a str),
    /// An enterprise identity: its connector.
    Enterprise(&'a str),
}

impl Of<'_> {
    fn is(self, record: &Record) -> bool {
        match self {
            Self::Social(target) => record.text("target") == target,
            Self::Enterprise(connector) => record.text("ssoConnectorId") == connector,
        }
    }
}

/// Returns the token set of a user's identity.
pub(crate) fn find<'s>(state: &'s State, user: &str, of: Of<'_>) -> Option<&'s Record> {
    state.store.all(&SECRETS).find(|record| record.text("userId") == user && of.is(record))
}

/// Removes the token set of a user's identity.
pub(crate) fn remove(state: &mut State, user: &str, of: Of<'_>) {
    if let Some(old) = find(state, user, of).map(|record| record.id.clone()) {
        state.store.remove(&SECRETS, &old);
    }
}

/// Stores the response of a token endpoint, in place of the previous one.
///
/// The members in `identity` describe the identity, such as its `target`.
pub(crate) fn store(state: &mut State, now: i64, user: &str, of: Of<'_>, identity: Members, response: &Members) {
    remove(state, user, of);
    let seconds = response.get("expires_in").and_then(Value::as_i64);
    let metadata = json!({
        "scope": response.get("scope"),
        "expiresAt": seconds.map(|seconds| now / 1000 + seconds),
        "tokenType": response.get("token_type"),
        "hasRefreshToken": response.contains_key("refresh_token"),
    });
    let mut given = identity;
    given.insert("userId".to_owned(), user.into());
    given.insert("metadata".to_owned(), metadata);
    let mut record = state.blank(&SECRETS, given, now);
    record.hidden = response.clone().into();
    state.store.put(&SECRETS, record);
}

/// Deletes the token sets of all users for a connector.
pub(crate) fn forget(state: &mut State, of: Of<'_>) {
    let ids: Vec<String> =
        state.store.all(&SECRETS).filter(|record| of.is(record)).map(|record| record.id.clone()).collect();
    for id in ids {
        state.store.remove(&SECRETS, &id);
    }
}

fn metadata<'r>(record: &'r Record, name: &str) -> Option<&'r Value> {
    record.members.get("metadata")?.get(name).filter(|value| !value.is_null())
}

/// Returns the seconds until the access token expires.
fn expires_in(record: &Record, now: i64) -> Option<i64> {
    metadata(record, "expiresAt").and_then(Value::as_i64).map(|at| at - now / 1000)
}

/// Returns whether the access token has expired and no token can refresh it.
pub(crate) fn is_spent(record: &Record, now: i64) -> bool {
    expires_in(record, now).is_some_and(|seconds| seconds <= 0) && !record.hidden.contains_key("refresh_token")
}

/// Returns the access token of a token set, as the account API shows it.
pub(crate) fn access_token(record: &Record, now: i64) -> Value {
    let members = [
        ("access_token", record.hidden.get("access_token").cloned()),
        ("scope", metadata(record, "scope").cloned()),
        ("token_type", metadata(record, "tokenType").cloned()),
        ("expires_in", expires_in(record, now).map(Value::from)),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect())
}

#[cfg(test)]
mod tests {
    use logto_admin::operation::Release;

    use super::*;
    use crate::state::clock::Clock;

    #[test]
    fn an_identity_has_one_token_set() {
        let mut state = State::new(1, Clock::own(), Release::new(42));
        let response = |token: &str| {
            let response =
                json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": "email" });
            response.as_object().unwrap().clone()
        };
        for token in ["first", "second"] {
            let identity = Members::from_iter([("target".to_owned(), "github".into())]);
            store(&mut state, 1000, "u", Of::Social("github"), identity, &response(token));
        }
        assert_eq!(state.store.all(&SECRETS).count(), 1);
        assert!(find(&state, "other", Of::Social("github")).is_none());
        assert!(find(&state, "u", Of::Enterprise("github")).is_none());
        let tokens = find(&state, "u", Of::Social("github")).unwrap();
        let shown = access_token(tokens, 11_000);
        assert_eq!((&shown["access_token"], &shown["expires_in"]), (&json!("second"), &json!(3590)));
        assert!(!is_spent(tokens, 3_600_999) && is_spent(tokens, 3_601_000));
        assert!(!tokens.members.to_value().to_string().contains("second"));
        forget(&mut state, Of::Social("other"));
        assert_eq!(state.store.all(&SECRETS).count(), 1);
        forget(&mut state, Of::Social("github"));
        assert_eq!(state.store.all(&SECRETS).count(), 0);
    }
}
