use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use serde_json::json;

use super::form::PASSWORD;
use crate::error::{Error, Result};

/// Reads base64 with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Parameters of a Firebase project's password hashes. The Firebase console shows them on the page of the users, under
/// "Password hash parameters".
///
/// ```
/// use logto_admin::{FirebaseScrypt, PasswordDigest};
///
/// let project = FirebaseScrypt {
///     signer_key: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==".into(),
///     salt_separator: "Bw==".into(),
///     rounds: 8,
///     mem_cost: 14,
/// };
/// let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
/// let digest = PasswordDigest::firebase_scrypt(&project, "42xEC+ixf3L2lw==", hash)?;
/// assert!(digest.digest().starts_with(r#"["firebase-scrypt","#));
/// # Ok::<_, logto_admin::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct FirebaseScrypt {
    /// `base64_signer_key`.
    pub signer_key: String,
    /// `base64_salt_separator`.
    pub salt_separator: String,
    /// `rounds`.
    pub rounds: u32,
    /// `mem_cost`.
    pub mem_cost: u32,
}

/// The length of all signer keys, in bytes.
const KEY: usize = 64;
/// The largest parameters that Firebase allows.
const MOST_ROUNDS: u32 = 8;
const MOST_MEM_COST: u32 = 14;

impl FirebaseScrypt {
    /// Checks whether a project can have these parameters.
    ///
    /// The signer key has 64 bytes in base64, and the salt separator is base64. There are 1 to 8 rounds, and the memory
    /// cost is 1 to 14. Check the parameters before you convert hashes: with others, no user can sign in. A wrong key
    /// of the right length is not noticed.
    ///
    /// # Errors
    /// Fails with [`Input`](crate::ErrorKind::Input), and a message that names the parameter. It does not contain the
    /// key.
    ///
    /// # Examples
    /// ```
    /// use logto_admin::FirebaseScrypt;
    ///
    /// let project = FirebaseScrypt {
    ///     signer_key: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==".into(),
    ///     salt_separator: "Bw==".into(),
    ///     rounds: 8,
    ///     mem_cost: 14,
    /// };
    /// assert!(project.check().is_ok());
    /// let error = FirebaseScrypt { mem_cost: 140, ..project }.check().unwrap_err();
    /// assert_eq!(error.message(), "invalid Firebase memory cost 140: expected 1 to 14");
    /// ```
    pub fn check(&self) -> Result<()> {
        let key = decoded("signer key", &self.signer_key)?.len();
        if key != KEY {
            return Err(Error::input(format!("invalid Firebase signer key of {key} bytes: expected {KEY} bytes")));
        }
        decoded("salt separator", &self.salt_separator)?;
        for (name, value, most) in [("rounds", self.rounds, MOST_ROUNDS), ("memory cost", self.mem_cost, MOST_MEM_COST)]
        {
            if !(1..=most).contains(&value) {
                return Err(Error::input(format!("invalid Firebase {name} {value}: expected 1 to {most}")));
            }
        }
        Ok(())
    }

    /// Returns the text of a `Legacy` digest.
    pub(super) fn legacy(&self, salt: &str, hash: &str) -> Result<String> {
        let key = decoded("signer key", &self.signer_key)?;
        let separator = decoded("salt separator", &self.salt_separator)?;
        let (salt, hash) = (decoded("salt", salt)?, decoded("hash", hash)?);
        // The hash is the encrypted signer key.
        if key.len() != hash.len() {
            let (key, hash) = (key.len(), hash.len());
            let message = format!("a Firebase hash of {hash} bytes does not belong to a signer key of {key} bytes");
            return Err(Error::input(message));
        }
        let [salt, key, separator, hash] = [salt, key, separator, hash].map(|bytes| STANDARD.encode(bytes));
        let (rounds, mem_cost) = (self.rounds.to_string(), self.mem_cost.to_string());
        Ok(json!(["firebase-scrypt", [salt, key, separator, rounds, mem_cost, PASSWORD], hash]).to_string())
    }
}

/// Decodes base64. Firebase's SDK writes `-` and `_`, its command line `+` and `/`.
fn decoded(name: &str, text: &str) -> Result<Vec<u8>> {
    let standard = text.trim().replace('-', "+").replace('_', "/");
    let bytes = LENIENT.decode(standard).unwrap_or_default();
    if bytes.is_empty() { Err(Error::input(format!("invalid Firebase {name}: expected base64"))) } else { Ok(bytes) }
}

impl fmt::Debug for FirebaseScrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirebaseScrypt")
            .field("signer_key", &format_args!("[redacted]"))
            .field("salt_separator", &self.salt_separator)
            .field("rounds", &self.rounds)
            .field("mem_cost", &self.mem_cost)
            .finish()
    }
}
