//! Exchanges with 1.42. Some requests of their script are missing.

use logto_admin::transport::Method::{self, Post, Put};

use super::{Recording, Unrecorded, creates, relates};

pub(crate) const RECORDING: Recording = Recording {
    file: "exchanges.jsonl",
    unrecorded: UNRECORDED,
    services: &[],
    manager: "m2mtestapp0000000001a",
    sign_ins: (0, 0),
    steps: &[],
    callers: &[],
    different: DIFFERENT,
};

const DIFFERENT: &[(u64, &str)] = &[
    (314, "the recorded server could not ask another one whether a password has leaked"),
    (315, "the recorded server could not ask another one whether a password has leaked"),
    (901, "the recording lacks the body: JSON that is neither an object nor an array"),
    (1631, "the recording lacks the body: JSON that is neither an object nor an array"),
];

const SCOPES: &str = "/api/resources/et8nvsjjkfqkampxqjwqm/scopes";
const APPS: &str = "/api/applications";
const ROLES: &str = "/api/organization-roles";

/// The requests, with the ids of the recordings.
const UNRECORDED: &[Unrecorded] = &[
    relates(56, Method::Patch, "/api/users/bmeb12vn1zwp", r#"{"primaryEmail": "alice1@example.com", "name": null}"#),
    creates(
        99,
        "/api/users/bmeb12vn1zwp/personal-access-tokens",
        r#"{"name": "pat two", "expiresAt": 1796489408969}"#,
        "",
    ),
    creates(107, SCOPES, r#"{"name": "read:x", "description": "d"}"#, "tdcwtq3uc50l5koeurr8m"),
    creates(107, SCOPES, r#"{"name": "write:x"}"#, "5pzef1e6smmjz9mwk4sll"),
    relates(149, Post, "/api/roles/0legp4eixr70o9dr6tk7o/scopes", r#"{"scopeIds": ["5pzef1e6smmjz9mwk4sll"]}"#),
    relates(150, Method::Delete, "/api/roles/0legp4eixr70o9dr6tk7o/users/bmeb12vn1zwp", ""),
    creates(160, APPS, r#"{"name": "Native7162fa", "type": "Native"}"#, "9x8cgps0r6lewwu9fa2rx"),
    creates(160, APPS, r#"{"name": "SPA7162fa", "type": "SPA"}"#, "2ylqnai18ddfo4b0po1u6"),
    creates(160, APPS, r#"{"name": "Traditional7162fa", "type": "Traditional"}"#, "pbssdraeuuaaz3ca5tt67"),
    creates(160, APPS, r#"{"name": "MachineToMachine7162fa", "type": "MachineToMachine"}"#, "sfiqyd7crxsatgyp3c2i8"),
    creates(160, APPS, r#"{"name": "3p7162fa", "type": "Traditional", "isThirdParty": true}"#, "dar30a0xrduog51auaxa4"),
    relates(199, Post, "/api/applications/sfiqyd7crxsatgyp3c2i8/roles", r#"{"roleIds": ["4niv19q02nr9c9s5v7o6f"]}"#),
    relates(203, Post, "/api/applications/sfiqyd7crxsatgyp3c2i8/roles", r#"{"roleIds": ["4niv19q02nr9c9s5v7o6f"]}"#),
    relates(
        219,
        Post,
        "/api/applications/dar30a0xrduog51auaxa4/user-consent-scopes",
        r#"{"userScopes": ["profile", "email"]}"#,
    ),
    creates(390, "/api/organization-scopes", r#"{"name": "os 09fb3f", "description": "d2"}"#, "6nayjeicgspfbcrbo60kl"),
    creates(390, "/api/organization-scopes", r#"{"name": "os2 09fb3f"}"#, "yopne7m49ortu8xcer6ny"),
    creates(
        395,
        ROLES,
        r#"{"name": "or 09fb3f", "organizationScopeIds": ["6nayjeicgspfbcrbo60kl"], "resourceScopeIds": ["tdcwtq3uc50l5koeurr8m"]}"#,
        "wiv545372d1mbtgcax0ql",
    ),
    creates(395, ROLES, r#"{"name": "or2 09fb3f"}"#, "5v0umaddksgkrm5e9aj6n"),
    creates(395, ROLES, r#"{"name": "orm 09fb3f", "type": "MachineToMachine"}"#, "wpgje41d6m4dqz84n1k0o"),
    relates(430, Post, "/api/organizations/u02512mowwmr/users", r#"{"userIds": ["bmeb12vn1zwp"]}"#),
    relates(
        439,
        Post,
        "/api/organizations/u02512mowwmr/users/bmeb12vn1zwp/roles",
        r#"{"organizationRoleIds": ["wiv545372d1mbtgcax0ql"]}"#,
    ),
    relates(
        445,
        Post,
        "/api/organizations/u02512mowwmr/applications",
        r#"{"applicationIds": ["sfiqyd7crxsatgyp3c2i8"]}"#,
    ),
    creates(464, "/api/organizations/u02512mowwmr/jit/email-domains", r#"{"emailDomain": "a.example"}"#, ""),
    creates(
        475,
        "/api/organization-invitations",
        r#"{"inviterId": "bmeb12vn1zwp", "invitee": "inv09fb3f@example.com", "organizationId": "u02512mowwmr", "expiresAt": 1795589414207, "organizationRoleIds": ["wiv545372d1mbtgcax0ql"]}"#,
        "oz3m7bv2c7bh8k5mhu00t",
    ),
    creates(
        475,
        "/api/organization-invitations",
        r#"{"invitee": "inw09fb3f@example.com", "organizationId": "u02512mowwmr", "expiresAt": 1795589414224}"#,
        "17vltui57pgsplvp3s0y7",
    ),
    relates(
        574,
        Post,
        "/api/custom-profile-fields/batch",
        r#"[{"name": "b109fb3f", "type": "Text", "required": false}, {"name": "b209fb3f", "type": "Text", "required": false}]"#,
    ),
    relates(621, Method::Delete, "/api/connectors/ypflsexw9ah5", ""),
    relates(639, Method::Patch, "/api/sign-in-exp", r#"{"captchaPolicy": {"enabled": false}}"#),
    relates(
        1112,
        Post,
        "/api/organizations/9phc3xcycnjn/applications",
        r#"{"applicationIds": ["m2mtestapp0000000001a"]}"#,
    ),
    relates(1117, Method::Delete, "/api/connectors/pbb59649zzvk", ""),
    relates(1117, Method::Delete, "/api/connectors/0lvc27l4aknq", ""),
    relates(1117, Method::Delete, "/api/connectors/o36iztyrw3pg", ""),
    relates(
        1138,
        Method::Patch,
        "/api/account-center",
        r#"{"enabled": true, "fields": {"name": "Edit", "avatar": "Edit", "profile": "Edit", "email": "Edit", "phone": "Edit", "password": "Edit", "username": "Edit", "social": "Edit", "customData": "Edit", "mfa": "Edit", "passkey": "Edit", "session": "Edit"}, "webauthnRelatedOrigins": ["http://localhost:3001"]}"#,
    ),
    relates(1271, Method::Delete, "/api/connectors/71xwr1qn4wd0", ""),
    relates(1271, Method::Delete, "/api/connectors/umwaq19zi0ut", ""),
    relates(1271, Method::Delete, "/api/connectors/35iys8cd0xhu", ""),
    creates(1530, APPS, r#"{"name": "m", "type": "MachineToMachine"}"#, "qak6e54c6fffj3arfcy1p"),
    creates(1530, ROLES, r#"{"name": "or374adf"}"#, "65um4uq3nbq17gvqn8ufy"),
    relates(1530, Post, "/api/organizations/4sej4kbncsiz/users", r#"{"userIds": ["bc6aopykqo0f"]}"#),
    relates(
        1530,
        Post,
        "/api/organizations/4sej4kbncsiz/applications",
        r#"{"applicationIds": ["qak6e54c6fffj3arfcy1p"]}"#,
    ),
    relates(1611, Method::Delete, "/api/captcha-provider", ""),
    relates(1625, Put, "/api/users/bc6aopykqo0f/roles", r#"{"roleIds": []}"#),
    relates(1625, Method::Patch, "/api/users/bc6aopykqo0f/custom-data", r#"{"customData": {"b": 2}}"#),
];
