//! Time-based one-time passwords (RFC 6238), as authenticator apps compute them.

use data_encoding::BASE32;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::ids::Ids;

/// Seconds.
const STEP: i64 = 30;
/// The length of a secret: 20 bytes.
const LENGTH: usize = 32;

/// Returns a new secret.
pub(crate) fn secret(ids: &mut Ids) -> String {
    ids.base32(LENGTH)
}

/// Returns whether a code is valid.
pub(crate) fn verify(secret: &str, code: &str, now: i64) -> bool {
    step_of(secret, code, now).is_some()
}

/// Returns the step of a valid code. Codes of the previous and the next step are accepted, because clocks differ.
pub(crate) fn step_of(secret: &str, code: &str, now: i64) -> Option<i64> {
    let step = now.div_euclid(1000).div_euclid(STEP);
    [step, step - 1, step + 1]
        .into_iter()
        .find(|step| self::code(secret, *step).is_some_and(|expected| expected == code))
}

fn code(secret: &str, step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(&BASE32.decode(secret.as_bytes()).ok()?).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0xF);
    let bytes: [u8; 4] = hash.get(offset..offset + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(bytes) & 0x7FFF_FFFF) % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_match_the_examples_of_the_standard() {
        // RFC 6238, appendix B: the last six digits.
        let secret = BASE32.encode(b"12345678901234567890");
        assert_eq!(code(&secret, 1).as_deref(), Some("287082"));
        assert_eq!(code(&secret, 0x0235_23EC).as_deref(), Some("081804"));
        assert!(verify(&secret, "287082", 59_000) && verify(&secret, "287082", 60_000));
        assert!(!verify(&secret, "287082", 120_000));
    }
}
