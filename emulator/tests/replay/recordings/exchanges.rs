//! Exchanges with 1.42. Some requests of their script are missing.

use logto_admin::transport::Method::{self, Post, Put};

use super::{Recording, Unrecorded, Web, creates, relates};
use crate::steps::Step::{
    self, AnswersPasskey, EntersCode, FindsUser, Identifies, Opens, OpensSaml, Returns, Sends, Starts, Submits,
};

pub(crate) const RECORDING: Recording = Recording {
    file: "exchanges.jsonl",
    unrecorded: UNRECORDED,
    services: &[],
    manager: "m2mtestapp0000000001a",
    sign_ins: (1317, 1497),
    web: Web {
        id: "hwz81vaqb1x73qaqe8frx",
        redirect_uri: "https://a.example/cb",
        scopes: "openid profile email offline_access urn:logto:scope:sessions identities",
    },
    refreshes: &[(1478, 1333)],
    steps: STEPS,
    callers: &[(1134, 1224, "ia9nrr4i08ea")],
    different: DIFFERENT,
};

const DIFFERENT: &[(u64, &str)] =
    &[(1141, "the recorder's token had fewer scopes"), (1175, "the recorder linked an identity without recording it")];

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
    relates(1136, Method::Patch, "/api/account-center", r#"{"enabled": true}"#),
    relates(
        1138,
        Method::Patch,
        "/api/account-center",
        r#"{"enabled": true, "fields": {"name": "Edit", "avatar": "Edit", "profile": "Edit", "email": "Edit", "phone": "Edit", "password": "Edit", "username": "Edit", "social": "Edit", "customData": "Edit", "mfa": "Edit", "passkey": "Edit", "session": "Edit"}, "webauthnRelatedOrigins": ["http://localhost:3001"]}"#,
    ),
    relates(1271, Method::Delete, "/api/connectors/71xwr1qn4wd0", ""),
    relates(1271, Method::Delete, "/api/connectors/umwaq19zi0ut", ""),
    relates(1271, Method::Delete, "/api/connectors/35iys8cd0xhu", ""),
    creates(
        1276,
        APPS,
        r#"{"name": "web9e759f1", "type": "Traditional", "oidcClientMetadata": {"redirectUris": ["https://a.example/cb", "https://a.example/other"], "postLogoutRedirectUris": []}}"#,
        "hwz81vaqb1x73qaqe8frx",
    ),
    creates(
        1444,
        APPS,
        r#"{"name": "idp", "type": "Traditional", "oidcClientMetadata": {"redirectUris": ["https://a.example/idp"], "postLogoutRedirectUris": []}}"#,
        "412tv6pigrva1ewepphqu",
    ),
    creates(
        1445,
        "/api/sso-connectors",
        r#"{"providerName": "OIDC", "connectorName": "sso", "domains": ["se759f1.example"], "config": {"clientId": "c", "clientSecret": "s", "issuer": "http://localhost:3001/oidc"}}"#,
        "w6lfzqfyy1hh",
    ),
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

/// Actions of the users in their browsers.
const STEPS: &[(u64, Step)] = &[
    (1328, Identifies("e56sv2waqdxcij7yju3j2")),
    (1333, Submits),
    (1343, EntersCode("bh68ukvzkgbehumr7sql0", REGISTERED)),
    (1348, Identifies("bh68ukvzkgbehumr7sql0")),
    (1350, Sends("/verification/totp/secret", "", "fjnon5574hk2gp0x89jkb")),
    (1354, Sends("/verification/web-authn/registration", "", "6ybykdmriratqd00u0pd4")),
    (1361, Submits),
    (1361, FindsUser("3d46jzi8yy8h", "reg9e759f1@example.com")),
    (1367, Identifies("kfshecu6g7a8mhrd7h288")),
    (1367, Sends("/verification/web-authn/authentication", "", "rt5uwfamzjls96i1g8udj")),
    (1369, Submits),
    (1372, Identifies("ddxns18x5u2aobf1dk7wu")),
    (1375, Submits),
    (1378, Identifies("i2es8re1hm9vszlm939a0")),
    (1380, Submits),
    (1386, Identifies("rcun4t52nvsmnq4akdutc")),
    (1386, Submits),
    (
        1390,
        EntersCode("lvel4b1nfxkgs9vd7g1jb", r#"{"identifier": {"type": "email", "value": "r9e759f1@example.com"}}"#),
    ),
    (1392, Identifies("lvel4b1nfxkgs9vd7g1jb")),
    (1395, Submits),
    (1401, Identifies("4uhp1jkm4d6btnojzvmn9")),
    (1401, Submits),
    (
        1409,
        Sends(
            SOCIAL,
            r#"{"verificationId": "irn7185pbwbo50h1g7vfe", "connectorData": {"code": "c", "userId": "so9"}}"#,
            "irn7185pbwbo50h1g7vfe",
        ),
    ),
    (1416, Identifies("irn7185pbwbo50h1g7vfe")),
    (1416, Submits),
    (
        1422,
        Sends(
            SOCIAL,
            r#"{"verificationId": "rvrk3xc33h1yyv1m4djge", "connectorData": {"code": "c", "userId": "so9"}}"#,
            "rvrk3xc33h1yyv1m4djge",
        ),
    ),
    (1422, Identifies("rvrk3xc33h1yyv1m4djge")),
    (1422, Submits),
    (1427, Identifies("e5j92g77oh1hfluyduep7")),
    (1431, Submits),
    (1439, AnswersPasskey("/verification/sign-in-passkey/authentication/verify", "vcvwx6jj7tq0nrozap0p4")),
    (1439, Identifies("vcvwx6jj7tq0nrozap0p4")),
    (1457, Identifies("g6h28bdtid37iud9px3it")),
    (1460, Submits),
    (1464, Opens),
    (1464, Starts),
    (
        1464,
        Sends(
            "/verification/sso/w6lfzqfyy1hh/authorization-uri",
            r#"{"state": "s", "redirectUri": "https://a.example/cb"}"#,
            "unrecorded",
        ),
    ),
    (
        1464,
        Sends(
            "/verification/sso/w6lfzqfyy1hh/verify",
            r#"{"verificationId": "unrecorded", "connectorData": {"code": "c", "state": "s", "userId": "xaf0flwfn5qp", "email": "emp@se759f1.example", "username": "emp_e759f1", "preferredUsername": "emp_e759f1", "createdAt": 1, "updatedAt": 1}}"#,
            "unrecorded",
        ),
    ),
    (1464, Identifies("unrecorded")),
    (1464, Submits),
    (1491, OpensSaml("fwfwqmqr0hwvcetb6gg0s", "urn:y:e759f1", "rs")),
    (1494, Identifies("jijr8foi40edhvio0j8kv")),
    (1497, Submits),
    (1497, Returns("ll1iONHCRYb4k0ZBA2_jvAy4wPoWqkHJmbfj-q5LaTp", "jlpsh62zhv9divbm7ovewinls2e5o9fv")),
];

const REGISTERED: &str = r#"{"identifier": {"type": "email", "value": "reg9e759f1@example.com"}}"#;
const SOCIAL: &str = "/verification/social/p0p2o04t6ocy/verify";
