use super::*;

const HASH: &str = "c465f66c6ac481a7a17e9ed5b4e2e7e7288d892f12bf1c95c140901e9a70436e";
const BCRYPT: &str = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
const ARGON2ID: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

fn parts(digest: Result<PasswordDigest>) -> (String, String) {
    let digest = digest.unwrap();
    (digest.algorithm().to_owned(), digest.digest().to_owned())
}

fn message(digest: Result<PasswordDigest>) -> String {
    let error = digest.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    error.message().to_owned()
}

#[test]
fn digests_of_the_password_alone_keep_their_text() {
    assert_eq!(parts(PasswordDigest::bcrypt(BCRYPT)), ("Bcrypt".into(), BCRYPT.into()));
    assert_eq!(parts(PasswordDigest::bcrypt(BCRYPT.replace("2b", "2y"))).1, BCRYPT);
    assert_eq!(parts(PasswordDigest::argon2(ARGON2ID)), ("Argon2id".into(), ARGON2ID.into()));
    for (variant, algorithm) in [("argon2i", "Argon2i"), ("argon2d", "Argon2d")] {
        assert_eq!(parts(PasswordDigest::argon2(ARGON2ID.replace("argon2id", variant))).0, algorithm);
    }
}

#[test]
fn hex_digits_become_lower_case_because_logto_compares_the_text() {
    assert_eq!(parts(PasswordDigest::sha256(&HASH.to_uppercase())), ("SHA256".into(), HASH.into()));
    assert_eq!(parts(PasswordDigest::sha1(&"AB".repeat(20))), ("SHA1".into(), "ab".repeat(20)));
    assert_eq!(parts(PasswordDigest::md5(&"AB".repeat(16))), ("MD5".into(), "ab".repeat(16)));
    let salted = PasswordDigest::salt_before("sha256", "Salt", &HASH.to_uppercase());
    assert_eq!(parts(salted).1, format!(r#"["sha256",["Salt","@"],"{HASH}"]"#));
}

#[test]
fn salted_digests_name_the_place_of_the_password() {
    let before = PasswordDigest::salt_before("sha256", "salt\"1", HASH);
    assert_eq!(parts(before), ("Legacy".into(), format!(r#"["sha256",["salt\"1","@"],"{HASH}"]"#)));
    let after = PasswordDigest::salt_after("sha256", "salt", HASH);
    assert_eq!(parts(after).1, format!(r#"["sha256",["@","salt"],"{HASH}"]"#));
}

#[test]
fn pbkdf2_salts_are_text_or_hex() {
    let digest = |salt: PasswordSalt<'_>| parts(PasswordDigest::pbkdf2("sha256", salt, 1000, "00FF")).1;
    assert_eq!(digest(PasswordSalt::Text("salt")), r#"["pbkdf2",["salt","1000","2","sha256","@"],"00ff"]"#);
    assert_eq!(digest(PasswordSalt::Bytes(b"\x00\xff")), r#"["pbkdf2",["hex:00ff","1000","2","sha256","@"],"00ff"]"#);
    // Logto would read these texts as hex digits and as the password.
    assert_eq!(digest(PasswordSalt::Text("hex:")), r#"["pbkdf2",["hex:6865783a","1000","2","sha256","@"],"00ff"]"#);
    assert_eq!(digest(PasswordSalt::Text("@")), r#"["pbkdf2",["hex:40","1000","2","sha256","@"],"00ff"]"#);
}

#[test]
fn firebase_values_are_written_in_standard_base64() {
    let project = FirebaseScrypt {
        signer_key: "_-8".into(), // without padding, in the alphabet for URLs
        salt_separator: "Bw==".into(),
        rounds: 8,
        mem_cost: 14,
    };
    let digest = PasswordDigest::firebase_scrypt(&project, "-_8=", "AAA");
    assert_eq!(parts(digest).1, r#"["firebase-scrypt",["+/8=","/+8=","Bw==","8","14","@"],"AAA="]"#);

    let other = message(PasswordDigest::firebase_scrypt(&project, "AAAA", "AAAA"));
    assert_eq!(other, "a Firebase hash of 3 bytes does not belong to a signer key of 2 bytes");
    for (salt, hash, name) in [("", "AAA", "salt"), ("AAA", "*", "hash")] {
        let text = message(PasswordDigest::firebase_scrypt(&project, salt, hash));
        assert_eq!(text, format!("invalid Firebase {name}: expected base64"));
    }
    assert!(!format!("{project:?}").contains("_-8"));
}

#[test]
fn parameters_that_no_firebase_project_has_are_rejected() {
    let project = FirebaseScrypt {
        signer_key: format!("{}_w==", "A".repeat(84)),
        salt_separator: "Bw".into(),
        rounds: 1,
        mem_cost: 1,
    };
    let largest = FirebaseScrypt { rounds: 8, mem_cost: 14, ..project.clone() };
    assert!(project.check().is_ok() && largest.check().is_ok());
    let key = |signer_key: &str| FirebaseScrypt { signer_key: signer_key.into(), ..project.clone() };
    for (wrong, expected) in [
        (key("c2VjcmV0"), "signer key of 6 bytes: expected 64 bytes"),
        (key(&project.signer_key[..85]), "signer key: expected base64"),
        (FirebaseScrypt { salt_separator: String::new(), ..project.clone() }, "salt separator: expected base64"),
        (FirebaseScrypt { rounds: 0, ..project.clone() }, "rounds 0: expected 1 to 8"),
        (FirebaseScrypt { rounds: 9, ..project.clone() }, "rounds 9: expected 1 to 8"),
        (FirebaseScrypt { mem_cost: 15, ..project.clone() }, "memory cost 15: expected 1 to 14"),
    ] {
        assert_eq!(wrong.check().unwrap_err().message(), format!("invalid Firebase {expected}"));
    }
}

#[test]
fn digests_name_the_release_that_verifies_them() {
    let project = FirebaseScrypt { signer_key: "AA".into(), salt_separator: "AA".into(), rounds: 8, mem_cost: 14 };
    for (digest, since) in [
        (PasswordDigest::bcrypt(BCRYPT), Release::OLDEST),
        (PasswordDigest::argon2(ARGON2ID.replace("argon2id", "argon2i")), Release::OLDEST),
        (PasswordDigest::argon2(ARGON2ID), Release::new(20)),
        (PasswordDigest::salt_before("sha256", "hex:00", HASH), Release::new(30)),
        (PasswordDigest::pbkdf2("sha256", PasswordSalt::Text("salt"), 1, "00"), Release::new(31)),
        (PasswordDigest::pbkdf2("sha256", PasswordSalt::Bytes(b"salt"), 1, "00"), Release::new(38)),
        (PasswordDigest::firebase_scrypt(&project, "AA", "AA"), Release::new(38)),
        (PasswordDigest::new("Scrypt", "x"), Release::NEXT),
    ] {
        assert_eq!(digest.unwrap().since(), since);
    }
}

#[test]
fn malformed_digests_are_rejected_without_being_shown() {
    let legacy = |text: &str| PasswordDigest::new("Legacy", text);
    for (digest, expected) in [
        (PasswordDigest::bcrypt("secret"), "`$2b$`"),
        (PasswordDigest::bcrypt(&BCRYPT[..59]), "53 characters"),
        (PasswordDigest::bcrypt(BCRYPT.replace("$10$", "$99$")), "the cost"),
        (PasswordDigest::argon2("secret"), "PHC format"),
        (PasswordDigest::argon2(ARGON2ID.replace("v=19", "v=16")), "version 19"),
        (PasswordDigest::argon2(ARGON2ID.replace("t=2,", "")), "`m`, `t` and `p`"),
        (PasswordDigest::argon2(ARGON2ID.replace("m=256", "m=secret")), "`m`, `t` and `p`"),
        (PasswordDigest::argon2(ARGON2ID.replace("c29tZXNhbHQ", "c29tZXNhbHQ=")), "without padding"),
        (PasswordDigest::new("Argon2i", ARGON2ID), "starts with `$argon2i$`"),
        (PasswordDigest::md5(HASH), "32 hex digits"),
        (PasswordDigest::sha1("secret"), "40 hex digits"),
        (PasswordDigest::sha256(&HASH.replace('c', "x")), "64 hex digits"),
        (PasswordDigest::salt_before("sha256", "@", HASH), "the salt `@`"),
        (PasswordDigest::salt_after("sha512", "salt", HASH), "128 hex digits"),
        (PasswordDigest::salt_after("sha3-256", "salt", "secret"), "a hash in hex"),
        (PasswordDigest::salt_after("", "salt", HASH), "a hash function"),
        (PasswordDigest::legacy("sha256", &["salt"], HASH), "`@` for the password"),
        (PasswordDigest::pbkdf2("sha256", PasswordSalt::Text("salt"), 0, "00"), "positive numbers"),
        (PasswordDigest::pbkdf2("sha256", PasswordSalt::Text("salt"), 1, "0"), "positive numbers"),
        (PasswordDigest::pbkdf2("sha256", PasswordSalt::Text("salt"), 1, "secret"), "a key of 3 bytes"),
        (legacy("secret"), "the JSON of"),
        (legacy(r#"["pbkdf2",["salt","1","1","sha1"],"00"]"#), "salt, iterations"),
        (legacy(r#"["pbkdf2",["hex:xx","1","1","sha1","@"],"00"]"#), "after `hex:`"),
        (legacy(r#"["firebase-scrypt",["AA","AA","","8","14","@"],"AA"]"#), "a salt separator"),
        (legacy(r#"["firebase-scrypt",["AA","AA","AA","8","many","@"],"AA"]"#), "rounds"),
    ] {
        let message = message(digest);
        assert!(message.contains(expected) && !message.contains("secret"), "{message}");
    }
}

#[test]
fn a_digest_has_at_most_256_characters() {
    // Brackets, quotes and commas are 22 characters, with the name and the hash 150.
    let with_salt = |length| PasswordDigest::salt_before("sha512", &"é".repeat(length), &"00".repeat(64));
    assert_eq!(parts(with_salt(106)).1.chars().count(), PasswordDigest::MAX_CHARS);
    let expected = "password digest of 257 characters is too long: Logto accepts at most 256";
    assert_eq!(message(with_salt(107)), expected);
}

#[test]
fn debug_output_hides_the_digest() {
    let text = format!("{:?} {:?}", PasswordDigest::bcrypt(BCRYPT), PasswordSalt::Text("salt123"));
    assert!(text.contains("Bcrypt") && !text.contains("N9qo8") && !text.contains("123"), "{text}");
}
