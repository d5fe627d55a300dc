//! Digests whose functions would make up much of a WebAssembly module.

use aes::Aes256;
use aes::cipher::{KeyIvInit, StreamCipher};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::digest::Digest;

/// Cost of new digests. It is far below the server's, because tests create many users.
const MEMORY: u32 = 64;
const PASSES: u32 = 1;
/// Digests that need more memory, in KiB, match no password.
const MOST_MEMORY: u32 = 1 << 20;
/// Argon2 digests that write more memory, in KiB, in all passes match no password.
const MOST_WRITTEN: u64 = 1 << 22;
/// Bcrypt digests with a higher cost match no password.
const HIGHEST_COST: u32 = 16;

/// Returns whether an Argon2i digest costs as little as new ones.
pub(super) fn is_own(digest: &str) -> bool {
    digest.contains(&format!("$m={MEMORY},t={PASSES},p=1$"))
}

/// Returns a new Argon2i digest.
pub(super) fn argon2i(salt: &str, password: &str) -> String {
    argon2(Algorithm::Argon2i, salt, password)
}

pub(super) fn argon2(algorithm: Algorithm, salt: &str, password: &str) -> String {
    let mut hash = [0; 32];
    if let Ok(parameters) = Params::new(MEMORY, PASSES, 1, Some(hash.len())) {
        let argon2 = Argon2::new(algorithm, Version::V0x13, parameters);
        // Fails only for a salt or password of a wrong length. Then the digest matches no password.
        let _ = argon2.hash_password_into(password.as_bytes(), salt.as_bytes(), &mut hash);
    }
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("${algorithm}$v=19$m={MEMORY},t={PASSES},p=1${salt}${hash}")
}

pub(super) fn is_argon2(digest: &str, password: &str) -> bool {
    let Ok(digest) = PasswordHash::new(digest) else { return false };
    let parameter = |name| digest.params.get_decimal(name).unwrap_or_default();
    let (memory, passes) = (parameter("m"), parameter("t"));
    is_bounded(memory, passes) && Argon2::default().verify_password(password.as_bytes(), &digest).is_ok()
}

/// Whether an Argon2 digest takes seconds, and not minutes.
fn is_bounded(memory: u32, passes: u32) -> bool {
    memory <= MOST_MEMORY && u64::from(memory).saturating_mul(passes.into()) <= MOST_WRITTEN
}

pub(super) fn is_bcrypt(digest: &str, password: &str) -> bool {
    let cost = digest.split('$').nth(2).and_then(|cost| cost.parse::<u32>().ok());
    cost.is_some_and(is_low) && bcrypt::verify(password, digest).unwrap_or(false)
}

/// Whether a bcrypt digest of this cost takes seconds, and not minutes.
const fn is_low(cost: u32) -> bool {
    cost <= HIGHEST_COST
}

/// Computes a hash with the functions that are less common.
pub(super) fn hash(function: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match function {
        "sha3-224" => sha3::Sha3_224::digest(bytes).to_vec(),
        "sha3-256" => sha3::Sha3_256::digest(bytes).to_vec(),
        "sha3-384" => sha3::Sha3_384::digest(bytes).to_vec(),
        "sha3-512" => sha3::Sha3_512::digest(bytes).to_vec(),
        "ripemd160" | "ripemd" | "rmd160" => ripemd::Ripemd160::digest(bytes).to_vec(),
        "blake2b512" => blake2::Blake2b512::digest(bytes).to_vec(),
        "blake2s256" => blake2::Blake2s256::digest(bytes).to_vec(),
        _ => return None,
    })
}

/// Firebase's variant of scrypt: the derived key encrypts the signer key.
pub(super) fn firebase(password: &str, salt: &[&str], signer_key: &str, rounds: u32, memory: u8) -> Option<String> {
    let salts: Result<Vec<Vec<u8>>, _> = salt.iter().map(|part| STANDARD.decode(part)).collect();
    let parameters = scrypt::Params::new(memory, rounds, 1).ok()?;
    let needed = 128_u64.saturating_mul(u64::from(rounds)).saturating_mul(parameters.n());
    if needed > u64::from(MOST_MEMORY) * 1024 {
        return None;
    }
    let mut key = [0; 64];
    scrypt::scrypt(password.as_bytes(), &salts.ok()?.concat(), &parameters, &mut key).ok()?;
    let mut text = STANDARD.decode(signer_key).ok()?;
    let mut cipher = ctr::Ctr128BE::<Aes256>::new_from_slices(key.first_chunk::<32>()?, &[0; 16]).ok()?;
    cipher.try_apply_keystream(&mut text).ok()?;
    Some(STANDARD.encode(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u32 = 1 << 20;

    #[test]
    fn argon2_has_at_most_one_gib_and_four_in_all_passes() {
        assert!(is_bounded(GIB, 1) && is_bounded(GIB, 4) && is_bounded(1 << 10, 1 << 12));
        assert!(!is_bounded(GIB + 1, 1) && !is_bounded(GIB, 5) && !is_bounded(1 << 10, (1 << 12) + 1));
    }

    #[test]
    fn bcrypt_has_at_most_a_cost_of_16() {
        assert!(is_low(16) && !is_low(17));
    }
}
