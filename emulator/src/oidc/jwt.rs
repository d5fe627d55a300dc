//! Issues and reads JSON Web Tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};

use crate::record::{Members, text};
use crate::state::State;

/// Reason why a token is invalid. The terms are those of the library that the server uses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub name: &'static str,
    /// The invalid claim, and all claims of the token.
    pub claim: Option<(&'static str, Value)>,
}

impl Problem {
    const fn new(code: &'static str, name: &'static str) -> Self {
        Self { code, name, claim: None }
    }

    /// Returns the `data` of the error.
    pub(crate) fn data(&self) -> Value {
        let mut data = json!({ "code": self.code, "name": self.name });
        if let (Some((claim, payload)), Some(members)) = (&self.claim, data.as_object_mut()) {
            members.insert("claim".to_owned(), (*claim).into());
            members.insert("reason".to_owned(), "check_failed".into());
            members.insert("payload".to_owned(), payload.clone());
        }
        data
    }
}

/// Purpose of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Access,
    Id,
    Logout,
}

/// Issues a token with these claims.
pub(crate) fn issue(state: &mut State, usage: Use, claims: &Value) -> String {
    let Some(origin) = state.signing_keys().into_iter().next() else { return String::new() };
    let kid = state.oidc.keys.get(&origin).map(|key| key.kid.clone());
    let header = match usage {
        Use::Access => json!({ "alg": origin.algorithm(), "typ": "at+jwt", "kid": kid }),
        Use::Logout => json!({ "alg": origin.algorithm(), "typ": "logout+jwt", "kid": kid }),
        Use::Id => json!({ "alg": origin.algorithm(), "kid": kid }),
    };
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", encode(&header), encode(claims));
    state.oidc.keys.sign(&origin, &text)
}

/// Returns the claims of a token if this emulator issued it. Ignores its audience and expiry.
pub(crate) fn open(state: &mut State, token: &str) -> Result<Members, Problem> {
    const INVALID: Problem = Problem::new("ERR_JWS_INVALID", "JWSInvalid");
    let (signed, signature) = token.rsplit_once('.').ok_or(INVALID)?;
    let (header, payload) = signed.split_once('.').filter(|(_, payload)| !payload.contains('.')).ok_or(INVALID)?;
    let members = |part: &str| -> Option<Members> {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (header, claims) = members(header).zip(members(payload)).ok_or(INVALID)?;
    let origins = state.signing_keys();
    let head = (text(&header, "alg"), text(&header, "kid"));
    if !state.oidc.keys.verify(&origins, head, signed, signature) {
        return Err(Problem::new("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "JWSSignatureVerificationFailed"));
    }
    Ok(claims)
}

/// Returns the claims of a token that this emulator issued for `audience`. It must be valid at `now`, in milliseconds.
pub(crate) fn read(state: &mut State, token: &str, audience: &str, now: i64) -> Result<Members, Problem> {
    let claims = open(state, token)?;
    if claims.get("aud").and_then(Value::as_str) != Some(audience) {
        let problem = Problem::new("ERR_JWT_CLAIM_VALIDATION_FAILED", "JWTClaimValidationFailed");
        return Err(Problem { claim: Some(("aud", claims.into())), ..problem });
    }
    if claims.get("exp").and_then(Value::as_i64).is_none_or(|expiry| expiry.saturating_mul(1000) <= now) {
        return Err(Problem { claim: Some(("exp", claims.into())), ..Problem::new("ERR_JWT_EXPIRED", "JWTExpired") });
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use logto_admin::operation::Release;

    use super::*;
    use crate::state::clock::Clock;

    fn state(seed: u64) -> State {
        State::new(seed, Clock::own(), Release::new(42))
    }

    #[test]
    fn tokens_are_valid_for_their_issuer_and_audience_until_they_expire() {
        let claims = json!({ "sub": "app", "aud": "https://api.example", "exp": 100, "scope": "all" });
        let token = issue(&mut state(1), Use::Access, &claims);
        let read = |seed, token: &str, audience, now| {
            super::read(&mut state(seed), token, audience, now).map_err(|problem| problem.code)
        };
        assert_eq!(Value::Object(read(1, &token, "https://api.example", 99_999).unwrap()), claims);
        assert_eq!(read(1, &token, "https://api.example", 100_000), Err("ERR_JWT_EXPIRED"));
        assert_eq!(read(1, &token, "https://other.example", 0), Err("ERR_JWT_CLAIM_VALIDATION_FAILED"));
        assert_eq!(read(2, &token, "https://api.example", 0), Err("ERR_JWS_SIGNATURE_VERIFICATION_FAILED"));
        for odd in ["", "a", "a.b", "a.b.c", "a.b.c.d", "e30.e30", "e30.e30.", &token[1..]] {
            assert!(read(1, odd, "https://api.example", 0).is_err(), "{odd}");
        }
    }
}
