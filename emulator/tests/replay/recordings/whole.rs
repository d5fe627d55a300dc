//! Every exchange of a script with 1.42, against an empty database.

use logto_admin::transport::Method::{Patch, Post};
use logto_admin_emulator::Service;

use super::{Recording, Unrecorded, creates, relates};

pub(crate) const RECORDING: Recording = Recording {
    file: "recordings/1.42.jsonl.gz",
    unrecorded: UNRECORDED,
    services: SERVICES,
    manager: "testm2mapp0000000000a",
    sign_ins: (967, 1085),
    callers: CALLERS,
    different: DIFFERENT,
    lacking: LACKING,
};

/// The users who registered with the Experience API, whose flows are not replayed.
const UNRECORDED: &[Unrecorded] = &[
    creates(
        969,
        "/api/users",
        r#"{"username": "flow_user", "primaryEmail": "flow@people.example", "primaryPhone": "351930000001", "name": "Flow User", "customData": {"k": 1}, "password": "Porto#77harbor"}"#,
        "iaglnao3qdpa",
    ),
    relates(969, Patch, SIGN_IN, EVERY_METHOD),
    relates(1010, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["email"], "password": false, "verify": true}}"#),
    relates(1022, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["phone"], "password": false, "verify": true}}"#),
    creates(1046, "/api/one-time-tokens", r#"{"email": "flow@people.example"}"#, "sjQ16H2TMCpR1tDP7HJFXcTZpv2KXmfN"),
    relates(1049, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["username"], "password": true, "verify": false}}"#),
    creates(1164, "/api/users/iaglnao3qdpa/personal-access-tokens", r#"{"name": "flow"}"#, ""),
    relates(
        1167,
        Post,
        "/api/organizations/kq8hi7j2m91c/applications",
        r#"{"applicationIds": ["testm2mapp0000000000a"]}"#,
    ),
    creates(
        1172,
        "/api/users",
        r#"{"username": "acct", "primaryEmail": "acct@people.example", "primaryPhone": "351970000001", "name": "Acct", "password": "Guarda!55cold"}"#,
        "s7o9qjjcdaty",
    ),
    relates(1275, Patch, ACCOUNT_CENTER, r#"{"fields": {"name": "ReadOnly", "avatar": "Off"}}"#),
    relates(1277, Patch, ACCOUNT_CENTER, r#"{"enabled": false}"#),
    relates(1278, Patch, ACCOUNT_CENTER, r#"{"enabled": true, "fields": {"session": "Edit"}}"#),
];

const SIGN_IN: &str = "/api/sign-in-exp";
const EVERY_METHOD: &str = r#"{
    "signIn": { "methods": [
        { "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true },
        { "identifier": "email", "password": true, "verificationCode": true, "isPasswordPrimary": true },
        { "identifier": "phone", "password": true, "verificationCode": true, "isPasswordPrimary": true }
    ] },
    "signUp": { "identifiers": ["username"], "password": true, "verify": false, "secondaryIdentifiers": [] },
    "passkeySignIn": { "enabled": false, "showPasskeyButton": false, "allowAutofill": false },
    "mfa": { "policy": "UserControlled", "factors": [] }
}"#;
const ACCOUNT_CENTER: &str = "/api/account-center";
/// The recorder played Cloudflare and a storage.
const SERVICES: &[(u64, Service)] = &[(349, Service::ProtectedApps), (365, Service::Domains), (385, Service::Storage)];

const CALLERS: &[(u64, u64, &str)] = &[(1165, 1165, "iaglnao3qdpa"), (1172, 1278, "s7o9qjjcdaty")];

const DIFFERENT: &[(u64, &str)] = &[
    (317, "the recorder put a legacy secret into the database"),
    (479, "the emulator does not call identity providers"),
    (502, "the emulator does not call identity providers"),
    (318, "the recorder put a legacy secret into the database"),
    (620, "the recorder put a legacy secret into the database"),
    (1074, "the emulator does not call identity providers"),
    (1076, "the emulator does not call identity providers"),
    (1078, "the emulator does not call identity providers"),
    (1079, "the emulator does not call identity providers"),
    (1082, "the emulator does not call identity providers"),
    (1083, "the emulator does not call identity providers"),
    (1084, "the emulator does not call identity providers"),
    (1085, "the emulator does not call identity providers"),
    (1087, "a user of the Experience API, whose flows are not replayed"),
    (1150, "the recorder changed the sign-in experience and the captcha without recording it"),
    (1161, "the recorder assigned a role without recording it"),
    (1165, "the token of the recorded user has fewer scopes"),
    (1240, "the recorded passkey answers another challenge"),
    (1242, "the recorded passkey answers another challenge"),
];

/// Rules that the emulator lacks so far. Remove an entry when the emulator has the rule.
const LACKING: &[(u64, &str)] = &[(755, "CreateHookTest: the receiver fails"), (756, "CreateHookTest: no receiver")];
