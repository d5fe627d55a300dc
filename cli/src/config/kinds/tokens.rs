//! Domains, JWT customizers and webhooks.

use logto_admin::models::{HookEvent, JwtCustomizerTokenType};
use serde_json::Value;

use super::super::entity_members::{Members, member};
use super::{Address, Kind, Layout, Read, write};

pub(super) static DOMAINS: Kind = Kind {
    file: "domains",
    noun: "domain",
    key: &["domain"],
    members: &[member("domain").at_least(1).at_most(256).fixed().required()],
    read: Read::List("ListDomains"),
    create: write("CreateDomain"),
    delete: Some("DeleteDomain"),
    single_until: Some(30),
    ..Kind::DEFAULT
};

pub(super) static JWT_CUSTOMIZERS: Kind = Kind {
    file: "jwt-customizers",
    noun: "JWT customizer",
    layout: Layout::Folder,
    key: &["tokenType"],
    members: &[
        member("tokenType").one_of(JwtCustomizerTokenType::VALUES).fixed().required(),
        member("script").required(),
        member("blockIssuanceOnError").flag().since(37),
        member("environmentVariables").named_texts(),
        member("contextSample").object(),
        member("tokenSample").object(),
    ],
    read: Read::List("ListJwtCustomizers"),
    create: write("UpsertJwtCustomizer"),
    update: write("UpsertJwtCustomizer"),
    delete: Some("DeleteJwtCustomizer"),
    address: Address::Key,
    secrets: &["environmentVariables.*"],
    secret_names: &["contextSample", "tokenSample"],
    beside: Some(("script", "js")),
    replaced: true,
    arrange: |customizer| {
        let kind = match customizer.remove("key").as_ref().and_then(Value::as_str) {
            Some("jwt.accessToken") => "access-token",
            Some("jwt.clientCredentials") => "client-credentials",
            _ => return,
        };
        *customizer = match customizer.remove("value") {
            Some(Value::Object(members)) => members,
            _ => Members::new(),
        };
        customizer.insert("tokenType".to_owned(), kind.into());
    },
    ..Kind::DEFAULT
};

pub(super) static HOOKS: Kind = Kind {
    file: "hooks",
    noun: "hook",
    members: &[
        member("name").at_least(1).at_most(256).required(),
        member("enabled").flag(),
        member("events").texts().set().required().one_of(HookEvent::VALUES),
        member("config.url").required(),
        member("config.headers").named_texts(),
        member("config.retries").number(),
    ],
    read: Read::List("ListHooks"),
    create: write("CreateHook"),
    update: write("UpdateHook"),
    delete: Some("DeleteHook"),
    secrets: &["config.headers.*"],
    conflict: |hook| {
        // Old hooks have one event in a member of its own.
        let is_old = hook.get("event").is_some_and(|event| !event.is_null());
        let is_empty = hook.get("events").and_then(Value::as_array).is_some_and(Vec::is_empty);
        (is_empty && !is_old).then(|| ("events", "`events` must not be empty".to_owned()))
    },
    ..Kind::DEFAULT
};
