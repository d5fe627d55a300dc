//! Verifies digests.

use pbkdf2::pbkdf2_hmac;
use sha2::digest::Digest;

use super::functions;
use super::legacy::{self, LEGACY, Legacy};

/// Longest derived key, in bytes.
const LONGEST_KEY: usize = 1 << 16;

/// The most rounds of PBKDF2, over all parts of the key. More take minutes: such a digest matches no password.
const MOST_ROUNDS: u64 = 10_000_000;

/// Returns whether it can take long to compare a password with this digest.
pub(crate) fn is_slow(algorithm: &str, digest: &str) -> bool {
    match algorithm {
        "Argon2i" => !functions::is_own(digest),
        "Argon2id" | "Argon2d" | "Bcrypt" => true,
        LEGACY => !matches!(legacy::parse(digest), Ok(Legacy::Hash { .. }) | Err(_)),
        _ => false,
    }
}

/// Returns whether the password has this digest.
pub(crate) fn matches(algorithm: &str, digest: &str, password: &str) -> bool {
    match algorithm {
        "Argon2i" | "Argon2id" | "Argon2d" => functions::is_argon2(digest, password),
        "Bcrypt" => functions::is_bcrypt(digest, password),
        "MD5" | "SHA1" | "SHA256" => {
            hash(&algorithm.to_ascii_lowercase(), password.as_bytes()).is_some_and(|hash| hex::encode(hash) == digest)
        }
        LEGACY => legacy::parse(digest).is_ok_and(|legacy| is_legacy(legacy, password)),
        _ => false,
    }
}

fn is_legacy(legacy: Legacy, password: &str) -> bool {
    match legacy {
        Legacy::Hash { function, arguments, expected } => {
            let text: String =
                arguments.iter().map(|argument| if argument == "@" { password } else { argument }).collect();
            hash(&function, text.as_bytes()).is_some_and(|hash| hex::encode(hash) == expected)
        }
        Legacy::Pbkdf2 { salt, iterations, length, function, expected } => {
            derive(&function, password, &salt, iterations, length).is_some_and(|key| hex::encode(key) == expected)
        }
        Legacy::FirebaseScrypt { salt, signer_key, separator, rounds, memory, expected } => {
            functions::firebase(password, &[&salt, &separator], &signer_key, rounds, memory)
                .is_some_and(|hash| hash == expected)
        }
    }
}

fn hash(function: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match function {
        "md5" => md5::Md5::digest(bytes).to_vec(),
        "sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "sha224" => sha2::Sha224::digest(bytes).to_vec(),
        "sha256" => sha2::Sha256::digest(bytes).to_vec(),
        "sha384" => sha2::Sha384::digest(bytes).to_vec(),
        "sha512" => sha2::Sha512::digest(bytes).to_vec(),
        "sha512-224" => sha2::Sha512_224::digest(bytes).to_vec(),
        "sha512-256" => sha2::Sha512_256::digest(bytes).to_vec(),
        _ => return functions::hash(function, bytes),
    })
}

/// Derives a key with PBKDF2. Returns `None` for functions that no known system uses with it.
fn derive(function: &str, password: &str, salt: &[u8], iterations: u32, length: usize) -> Option<Vec<u8>> {
    let length = length.min(LONGEST_KEY);
    let parts = length.div_ceil(hash(function, b"")?.len()) as u64;
    if !takes_seconds(iterations, parts) {
        return None;
    }
    let mut key = vec![0; length];
    let password = password.as_bytes();
    match function {
        "md5" => pbkdf2_hmac::<md5::Md5>(password, salt, iterations, &mut key),
        "sha1" => pbkdf2_hmac::<sha1::Sha1>(password, salt, iterations, &mut key),
        "sha224" => pbkdf2_hmac::<sha2::Sha224>(password, salt, iterations, &mut key),
        "sha256" => pbkdf2_hmac::<sha2::Sha256>(password, salt, iterations, &mut key),
        "sha384" => pbkdf2_hmac::<sha2::Sha384>(password, salt, iterations, &mut key),
        "sha512" => pbkdf2_hmac::<sha2::Sha512>(password, salt, iterations, &mut key),
        _ => return None,
    }
    Some(key)
}

/// Whether so many iterations for each part of a key are done in seconds.
fn takes_seconds(iterations: u32, parts: u64) -> bool {
    u64::from(iterations).saturating_mul(parts) <= MOST_ROUNDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "passwords")]
    #[test]
    fn digests_of_every_algorithm_match_their_password_only() {
        for (algorithm, digest, password) in [
            (
                "Argon2i",
                "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
                "password",
            ),
            (
                "Argon2id",
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "password",
            ),
            ("Argon2d", &functions::argon2(argon2::Algorithm::Argon2d, "somesalt", "password"), "password"),
            ("Bcrypt", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i", "abc"),
            ("MD5", "5f4dcc3b5aa765d61d8327deb882cf99", "password"),
            ("SHA1", "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "password"),
            ("SHA256", "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8", "password"),
            (
                "Legacy",
                r#"["sha256",["salt123","@"],"c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e"]"#,
                "password123",
            ),
            (
                "Legacy",
                r#"["pbkdf2",["salt","1000","20","sha512","@"],"0ecb3c32f57685303ff0878481d223bc1a16eb13"]"#,
                "password123",
            ),
            (
                "Legacy",
                r#"["pbkdf2",["hex:73616c74","1000","20","sha512","@"],"0ecb3c32f57685303ff0878481d223bc1a16eb13"]"#,
                "password123",
            ),
            (
                "Legacy",
                r#"["sha3-256",["pepper","@"],"12a56048af0e734f8f5555545fda2fb42c1a70b07987c8ed8dce7220640f5477"]"#,
                "password",
            ),
            ("Legacy", r#"["ripemd160",["pepper","@"],"90e798ff77091fca937da3720479d22654039999"]"#, "password"),
            (
                "Legacy",
                r#"["blake2s256",["pepper","@"],"d62f5fd3bbbdae69143593aea249e3d4bab2167d79967e3e97a3ed495a340e3d"]"#,
                "password",
            ),
            ("Legacy", r#"["pbkdf2",["salt","10","16","sha1","@"],"ae3fe5f5707e07f3e7c117fb885cd052"]"#, "password"),
            // The example in Firebase's documentation.
            (
                "Legacy",
                r#"["firebase-scrypt",["42xEC+ixf3L2lw==","jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==","Bw==","8","14","@"],"lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="]"#,
                "user1password",
            ),
        ] {
            assert!(matches(algorithm, digest, password), "{digest}");
            assert!(!matches(algorithm, digest, "something else"), "{digest}");
        }
    }

    #[test]
    fn malformed_digests_match_no_password() {
        for algorithm in ["Argon2i", "Argon2id", "Argon2d", "Bcrypt", "MD5", "SHA1", "SHA256", "Legacy", "nope"] {
            for digest in
                ["", "x", "$argon2i$", "$2y$10$x", "[]", "$argon2id$v=19$m=4000000000,t=2,p=1$c29tZXNhbHQ$nf65"]
            {
                assert!(!matches(algorithm, digest, ""), "{algorithm} {digest}");
            }
        }
    }

    #[test]
    fn keys_have_at_most_ten_million_rounds() {
        assert!(takes_seconds(10_000_000, 1) && takes_seconds(5_000_000, 2));
        assert!(!takes_seconds(10_000_001, 1) && !takes_seconds(5_000_001, 2));
    }

    #[test]
    fn digests_that_take_minutes_match_no_password() {
        let mut key = [0; 1];
        pbkdf2_hmac::<sha2::Sha256>(b"password", b"salt", 1, &mut key);
        let digest = |rounds: &str, length: &str| {
            format!(r#"["pbkdf2",["salt","{rounds}","{length}","sha256","@"],"{}"]"#, hex::encode(key))
        };
        assert!(matches("Legacy", &digest("1", "1"), "password"));
        for (algorithm, digest) in [
            ("Legacy", digest("4000000000", "1").as_str()),
            ("Legacy", digest("1000000", "60000").as_str()),
            (
                "Argon2id",
                "$argon2id$v=19$m=1048576,t=4000000,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            ),
            ("Bcrypt", "$2a$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
        ] {
            assert!(!matches(algorithm, digest, "password"), "{digest}");
        }
    }

    #[cfg(feature = "passwords")]
    #[test]
    fn every_hash_function_of_legacy_digests_is_implemented() {
        for function in legacy::HASHES {
            assert!(hash(function, b"").is_some(), "{function}");
        }
    }
}
