//! The public keys of passkeys, in the encoding of COSE (RFC 9052).

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

use crate::crypto::cbor::Item;
use crate::crypto::rsa;

/// The identifiers of the accepted algorithms, the preferred one first. They are those that the server accepts.
pub(crate) const ALGORITHMS: [i64; 2] = [ES256, RS256];

const ES256: i64 = -7;
const RS256: i64 = -257;
/// The types of keys: elliptic curves with two coordinates, and RSA.
const EC2: i64 = 2;
const RSA: i64 = 3;
/// The curve P-256.
const P256: i64 = 1;

/// The public key of a passkey.
#[derive(Debug)]
pub(crate) enum PublicKey {
    Es256(VerifyingKey),
    Rs256(rsa::PublicKey),
}

impl PublicKey {
    /// Reads a key. Returns `None` if it is not a key for one of the algorithms.
    pub(crate) fn read(key: &[u8]) -> Option<Self> {
        let (map, _) = Item::read(key)?;
        let part = |label: i64| map.get(&Item::Number(label));
        let number = |label: i64| match part(label) {
            Some(Item::Number(number)) => Some(*number),
            _ => None,
        };
        match (number(1)?, number(3)?) {
            (EC2, ES256) if number(-1) == Some(P256) => {
                let point = [&[4][..], part(-2)?.bytes()?, part(-3)?.bytes()?].concat();
                VerifyingKey::from_sec1_bytes(&point).ok().map(Self::Es256)
            }
            (RSA, RS256) => rsa::PublicKey::new(part(-1)?.bytes()?, part(-2)?.bytes()?).map(Self::Rs256),
            _ => None,
        }
    }

    /// Returns whether a signature belongs to a message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => {
                Signature::from_der(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Self::Rs256(key) => key.verifies(message, signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::rsa::SigningKey;

    /// Encodes an RSA key whose modulus has 256 bytes.
    fn encoded(key: &rsa::PublicKey, algorithm: [u8; 3]) -> Vec<u8> {
        let head = [&[0xA4, 0x01, 0x03, 0x03], algorithm.as_slice(), &[0x20, 0x59, 0x01, 0x00]].concat();
        [head.as_slice(), &key.modulus(), &[0x21, 0x43], &key.exponent()].concat()
    }

    #[test]
    fn rsa_keys_verify_their_signatures() {
        let signing = SigningKey::derive(b"passkey").unwrap();
        let key = PublicKey::read(&encoded(signing.public(), [0x39, 0x01, 0x00])).unwrap();
        let signature = signing.sign(b"message").unwrap();
        assert!(key.verifies(b"message", &signature));
        assert!(!key.verifies(b"other", &signature));
        assert!(!key.verifies(b"message", &signature[1..]));
        // RS384
        assert!(PublicKey::read(&encoded(signing.public(), [0x39, 0x01, 0x01])).is_none());
        assert!(PublicKey::read(b"\xA0").is_none() && PublicKey::read(b"").is_none());
    }
}
