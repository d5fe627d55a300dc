//! Every exchange of a script with 1.42, against an empty database.

use super::{Recording, Unrecorded, creates};

pub(crate) const RECORDING: Recording = Recording {
    file: "recordings/1.42.jsonl.gz",
    unrecorded: UNRECORDED,
    callers: CALLERS,
    different: DIFFERENT,
    lacking: LACKING,
};

/// The users who registered with the Experience API, whose flows are not replayed.
const UNRECORDED: &[Unrecorded] = &[
    creates(
        988,
        "/api/users",
        r#"{"username": "flow_user", "primaryEmail": "flow@people.example", "primaryPhone": "351930000001", "name": "Flow User", "customData": {"k": 1}, "password": "Guarda!55cold"}"#,
        "iaglnao3qdpa",
    ),
    creates(
        1172,
        "/api/users",
        r#"{"username": "acct", "primaryEmail": "acct@people.example", "primaryPhone": "351970000001", "name": "Acct", "password": "Guarda!55cold"}"#,
        "s7o9qjjcdaty",
    ),
];

const CALLERS: &[(u64, u64, &str)] = &[(1165, 1165, "iaglnao3qdpa"), (1172, 1278, "s7o9qjjcdaty")];

const DIFFERENT: &[(u64, &str)] = &[
    (317, "the recorder put a legacy secret into the database"),
    (620, "the recorder put a legacy secret into the database"),
    (1087, "a user of the Experience API, whose flows are not replayed"),
];

/// Rules that the emulator lacks so far. Remove an entry when the emulator has the rule.
const LACKING: &[(u64, &str)] = &[
    (444, "GetUserIdentity"),
    (445, "GetUserIdentity: includeTokenSecret"),
    (266, "CreateApplication: bad redirect"),
    (271, "GetApplication: demo-app"),
    (279, "UpdateApplication: not protected"),
    (280, "UpdateApplication: access control without rules"),
    (350, "CreateApplication: Protected; Cloudflare played by the recorder"),
    (351, "CreateApplication: dup"),
    (352, "CreateApplication: no metadata"),
    (383, "CleanupDomains"),
    (387, "CreateUserAsset: bad type"),
    (388, "CreateUserAsset: no file"),
    (390, "UploadCustomUiAssets: bad type"),
    (728, "ReplaceCustomPhrase: unknown language"),
    (729, "ReplaceCustomPhrase"),
    (755, "CreateHookTest: the receiver fails"),
    (756, "CreateHookTest: no receiver"),
    (806, "UpdateOidcSessionConfig"),
    (866, "AddOneTimeTokens: negative"),
    (1158, "CreateSubjectToken"),
    (1165, "GetProfile: token of an exchange"),
    (1173, "UpdateProfile: every member"),
    (1177, "UpdateProfile: in use"),
    (1219, "GetUserIdentity: with a token secret"),
    (1262, "UploadAccountAvatar: bad type"),
    (1269, "UpdatePassword: no verification header"),
    (1275, "GetProfile: avatar is Off"),
    (1276, "UpdateProfile: ReadOnly"),
    (1277, "GetProfile: disabled"),
];
