//! Ids, secrets and other random-looking strings. The same seed produces the same values.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A sequence of numbers (`SplitMix64`), determined by its seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ids(u64);

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Returns an id of `length` lowercase letters and digits.
    pub(crate) fn id(&mut self, length: usize) -> String {
        self.text(length, LOWER)
    }

    /// Returns a secret of `length` letters and digits.
    pub(crate) fn secret(&mut self, length: usize) -> String {
        self.text(length, MIXED)
    }

    /// Returns `length` decimal digits.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        self.text(length, b"0123456789")
    }

    /// Returns `length` characters of base32.
    pub(crate) fn base32(&mut self, length: usize) -> String {
        self.text(length, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    /// Returns `length` hexadecimal digits.
    pub(crate) fn hexadecimal(&mut self, length: usize) -> String {
        self.text(length, b"0123456789abcdef")
    }

    /// Returns `length` characters of base64url.
    pub(crate) fn token(&mut self, length: usize) -> String {
        let mut text = URL_SAFE_NO_PAD
            .encode((0..length.div_ceil(10)).flat_map(|_| self.next().to_le_bytes()).collect::<Vec<_>>());
        text.truncate(length);
        text
    }

    fn text(&mut self, length: usize, alphabet: &[u8]) -> String {
        (0..length)
            .filter_map(|_| alphabet.get((self.next() % alphabet.len() as u64) as usize))
            .map(|byte| char::from(*byte))
            .collect()
    }
}

const fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// Returns a hash of `length` bytes. It is not secure: it only distinguishes inputs. It is the same on every platform.
fn hash(key: u64, bytes: &[u8], length: usize) -> Vec<u8> {
    let mut state = key ^ 0xCBF2_9CE4_8422_2325;
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    let mut stream = Ids::new(state);
    let mut hashed: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| stream.next().to_le_bytes()).collect();
    hashed.truncate(length);
    hashed
}

/// Returns a hash as base64 without padding.
pub(crate) fn digest(bytes: &[u8], length: usize) -> String {
    STANDARD_NO_PAD.encode(hash(0, bytes, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_determines_the_ids() {
        let (mut one, mut same, mut other) = (Ids::new(7), Ids::new(7), Ids::new(8));
        let id = one.id(12);
        assert_eq!((id.len(), &id), (12, &same.id(12)));
        assert_ne!(id, other.id(12));
        assert_ne!(id, one.id(12));
    }

    #[test]
    fn strings_have_the_requested_length_and_alphabet() {
        let mut ids = Ids::new(0);
        assert!(ids.id(2000).bytes().all(|byte| LOWER.contains(&byte)));
        assert!(ids.secret(32).bytes().all(|byte| MIXED.contains(&byte)));
        assert_eq!((ids.token(43).len(), ids.token(16).len()), (43, 16));
    }

    #[test]
    fn hashes_differ_by_input() {
        assert_ne!(digest(b"a", 20), digest(b"b", 20));
        assert_eq!(digest(b"a", 20), digest(b"a", 20));
    }
}
