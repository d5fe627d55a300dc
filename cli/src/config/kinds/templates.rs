//! Custom phrases, email templates and custom profile fields.

use logto_admin::models::{CustomProfileFieldType, EmailContentType, LanguageTag, TemplateType};
use serde_json::Value;

use super::super::entity_members::member;
use super::access::text;
use super::{Address, Body, Kind, Layout, Part, Phrases, Read, Write, write};

pub(super) static CUSTOM_PHRASES: Kind = Kind {
    file: "custom-phrases",
    noun: "custom phrases",
    layout: Layout::Folder,
    key: &["languageTag"],
    members: &[
        member("languageTag").one_of(LanguageTag::VALUES).fixed().required(),
        member("translation").object().sparse().required(),
    ],
    read: Read::List("ListCustomPhrases"),
    create: Some(PHRASES),
    update: Some(PHRASES),
    delete: Some("DeleteCustomPhrase"),
    address: Address::Key,
    phrases: Some(Phrases {
        member: "translation",
        read: "GetSignInExperiencePhrases",
        // English has all keys.
        query: ("lng", "en"),
    }),
    ..Kind::DEFAULT
};

const PHRASES: Write = Write { operation: "ReplaceCustomPhrase", body: Body::Value("translation"), extra: &[] };

pub(super) static EMAIL_TEMPLATES: Kind = Kind {
    file: "email-templates",
    noun: "email template",
    layout: Layout::Folder,
    key: &["languageTag", "templateType"],
    members: &[
        member("languageTag").at_least(1).at_most(16).fixed().required(),
        member("templateType").one_of(TemplateType::VALUES).fixed().required(),
        member("details.subject").required(),
        member("details.content"),
        member("details.contentType").one_of(EmailContentType::VALUES),
        member("details.replyTo"),
        member("details.sendFrom"),
    ],
    read: Read::List("ListEmailTemplates"),
    create: Some(TEMPLATES),
    update: Some(TEMPLATES),
    delete: Some("DeleteEmailTemplate"),
    ..Kind::DEFAULT
};

const TEMPLATES: Write = Write { operation: "ReplaceEmailTemplates", body: Body::ListIn("templates"), extra: &[] };

pub(super) static PROFILE_FIELDS: Kind = Kind {
    file: "custom-profile-fields",
    noun: "custom profile field",
    members: &[
        member("name").fixed().required(),
        member("type").one_of(CustomProfileFieldType::VALUES).required(),
        member("label").at_least(1),
        member("description"),
        member("required").flag().required(),
        member("sieOrder").integer(),
        member("config").object(),
    ],
    read: Read::List("ListCustomProfileFields"),
    create: write("CreateCustomProfileField"),
    update: write("UpdateCustomProfileFieldByName"),
    delete: Some("DeleteCustomProfileFieldByName"),
    // Without a label, the server answers with an empty one, which it refuses in changes.
    arrange: |field| {
        if field.get("label").is_some_and(|label| label == "") {
            field.remove("label");
        }
    },
    conflict: |field| {
        // The server has an empty object then.
        if field.get("config").is_some_and(Value::is_null) {
            return Some(("config", "`config` cannot be null".to_owned()));
        }
        let (kind, config) = (text(field, "type"), field.get("config").and_then(Value::as_object));
        let setting = match kind {
            "Date" | "Regex" => "format",
            "Checkbox" => "defaultValue",
            "Select" => "options",
            "Address" | "Fullname" => "parts",
            _ => return None,
        };
        let is_optional = matches!(kind, "Date" | "Checkbox");
        let lacks = config.map_or(!is_optional, |config| !config.contains_key(setting));
        lacks.then(|| ("type", format!("`config` of a field of type {kind} requires `{setting}`")))
    },
    address: Address::Key,
    parts: &[Part::Member {
        member: "sieOrder",
        write: Write { operation: "UpdateCustomProfileFieldsSieOrder", body: Body::ListIn("order"), extra: &[] },
    }],
    ..Kind::DEFAULT
};
