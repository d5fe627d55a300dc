//! Every exchange of a script with 1.42, against an empty database.

use logto_admin::transport::Method::{Patch, Post, Put};
use logto_admin_emulator::Service;

use super::{Recording, Unrecorded, Web, creates, relates};
use crate::steps::Step::{self, AddsPasskey, Enters, OffersPasskeys, Opens, Registers, Starts};

pub(crate) const RECORDING: Recording = Recording {
    file: "recordings/1.42.jsonl.gz",
    unrecorded: UNRECORDED,
    services: SERVICES,
    manager: "testm2mapp0000000000a",
    sign_ins: (967, 1151),
    web: Web {
        id: "",
        redirect_uri: "https://flow.example/cb",
        scopes: "openid offline_access profile email phone custom_data identities roles",
    },
    refreshes: &[],
    steps: STEPS,
    callers: CALLERS,
    different: DIFFERENT,
};

/// Requests that the recordings lack. Most of them represent users who registered with the Experience API. Its flows
/// are not replayed.
const UNRECORDED: &[Unrecorded] = &[
    // The account center of 919 lists the field.
    relates(919, Post, "/api/custom-profile-fields", r#"{"name": "dept", "type": "Text", "required": false}"#),
    creates(
        969,
        "/api/users",
        r#"{"username": "flow_user", "primaryEmail": "flow@people.example", "primaryPhone": "351930000001", "name": "Flow User", "customData": {"k": 1}, "password": "Porto#77harbor"}"#,
        "iaglnao3qdpa",
    ),
    relates(969, Patch, SIGN_IN, EVERY_METHOD),
    // The recorder registered users without profile fields, and 1150 has these settings.
    relates(969, Patch, SIGN_IN, r#"{"passwordExpiration": {"enabled": false}, "signUpProfileFields": []}"#),
    relates(1010, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["email"], "password": false, "verify": true}}"#),
    relates(1022, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["phone"], "password": false, "verify": true}}"#),
    creates(1046, "/api/one-time-tokens", r#"{"email": "flow@people.example"}"#, "sjQ16H2TMCpR1tDP7HJFXcTZpv2KXmfN"),
    relates(1049, Patch, SIGN_IN, r#"{"signUp": {"identifiers": ["username"], "password": true, "verify": false}}"#),
    creates(1097, "/api/users", MFA_ONE, "dsoma3d21kzm"),
    creates(1097, "/api/users", MFA_TWO, "i49rd9g2lbzl"),
    relates(1097, Post, "/api/users", MFA_THREE),
    relates(1097, Patch, SIGN_IN, FACTORS),
    relates(
        1123,
        Patch,
        SIGN_IN,
        r#"{"passkeySignIn": {"enabled": true, "showPasskeyButton": true, "allowAutofill": true}}"#,
    ),
    relates(1141, Patch, SIGN_IN, r#"{"passkeySignIn": {"enabled": false}}"#),
    relates(1142, Patch, SIGN_IN, FACTORS_BY_CODE),
    relates(1150, Patch, SIGN_IN, EVERY_METHOD),
    relates(1150, Patch, SIGN_IN, AFTER_SIGN_INS),
    relates(
        1150,
        Put,
        "/api/captcha-provider",
        r#"{"config": {"type": "Turnstile", "siteKey": "s", "secretKey": "k"}}"#,
    ),
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
    // The account API only adds factors that are switched on.
    relates(1232, Patch, SIGN_IN, FACTORS),
    relates(1275, Patch, ACCOUNT_CENTER, r#"{"fields": {"name": "ReadOnly", "avatar": "Off"}}"#),
    relates(1277, Patch, ACCOUNT_CENTER, r#"{"enabled": false}"#),
    relates(1278, Patch, ACCOUNT_CENTER, r#"{"enabled": true, "fields": {"session": "Edit"}}"#),
];

const MFA_ONE: &str =
    r#"{"username": "mfa_one", "primaryEmail": "mfa_one@people.example", "password": "Braga!88lantern"}"#;
const MFA_TWO: &str = r#"{
    "username": "mfa_two", "primaryEmail": "mfa_two@people.example", "primaryPhone": "351930001001", "password": "Braga!88lantern"
}"#;
const MFA_THREE: &str = r#"{"username": "mfa_three", "password": "Braga!88lantern"}"#;

const STEPS: &[(u64, Step)] = &[
    (1080, Opens),
    (1080, Starts),
    (1084, Registers),
    (1097, Enters("mfa_one")),
    (1113, Enters("mfa_one")),
    (1116, Enters("mfa_one")),
    (1119, Enters("mfa_one")),
    (1123, Opens),
    (1124, Starts),
    (1129, Opens),
    (1129, OffersPasskeys),
    (1129, Starts),
    (1131, Enters("mfa_three")),
    (1131, AddsPasskey("wrb0rsb35ahx6wti0fozt")),
    (1134, Enters("mfa_two")),
    (1141, Enters("mfa_two")),
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
const FACTORS: &str = r#"{"mfa": {"policy": "UserControlled", "factors": ["Totp", "WebAuthn", "BackupCode"]}}"#;
/// Codes cannot be both ways to sign in and second factors.
const FACTORS_BY_CODE: &str = r#"{
    "signIn": { "methods": [
        { "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true }
    ] },
    "mfa": { "policy": "UserControlled", "factors": ["EmailVerificationCode", "PhoneVerificationCode"] }
}"#;
const AFTER_SIGN_INS: &str = r#"{
    "signUp": { "identifiers": ["username"], "password": true, "verify": false },
    "captchaPolicy": { "enabled": true },
    "passkeySignIn": { "enabled": false }
}"#;
const ACCOUNT_CENTER: &str = "/api/account-center";
/// The recorder played Cloudflare and a storage.
const SERVICES: &[(u64, Service)] = &[(349, Service::ProtectedApps), (365, Service::Domains), (385, Service::Storage)];

const CALLERS: &[(u64, u64, &str)] =
    &[(1094, 1096, "ulpysdbg50gl"), (1165, 1165, "iaglnao3qdpa"), (1172, 1278, "s7o9qjjcdaty")];

const DIFFERENT: &[(u64, &str)] = &[
    (317, "the recorder put a legacy secret into the database"),
    (479, "the emulator does not call identity providers"),
    (502, "the emulator does not call identity providers"),
    (318, "the recorder put a legacy secret into the database"),
    (620, "the recorder put a legacy secret into the database"),
    (1161, "the recorder assigned a role without recording it"),
    (1165, "the token of the recorded user has fewer scopes"),
];
