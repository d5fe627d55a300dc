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

/// Stores the response of a token endpoint, in place of the previous one.
///
/// The members in `identity` describe the identity, such as its `target`.
pub(crate) fn store(state: &mut State, now: i64, user: &str, of: Of<'_>, identity: Members, response: &Members) {
    if let Some(old) = find(state, user, of).map(|record| record.id.clone()) {
        state.store.remove(&SECRETS, &old);
    }
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

/// Returns the access token of a token set, as the account API shows it.
pub(crate) fn access_token(record: &Record, now: i64) -> Value {
    let metadata = |name: &str| record.members.get("metadata").and_then(|metadata| metadata.get(name));
    json!({
        "access_token": record.hidden.text("access_token"),
        "scope": metadata("scope"),
        "token_type": metadata("tokenType"),
        "expires_in": metadata("expiresAt").and_then(Value::as_i64).map(|at| at - now / 1000),
    })
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
        assert!(!tokens.members.to_value().to_string().contains("second"));
        forget(&mut state, Of::Social("other"));
        assert_eq!(state.store.all(&SECRETS).count(), 1);
        forget(&mut state, Of::Social("github"));
        assert_eq!(state.store.all(&SECRETS).count(), 0);
    }
}
