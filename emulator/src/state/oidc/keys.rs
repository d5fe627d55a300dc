//! The keys that sign tokens: on the curve P-384, or RSA keys. The seed of the emulator determines them.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{Value, json};
use p384::ecdsa::signature::{Signer, Verifier};
use p384::ecdsa::{Signature, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::crypto::ec::signing_key;
use crate::crypto::rsa;

/// The number of signatures that are remembered.
const REMEMBERED: usize = 10_000;

/// A key, with its public part as a JSON Web Key.
#[derive(Debug)]
pub(crate) struct Key {
    /// The thumbprint of the public key (RFC 7638), which identifies it in tokens.
    pub kid: String,
    pub jwk: Value,
    secret: Secret,
}

#[derive(Debug)]
enum Secret {
    Ec(SigningKey),
    Rsa(rsa::SigningKey),
}

/// The source of a key, in addition to the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub id: String,
    pub is_rsa: bool,
}

impl Origin {
    /// Returns the algorithm of the key's signatures.
    pub(crate) const fn algorithm(&self) -> &'static str {
        if self.is_rsa { "RS256" } else { "ES384" }
    }
}

impl Key {
    fn derive(seed: u64, origin: &Origin) -> Option<Self> {
        if origin.is_rsa { Self::derive_rsa(seed, &origin.id) } else { Self::derive_ec(seed, &origin.id) }
    }

    fn derive_rsa(seed: u64, id: &str) -> Option<Self> {
        let secret = rsa::SigningKey::derive(&[&seed.to_be_bytes(), id.as_bytes()].concat())?;
        let public = secret.public();
        let (e, n) = (URL_SAFE_NO_PAD.encode(public.exponent()), URL_SAFE_NO_PAD.encode(public.modulus()));
        let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        let jwk = json!({ "kty": "RSA", "use": "sig", "kid": kid, "alg": "RS256", "e": e, "n": n });
        Some(Self { kid, jwk, secret: Secret::Rsa(secret) })
    }

    fn derive_ec(seed: u64, id: &str) -> Option<Self> {
        let secret = signing_key(seed, id)?;
        let point = secret.verifying_key().to_sec1_point(false);
        let (x, y) = (URL_SAFE_NO_PAD.encode(point.x()?), URL_SAFE_NO_PAD.encode(point.y()?));
        let kid = thumbprint(&format!(r#"{{"crv":"P-384","kty":"EC","x":"{x}","y":"{y}"}}"#));
        let jwk = json!({ "kty": "EC", "use": "sig", "kid": kid, "alg": "ES384", "crv": "P-384", "x": x, "y": y });
        Some(Self { kid, jwk, secret: Secret::Ec(secret) })
    }

    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match &self.secret {
            Secret::Ec(secret) => {
                let signature: Signature = secret.sign(text);
                Some(signature.to_bytes().to_vec())
            }
            Secret::Rsa(secret) => secret.sign(text),
        }
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match &self.secret {
            Secret::Ec(secret) => Signature::from_slice(signature)
                .is_ok_and(|signature| secret.verifying_key().verify(text, &signature).is_ok()),
            Secret::Rsa(secret) => secret.public().verifies(text, signature),
        }
    }
}

/// Returns the thumbprint of the members of a public key (RFC 7638).
fn thumbprint(members: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
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

    /// Returns the key with this origin.
    pub(crate) fn get(&mut self, origin: &Origin) -> Option<&Key> {
        let derive = || Key::derive(self.seed, origin);
        self.derived.entry(origin.id.clone()).or_insert_with(derive).as_ref()
    }

    /// Returns the text, a dot and its signature.
    pub(crate) fn sign(&mut self, origin: &Origin, text: &str) -> String {
        let signature = self.get(origin).and_then(|key| key.sign(text.as_bytes())).unwrap_or_default();
        let signed = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
        self.remember(&signed);
        signed
    }

    /// Returns whether the signature belongs to the text and one of these keys. The key has this algorithm.
    pub(crate) fn verify(&mut self, origins: &[Origin], head: (&str, &str), text: &str, signature: &str) -> bool {
        let (algorithm, kid) = head;
        let mut suiting = origins.iter().filter(|origin| origin.algorithm() == algorithm);
        let origin = suiting.find(|origin| self.get(origin).is_some_and(|key| key.kid == kid));
        let Some(origin) = origin else { return false };
        let signed = format!("{text}.{signature}");
        if self.known.contains(&signed) {
            return true;
        }
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        let valid = self.get(origin).is_some_and(|key| key.verifies(text.as_bytes(), &bytes));
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

    fn ec(id: &str) -> Origin {
        Origin { id: id.to_owned(), is_rsa: false }
    }

    #[test]
    fn the_seed_and_the_id_determine_the_key() {
        let kid = |seed, id| Keys::new(seed).get(&ec(id)).unwrap().kid.clone();
        assert_eq!((kid(1, "a").len(), kid(1, "a")), (43, kid(1, "a")));
        assert_ne!(kid(1, "a"), kid(2, "a"));
        assert_ne!(kid(1, "a"), kid(1, "b"));
    }

    #[test]
    fn signatures_are_checked_and_not_only_remembered() {
        for (origin, algorithm, other) in
            [(ec("a"), "ES384", "RS256"), (Origin { is_rsa: true, ..ec("a") }, "RS256", "ES384")]
        {
            let signed = Keys::new(1).sign(&origin, "text");
            let signature = signed.strip_prefix("text.").unwrap();
            let mut keys = Keys::new(1);
            let kid = keys.get(&origin).unwrap().kid.clone();
            let origins = [origin];
            assert!(keys.verify(&origins, (algorithm, &kid), "text", signature));
            assert!(!keys.verify(&origins, (algorithm, &kid), "other", signature));
            assert!(!keys.verify(&origins, (algorithm, "other"), "text", signature));
            assert!(!keys.verify(&origins, (other, &kid), "text", signature));
            assert!(!keys.verify(&[], (algorithm, &kid), "text", signature));
            assert!(!keys.verify(&[ec("b")], (algorithm, &kid), "text", signature));
        }
    }
}
