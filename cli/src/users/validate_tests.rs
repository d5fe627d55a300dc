use serde_json::json;

use super::*;

fn user(members: Value) -> ImportedUser {
    serde_json::from_value(members).unwrap()
}

fn shown(members: Value) -> Vec<String> {
    problems(&user(members)).iter().map(ToString::to_string).collect()
}

#[test]
fn complete_users_have_no_problems() {
    let complete = json!({
        "id": "1",
        "username": "ada_l",
        "primaryEmail": "ada@example.com",
        "primaryPhone": "15550100123",
        "name": "Ada",
        "avatar": "https://example.com/ada.png",
        "passwordDigest": "5f4dcc3b5aa765d61d8327deb882cf99",
        "passwordAlgorithm": "MD5",
        "profile": { "givenName": "Ada", "address": { "country": "UK" } },
        "identities": { "google": { "userId": "123", "details": { "name": "Ada" } } },
        "roles": ["admin"],
        "organizations": [{ "name": "Acme", "roles": ["member"] }],
        "mfa": [
            { "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" },
            { "type": "BackupCode", "codes": vec!["0123456789"; 10] },
        ],
    });
    assert!(shown(complete).is_empty());
    assert!(shown(json!({ "username": "_" })).is_empty());
    assert!(shown(json!({ "username": "ada", "avatar": "data:image/png;base64,iVBORw==" })).is_empty());
    assert!(shown(json!({ "identities": { "google": { "userId": "1" } } })).is_empty());
}

#[test]
fn an_identifier_is_required() {
    let expected = "the user has no username, email address, phone number or social identity";
    assert_eq!(shown(json!({ "id": "1", "name": "Ada" })), [expected]);
}

#[test]
fn problems_name_the_member_and_the_value() {
    for (members, expected) in [
        (json!({ "username": "ada.l" }), "username \"ada.l\": expected letters, digits"),
        (json!({ "username": "1ada" }), "username \"1ada\": expected letters"),
        (json!({ "username": "ä" }), "username \"ä\": expected letters"),
        (json!({ "primaryEmail": "ada@example" }), "primaryEmail \"ada@example\": expected an email address"),
        (json!({ "primaryEmail": "a b@c.d" }), "expected an email address"),
        (json!({ "primaryEmail": "a\0@c.d" }), "expected an email address"),
        (json!({ "primaryPhone": "+15550100" }), "primaryPhone \"+15550100\": expected digits"),
        (json!({ "primaryPhone": "015550100" }), "expected digits with the country code"),
        (json!({ "username": "a", "name": "x".repeat(129) }), "name: longer than 128 characters"),
        (json!({ "primaryEmail": format!("{}@b.c", "a".repeat(128)) }), "primaryEmail: longer than 128"),
        (json!({ "username": "a", "avatar": "ada.png" }), "avatar \"ada.png\": expected a URL"),
        (json!({ "username": "a", "profile": { "gender": 1 } }), "profile.gender: expected a text"),
        (json!({ "username": "a", "identities": { "google": {} } }), "identities.google: expected an object with"),
        (json!({ "username": "a", "identities": { "g": { "userId": "1", "details": 1 } } }), "identities.g.details"),
        (json!({ "username": "a", "roles": [" "] }), "roles: a name is empty"),
        // The server would fail, and the import would repeat the call.
        (json!({ "username": "a", "name": "a\0" }), "name: contains a null character"),
        (json!({ "username": "a", "avatar": "https://a/\0" }), "avatar: contains a null character"),
        (json!({ "username": "a", "customData": { "a": [{ "\0": 1 }] } }), "customData: contains a null character"),
        (json!({ "username": "a", "profile": { "nickname": "\0" } }), "profile: contains a null character"),
        (json!({ "username": "a", "organizations": [{ "name": "x".repeat(129) }] }), "longer than 128"),
    ] {
        let shown = shown(members);
        assert!(shown.len() == 1 && shown[0].contains(expected), "{shown:?} {expected}");
    }
}

#[test]
fn password_and_digest_exclude_each_other() {
    let md5 = "5f4dcc3b5aa765d61d8327deb882cf99";
    for (password, expected) in [
        (json!({ "password": "" }), "password: the password is empty"),
        (json!({ "passwordDigest": md5 }), "passwordDigest: `passwordAlgorithm` is missing"),
        (json!({ "passwordAlgorithm": "MD5" }), "passwordAlgorithm: `passwordDigest` is missing"),
        (
            json!({ "password": "secret", "passwordDigest": md5, "passwordAlgorithm": "MD5" }),
            "password: cannot be combined with `passwordDigest`",
        ),
        (
            json!({ "passwordDigest": md5, "passwordAlgorithm": "Scrypt" }),
            "passwordAlgorithm: expected Argon2i, Argon2id",
        ),
    ] {
        let mut members = json!({ "username": "ada" });
        members.as_object_mut().unwrap().extend(password.as_object().unwrap().clone());
        let shown = shown(members);
        assert!(shown.len() == 1 && shown[0].starts_with(expected), "{shown:?}");
    }
}

#[test]
fn digests_have_the_form_of_their_algorithm_and_are_not_shown() {
    let long = json!(["sha512", ["s".repeat(120), "@"], "00".repeat(64)]).to_string();
    for (algorithm, digest, expected) in [
        ("MD5", "hunter2", "expected 32 hex digits"),
        ("MD5", "5F4DCC3B5AA765D61D8327DEB882CF99", "hex digits in lower case"),
        ("Bcrypt", "hunter2", "invalid Bcrypt digest"),
        ("Argon2id", "$argon2i$v=19$m=1,t=1,p=1$hunter2$hunter2", "starts with `$argon2id$`"),
        ("Legacy", r#"["sha256",["hunter2"],"00"]"#, "`@` for the password"),
        ("Legacy", &long, "is too long: Logto accepts at most 256"),
    ] {
        let shown = shown(json!({ "username": "a", "passwordAlgorithm": algorithm, "passwordDigest": digest }));
        let ok = shown.len() == 1 && shown[0].starts_with("passwordDigest: ") && shown[0].contains(expected);
        assert!(ok && !shown[0].contains("hunter2"), "{shown:?} {expected}");
    }
}

#[test]
fn second_factors_need_valid_secrets() {
    let codes = |code: &str, count: usize| json!({ "type": "BackupCode", "codes": vec![code; count] });
    let totp = json!({ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" });
    for (factors, expected) in [
        (json!([{ "type": "Totp" }]), "without its secret"),
        (json!([{ "type": "Totp", "secret": "jbsw y3dp" }]), "in base 32"),
        (json!([{ "type": "Totp", "secret": "01" }]), "in base 32"),
        (json!([{ "type": "WebAuthn" }]), "passkeys cannot be imported"),
        (json!([totp, totp]), "at most one authenticator app"),
        (json!([codes("0123456789", 10)]), "require another second factor"),
        (json!([totp, codes("0123456789", 9)]), "expected 10 backup codes"),
        (json!([totp, codes("0123456X89", 10)]), "expected 10 backup codes"),
    ] {
        let shown = shown(json!({ "username": "a", "mfa": factors }));
        assert!(
            shown.len() == 1 && shown[0].starts_with("mfa: ") && shown[0].contains(expected),
            "{shown:?} {expected}"
        );
    }
}

#[test]
fn integers_that_would_be_rounded_are_problems() {
    let user =
        r#"{ "username": "a", "customData": { "a": [123456789012345678901234567890], "b": 18446744073709551615 } }"#;
    let shown = shown(serde_json::from_str(user).unwrap());
    assert_eq!(shown, [format!("customData: {}", json_object::ROUNDED)]);
}
