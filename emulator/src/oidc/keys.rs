//! The keys that sign tokens, on the curve P-384. The seed of the emulator determines them.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{Value, json};
use p384::ecdsa::signature::{Signer, Verifier};
use p384::ecdsa::{Signature, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384};

/// The number of signatures that are remembered.
const REMEMBERED: usize = 10_000;

/// A key, with its public part as a JSON Web Key.
#[derive(Debug)]
pub(crate) struct Key {
    /// The thumbprint of the public key (RFC 7638), which identifies it in tokens.
    pub kid: String,
    pub jwk: Value,
    secret: SigningKey,
}

impl Key {
    fn derive(seed: u64, id: &str) -> Option<Self> {
        let secret = signing_key(seed, id)?;
        let point = secret.verifying_key().to_sec1_point(false);
        let (x, y) = (URL_SAFE_NO_PAD.encode(point.x()?), URL_SAFE_NO_PAD.encode(point.y()?));
        let members = format!(r#"{{"crv":"P-384","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(members));
        let jwk = json!({ "kty": "EC", "use": "sig", "kid": kid, "alg": "ES384", "crv": "P-384", "x": x, "y": y });
        Some(Self { kid, jwk, secret })
    }
}

/// Derives a key from the seed and an id.
pub(crate) fn signing_key(seed: u64, id: &str) -> Option<SigningKey> {
    // A few digests do not form a key.
    (0..=u8::MAX).find_map(|attempt| {
        let digest = Sha384::new_with_prefix(b"logto-admin-emulator signing key").chain_update(seed.to_be_bytes());
        SigningKey::from_slice(&digest.chain_update(id).chain_update([attempt]).finalize()).ok()
    })
}

/// Keys by their ids, derived when they are first used.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Keys {
    seed: u64,
    #[serde(skip)]
    derived: HashMap<String, Option<Key>>,
    /// Signed texts with their signatures. Most tokens that the emulator checks are its own. To look one up is faster
    /// than to verify its signature.
    #[serde(skip)]
    known: HashSet<String>,
}

impl Keys {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, derived: HashMap::new(), known: HashSet::new() }
    }

    /// Returns the key with this id.
    pub(crate) fn get(&mut self, id: &str) -> Option<&Key> {
        let derive = || Key::derive(self.seed, id);
        self.derived.entry(id.to_owned()).or_insert_with(derive).as_ref()
    }

    /// Returns the text, a dot and its signature.
    pub(crate) fn sign(&mut self, id: &str, text: &str) -> String {
        let signature = self.get(id).map(|key| {
            let signature: Signature = key.secret.sign(text.as_bytes());
            URL_SAFE_NO_PAD.encode(signature.to_bytes())
        });
        let signed = format!("{text}.{}", signature.unwrap_or_default());
        self.remember(&signed);
        signed
    }

    /// Returns whether the signature belongs to the text and one of these keys.
    pub(crate) fn verify(&mut self, ids: &[String], kid: &str, text: &str, signature: &str) -> bool {
        let Some(id) = ids.iter().find(|id| self.get(id).is_some_and(|key| key.kid == kid)) else { return false };
        let signed = format!("{text}.{signature}");
        if self.known.contains(&signed) {
            return true;
        }
        let bytes = URL_SAFE_NO_PAD.decode(signature).ok();
        let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
        let valid = |key: &Key| {
            signature.is_some_and(|signature| key.secret.verifying_key().verify(text.as_bytes(), &signature).is_ok())
        };
        let valid = self.get(id).is_some_and(valid);
        if valid {
            self.remember(&signed);
        }
        valid
    }

    fn remember(&mut self, signed: &str) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(signed.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_and_the_id_determine_the_key() {
        let kid = |seed, id| Keys::new(seed).get(id).unwrap().kid.clone();
        assert_eq!((kid(1, "a").len(), kid(1, "a")), (43, kid(1, "a")));
        assert_ne!(kid(1, "a"), kid(2, "a"));
        assert_ne!(kid(1, "a"), kid(1, "b"));
    }

    #[test]
    fn signatures_are_checked_and_not_only_remembered() {
        let ids = ["a".to_owned()];
        let signed = Keys::new(1).sign("a", "text");
        let signature = signed.strip_prefix("text.").unwrap();
        let mut keys = Keys::new(1);
        let kid = keys.get("a").unwrap().kid.clone();
        assert!(keys.verify(&ids, &kid, "text", signature));
        assert!(!keys.verify(&ids, &kid, "other", signature));
        assert!(!keys.verify(&ids, "other", "text", signature));
        assert!(!keys.verify(&[], &kid, "text", signature));
        assert!(!Keys::new(2).verify(&ids, &kid, "text", signature));
    }
}
