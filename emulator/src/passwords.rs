//! User passwords. They are stored as digests, although the hash is weak.

use logto_admin::serde_json::Value;

use crate::ids::{Ids, digest};
use crate::store::{Members, text};

/// The member that holds the digest.
pub(crate) const DIGEST: &str = "passwordDigest";
const ALGORITHM: &str = "passwordAlgorithm";
const PREFIX: &str = "$argon2i$v=19$m=8192,t=8,p=1$";

/// Sets a password.
pub(crate) fn set(hidden: &mut Members, password: &str, ids: &mut Ids) {
    let salt = ids.secret(22);
    set_digest(hidden, &format!("{PREFIX}{salt}${}", hash(&salt, password)), "Argon2i");
}

/// Sets a digest that was computed elsewhere.
pub(crate) fn set_digest(hidden: &mut Members, digest: &str, algorithm: &str) {
    hidden.insert(DIGEST.to_owned(), digest.into());
    hidden.insert(ALGORITHM.to_owned(), Value::from(algorithm));
}

/// Returns whether this is the password. Digests that were computed elsewhere never match.
pub(crate) fn verify(hidden: &Members, password: &str) -> bool {
    let salted = text(hidden, DIGEST).strip_prefix(PREFIX).and_then(|rest| rest.split_once('$'));
    salted.is_some_and(|(salt, hashed)| hash(salt, password) == hashed)
}

fn hash(salt: &str, password: &str) -> String {
    digest(format!("{salt}{password}").as_bytes(), 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_matches() {
        let mut hidden = Members::new();
        assert!(!verify(&hidden, ""));
        set(&mut hidden, "correct horse", &mut Ids::new(0));
        assert!(verify(&hidden, "correct horse") && !verify(&hidden, "battery"));
        assert!(!text(&hidden, DIGEST).contains("horse"));
        set_digest(&mut hidden, "5f4dcc3b5aa765d61d8327deb882cf99", "MD5");
        assert!(!verify(&hidden, "correct horse"));
    }
}
