//! Keys on the curve P-384. A seed and an id determine them.

use p384::ecdsa::SigningKey;
use sha2::{Digest, Sha384};

/// Derives a key from the seed and an id.
pub(crate) fn signing_key(seed: u64, id: &str) -> Option<SigningKey> {
    // A few digests do not form a key.
    (0..=u8::MAX).find_map(|attempt| {
        let digest = Sha384::new_with_prefix(b"logto-admin-emulator signing key").chain_update(seed.to_be_bytes());
        SigningKey::from_slice(&digest.chain_update(id).chain_update([attempt]).finalize()).ok()
    })
}
