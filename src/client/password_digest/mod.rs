//! Password hashes of other systems, in the forms that Logto accepts.

mod algorithm;
mod firebase;
mod form;

use std::fmt;

pub use firebase::FirebaseScrypt;
use serde_json::json;

use self::algorithm::Algorithm;
use self::form::PASSWORD;
use crate::error::{Error, Result};
use crate::operation::Release;

/// The hash of a password from another system, for a user that you create.
///
/// Logto verifies the password with the algorithm of the digest when the user signs in, and then replaces the digest by
/// an Argon2i digest. All constructors check the form of the digest, because Logto checks little of it.
///
/// ```
/// use logto_admin::PasswordDigest;
/// use logto_admin::models::CreateUser;
///
/// # fn run() -> logto_admin::Result<()> {
/// let bcrypt = PasswordDigest::bcrypt("$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy")?;
/// let ada = CreateUser {
///     username: Some("ada".into()),
///     password_algorithm: Some(bcrypt.algorithm().into()),
///     password_digest: Some(bcrypt.digest().into()),
///     ..Default::default()
/// };
///
/// // SHA-256 of a salt and the password.
/// let hash = "c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e";
/// let salted = PasswordDigest::salt_before("sha256", "salt123", hash)?;
/// assert_eq!(salted.algorithm(), "Legacy");
/// # Ok(())
/// # }
/// # run().unwrap();
/// ```
///
/// | hash of the other system | constructor | since Logto |
/// | --- | --- | --- |
/// | bcrypt | [`bcrypt`](Self::bcrypt) | |
/// | Argon2i | [`argon2`](Self::argon2) | |
/// | Argon2id, Argon2d | [`argon2`](Self::argon2) | 1.20 |
/// | MD5, SHA-1, SHA-256 of the password alone | [`md5`](Self::md5), [`sha1`](Self::sha1), [`sha256`](Self::sha256) | |
/// | a hash of salt and password | [`salt_before`](Self::salt_before), [`salt_after`](Self::salt_after) | 1.30 |
/// | a hash of other texts and the password | [`legacy`](Self::legacy) | 1.30 |
/// | PBKDF2 | [`pbkdf2`](Self::pbkdf2) | 1.31; with a binary salt, 1.38 |
/// | Firebase's variant of scrypt | [`firebase_scrypt`](Self::firebase_scrypt) | 1.38 |
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordDigest {
    algorithm: Algorithm,
    digest: String,
}

/// Salt of a PBKDF2 digest.
#[derive(Clone, Copy)]
pub enum PasswordSalt<'a> {
    /// Text, which is used as UTF-8.
    Text(&'a str),
    /// Bytes. Requires Logto 1.38 or newer.
    Bytes(&'a [u8]),
}

impl PasswordDigest {
    /// Maximum length of a digest in characters.
    pub const MAX_CHARS: usize = 256;

    /// Creates a digest from the values of `passwordAlgorithm` and `passwordDigest`.
    ///
    /// # Errors
    /// Fails if the digest does not have the form that Logto expects for this algorithm, or is too long. The error does
    /// not contain the digest.
    pub fn new(algorithm: &str, digest: impl Into<String>) -> Result<Self> {
        Self::of(algorithm.into(), digest)
    }

    fn of(algorithm: Algorithm, digest: impl Into<String>) -> Result<Self> {
        let digest = form::checked(&algorithm, digest.into())?;
        let length = digest.chars().count();
        if length > Self::MAX_CHARS {
            let most = Self::MAX_CHARS;
            let message = format!("password digest of {length} characters is too long: Logto accepts at most {most}");
            return Err(Error::input(message));
        }
        Ok(Self { algorithm, digest })
    }

    /// Creates a bcrypt digest, such as `$2b$10$...`. PHP's prefix `$2y$` becomes `$2b$`, which is the same algorithm.
    ///
    /// # Errors
    /// Fails if the digest is not in modular crypt format.
    pub fn bcrypt(digest: impl Into<String>) -> Result<Self> {
        let digest = digest.into();
        let renamed = digest.strip_prefix("$2y$").map(|rest| format!("$2b${rest}"));
        Self::of(Algorithm::Bcrypt, renamed.unwrap_or(digest))
    }

    /// Creates an Argon2 digest in PHC format. Example: `$argon2id$v=19$m=65536,t=3,p=4$...`.
    ///
    /// # Errors
    /// Fails if the digest is not in PHC format, or is not of version 19 of Argon2.
    pub fn argon2(digest: impl Into<String>) -> Result<Self> {
        let digest = digest.into();
        let algorithm = match digest.split('$').nth(1) {
            Some("argon2id") => Algorithm::Argon2id,
            Some("argon2d") => Algorithm::Argon2d,
            _ => Algorithm::Argon2i,
        };
        Self::of(algorithm, digest)
    }

    /// Creates an MD5 digest of the password alone, in hex.
    ///
    /// # Errors
    /// Fails if the digest does not have 32 hex digits.
    pub fn md5(hex: &str) -> Result<Self> {
        Self::of(Algorithm::Md5, hex)
    }

    /// Creates a SHA-1 digest of the password alone, in hex.
    ///
    /// # Errors
    /// Fails if the digest does not have 40 hex digits.
    pub fn sha1(hex: &str) -> Result<Self> {
        Self::of(Algorithm::Sha1, hex)
    }

    /// Creates a SHA-256 digest of the password alone, in hex.
    ///
    /// # Errors
    /// Fails if the digest does not have 64 hex digits.
    pub fn sha256(hex: &str) -> Result<Self> {
        Self::of(Algorithm::Sha256, hex)
    }

    /// Creates a digest of the salt followed by the password. `function` is a hash function of Node.js, such as
    /// `sha512`.
    ///
    /// # Errors
    /// Fails if the salt is `@`, the hash is not hex, or the digest is too long.
    pub fn salt_before(function: &str, salt: &str, hex: &str) -> Result<Self> {
        Self::legacy(function, &[checked_salt(salt)?, PASSWORD], hex)
    }

    /// Creates a digest of the password followed by the salt. `function` is a hash function of Node.js, such as
    /// `sha512`.
    ///
    /// # Errors
    /// Fails if the salt is `@`, the hash is not hex, or the digest is too long.
    pub fn salt_after(function: &str, salt: &str, hex: &str) -> Result<Self> {
        Self::legacy(function, &[PASSWORD, checked_salt(salt)?], hex)
    }

    /// Creates a digest of these texts, joined. The text `@` stands for the password.
    ///
    /// ```
    /// # use logto_admin::PasswordDigest;
    /// # let hash = "1e51b70835fc01a385d43117299e147203d098c6";
    /// let digest = PasswordDigest::legacy("sha1", &["prefix", "@", "suffix"], hash)?;
    /// assert_eq!(digest.digest(), format!(r#"["sha1",["prefix","@","suffix"],"{hash}"]"#));
    /// # Ok::<_, logto_admin::Error>(())
    /// ```
    ///
    /// # Errors
    /// Fails if no text is `@`, the hash is not hex, or the digest is too long.
    pub fn legacy(function: &str, texts: &[&str], hex: &str) -> Result<Self> {
        Self::of(Algorithm::Legacy, json!([function, texts, hex.to_ascii_lowercase()]).to_string())
    }

    /// Creates a PBKDF2 digest from the derived key in hex. `function` is the hash function of the HMAC, such as
    /// `sha256`.
    ///
    /// ```
    /// use logto_admin::{PasswordDigest, PasswordSalt};
    ///
    /// let key = "0ecb3c32f57685303ff0878481d223bc1a16eb13";
    /// let digest = PasswordDigest::pbkdf2("sha512", PasswordSalt::Text("salt"), 1000, key)?;
    /// assert_eq!(digest.digest(), format!(r#"["pbkdf2",["salt","1000","20","sha512","@"],"{key}"]"#));
    /// # Ok::<_, logto_admin::Error>(())
    /// ```
    ///
    /// # Errors
    /// Fails if there are no iterations, the key is not hex, or the digest is too long.
    pub fn pbkdf2(function: &str, salt: PasswordSalt<'_>, iterations: u32, hex: &str) -> Result<Self> {
        let salt = match salt {
            PasswordSalt::Text(text) if text != PASSWORD && !text.starts_with("hex:") => text.to_owned(),
            PasswordSalt::Text(text) => form::hex(text.as_bytes()),
            PasswordSalt::Bytes(bytes) => form::hex(bytes),
        };
        let length = hex.len() / 2;
        let arguments = json!([salt, iterations.to_string(), length.to_string(), function, PASSWORD]);
        Self::of(Algorithm::Legacy, json!(["pbkdf2", arguments, hex.to_ascii_lowercase()]).to_string())
    }

    /// Creates a digest from the salt and the hash that Firebase exports, in base64.
    ///
    /// # Errors
    /// Fails if a value is not base64, or the digest is too long.
    pub fn firebase_scrypt(project: &FirebaseScrypt, salt: &str, hash: &str) -> Result<Self> {
        Self::of(Algorithm::Legacy, project.legacy(salt, hash)?)
    }

    /// Returns the value of `passwordAlgorithm`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.algorithm.as_str()
    }

    /// Returns the first release of Logto that verifies this digest. Older releases reject the user, or accept the user
    /// and never the password.
    #[must_use]
    pub fn since(&self) -> Release {
        form::since(&self.algorithm, &self.digest)
    }

    /// Returns the value of `passwordDigest`.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// A salt that is `@` would be replaced by the password.
fn checked_salt(salt: &str) -> Result<&str> {
    if salt == PASSWORD {
        Err(Error::input("the salt `@` is not supported: Logto reads it as the password"))
    } else {
        Ok(salt)
    }
}

impl fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordDigest")
            .field("algorithm", &self.algorithm)
            .field("digest", &format_args!("[redacted]"))
            .finish()
    }
}

impl fmt::Debug for PasswordSalt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordSalt([redacted])")
    }
}

#[cfg(test)]
mod tests;
