//! Issues and reads access tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};

use crate::ids::signature;
use crate::store::Members;

/// Why a token is invalid, in the terms of the library that the server uses to check tokens.
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

/// Issues a token with these claims.
pub(crate) fn issue(seed: u64, claims: &Value) -> String {
    let header = json!({ "alg": "ES384", "typ": "at+jwt", "kid": "emulator" });
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = signature(seed, signed.as_bytes());
    format!("{signed}.{signature}")
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns the claims of a token if this emulator issued it for `audience` and it is valid at `now`, in milliseconds.
pub(crate) fn read(seed: u64, token: &str, audience: &str, now: i64) -> Result<Members, Problem> {
    const INVALID: Problem = Problem::new("ERR_JWS_INVALID", "JWSInvalid");
    let (signed, signature_part) = token.rsplit_once('.').ok_or(INVALID)?;
    let (_, payload) = signed.split_once('.').filter(|(_, payload)| !payload.contains('.')).ok_or(INVALID)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| INVALID)?;
    let claims: Members = serde_json::from_slice(&payload).map_err(|_| INVALID)?;
    if signature(seed, signed.as_bytes()) != signature_part {
        return Err(Problem::new("ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "JWSSignatureVerificationFailed"));
    }
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
    use super::*;

    #[test]
    fn tokens_are_valid_for_their_issuer_and_audience_until_they_expire() {
        let claims = json!({ "sub": "app", "aud": "https://api.example", "exp": 100, "scope": "all" });
        let token = issue(1, &claims);
        let read =
            |seed, token: &str, audience, now| super::read(seed, token, audience, now).map_err(|problem| problem.code);
        assert_eq!(Value::Object(read(1, &token, "https://api.example", 99_999).unwrap()), claims);
        assert_eq!(read(1, &token, "https://api.example", 100_000), Err("ERR_JWT_EXPIRED"));
        assert_eq!(read(1, &token, "https://other.example", 0), Err("ERR_JWT_CLAIM_VALIDATION_FAILED"));
        assert_eq!(read(2, &token, "https://api.example", 0), Err("ERR_JWS_SIGNATURE_VERIFICATION_FAILED"));
        for odd in ["", "a", "a.b", "a.b.c", "a.b.c.d", "e30.e30", &token[1..]] {
            assert!(read(1, odd, "https://api.example", 0).is_err(), "{odd}");
        }
    }
}
