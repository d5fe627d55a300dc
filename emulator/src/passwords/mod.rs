//! User passwords. They are stored as digests.
//!
//! The feature `passwords` adds the functions that would make up much of a WebAssembly module.

mod digests;
#[cfg(feature = "passwords")]
#[path = "hash_functions.rs"]
mod functions;
#[cfg(not(feature = "passwords"))]
#[path = "without_hash_functions.rs"]
mod functions;
mod legacy;

pub(crate) use digests::{is_slow, matches};
pub(crate) use legacy::LEGACY;
use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::ids::Ids;
use crate::record::Fields;

/// The member that holds the digest.
pub(crate) const DIGEST: &str = "passwordDigest";
/// The members that hold the digest and its algorithm.
pub(crate) const MEMBERS: [&str; 2] = [DIGEST, ALGORITHM];
/// The member with the flag for a password that must be changed.
pub(crate) const EXPIRED: &str = "isPasswordExpired";
/// The member with the time at which the password was set. Milliseconds since the epoch.
pub(crate) const SET_AT: &str = "passwordUpdatedAt";
/// The member that holds the algorithm of the digest.
pub(crate) const ALGORITHM: &str = "passwordAlgorithm";
/// The algorithm of passwords that are set as text.
const OWN: &str = "Argon2i";

/// Sets a password.
pub(crate) fn set(hidden: &mut Fields, password: &str, ids: &mut Ids, now: i64) {
    digest(hidden, password, ids);
    renew(hidden, now);
}

fn digest(hidden: &mut Fields, password: &str, ids: &mut Ids) {
    let salt = ids.secret(16);
    hidden.insert(DIGEST.to_owned(), functions::argon2i(&salt, password).into());
    hidden.insert(ALGORITHM.to_owned(), OWN.into());
}

/// Starts the validity of a new password.
fn renew(hidden: &mut Fields, now: i64) {
    hidden.insert(SET_AT.to_owned(), now.into());
    hidden.remove(EXPIRED);
}

/// Sets whether the user must choose a new password at the next sign-in.
pub(crate) fn set_expired(hidden: &mut Fields, expired: bool) {
    hidden.insert(EXPIRED.to_owned(), expired.into());
}

/// Rejects a missing or malformed digest of the algorithm `LEGACY`.
pub(crate) fn check_legacy(digest: Option<&str>) -> Outcome<()> {
    let missing =
        || Refusal::new(400, "password.unsupported_encryption_method", "The encryption method is not supported.");
    legacy::check(digest.ok_or_else(missing)?)
}

/// Sets a digest that was computed elsewhere.
pub(crate) fn import(hidden: &mut Fields, digest: &str, algorithm: &str, now: i64) {
    hidden.insert(DIGEST.to_owned(), digest.into());
    hidden.insert(ALGORITHM.to_owned(), Value::from(algorithm));
    renew(hidden, now);
}

/// Returns whether the digest has the algorithm of passwords that are set as text.
pub(crate) fn is_own(hidden: &Fields) -> bool {
    hidden.text(ALGORITHM) == OWN
}

/// Replaces a verified digest that was computed elsewhere. The password stays the same, and as old as it is. Returns
/// whether the digest was replaced.
pub(crate) fn upgrade(hidden: &mut Fields, password: &str, ids: &mut Ids) -> bool {
    let foreign = !is_own(hidden);
    if foreign {
        digest(hidden, password, ids);
    }
    foreign
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::jobs::Jobs;

    fn is_right(hidden: &Fields, password: &str) -> bool {
        Jobs::default().verify(hidden, password).unwrap()
    }

    #[test]
    fn only_the_right_password_matches() {
        let mut hidden = Fields::default();
        assert!(!is_right(&hidden, ""));
        set(&mut hidden, "correct horse", &mut Ids::new(0), 0);
        assert!(is_right(&hidden, "correct horse") && !is_right(&hidden, "battery"));
        assert!(!hidden.text(DIGEST).contains("horse"));
    }

    #[test]
    fn a_verified_digest_becomes_argon2i() {
        let mut hidden = Fields::default();
        import(&mut hidden, "5f4dcc3b5aa765d61d8327deb882cf99", "MD5", 0);
        assert!(is_right(&hidden, "password") && !is_right(&hidden, "passwort"));
        assert!(upgrade(&mut hidden, "password", &mut Ids::new(0)));
        assert!(hidden.text(DIGEST).starts_with("$argon2i$v=19$"));
        assert!(is_right(&hidden, "password") && !upgrade(&mut hidden, "password", &mut Ids::new(0)));
    }
}
