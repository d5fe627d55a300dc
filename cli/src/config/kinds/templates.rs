//! Custom phrases, email templates and custom profile fields.

use logto_admin::models::{
    CustomProfileFieldPartName, CustomProfileFieldType, EmailContentType, LanguageTag, TemplateType,
};
use serde_json::Value;

use super::super::entity_members::{Members, Removal, member};
use super::access::text;
use super::ranges::crossed;
use super::{Address, Body, Kind, Layout, Part, Phrases, Read, Write, text_rules, write};
use crate::terminal::shown;

pub(in super::super) static CUSTOM_PHRASES: Kind = Kind {
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
        member("name").unless(text_rules::of_fields).at_most(128).fixed().required(),
        member("type").one_of(CustomProfileFieldType::VALUES).required(),
        member("label").at_least(1).at_most(128).removed_by(Removal::Never),
        member("description").at_most(256).removed_by(Removal::EmptyText),
        member("required").flag().required(),
        member("sieOrder").integer(),
        member("config.placeholder"),
        member("config.minLength").number(),
        member("config.maxLength").number(),
        member("config.minValue").number(),
        member("config.maxValue").number(),
        member("config.format"),
        member("config.customFormat"),
        member("config.defaultValue").one_of(&["true", "false"]),
        member("config.options.*.label"),
        member("config.options.*.value"),
        member("config.parts.*.enabled").flag(),
        member("config.parts.*.name").one_of(CustomProfileFieldPartName::VALUES),
        member("config.parts.*.type").one_of(CustomProfileFieldType::VALUES),
        member("config.parts.*.label").at_least(1),
        member("config.parts.*.description"),
        member("config.parts.*.required").flag(),
        member("config.parts.*.config.placeholder").at_most(256),
        member("config.parts.*.config.minLength").number(),
        member("config.parts.*.config.maxLength").number(),
        member("config.parts.*.config.minValue").number(),
        member("config.parts.*.config.maxValue").number(),
        member("config.parts.*.config.format").at_most(128),
        member("config.parts.*.config.customFormat").at_most(128),
        member("config.parts.*.config.options.*.label"),
        member("config.parts.*.config.options.*.value"),
        member("config.parts.*.config.defaultValue"),
    ],
    read: Read::List("ListCustomProfileFields"),
    create: write("CreateCustomProfileField"),
    update: write("UpdateCustomProfileFieldByName"),
    delete: Some("DeleteCustomProfileFieldByName"),
    // Without a label and a configuration, the server answers with empty ones, which it refuses in changes.
    arrange: |field| {
        if field.get("label").is_some_and(|label| label == "") {
            field.remove("label");
        }
        let is_empty = field.get("config").and_then(Value::as_object).is_some_and(Members::is_empty);
        if is_empty {
            field.remove("config");
        }
    },
    conflict: |field| {
        // The server has an empty object then.
        if field.get("config").is_some_and(Value::is_null) {
            return Some(("config", "`config` cannot be null".to_owned()));
        }
        let (kind, config) = (text(field, "type"), field.get("config").and_then(Value::as_object));
        if kind == "Checkbox" && field.get("required") == Some(&Value::Bool(true)) {
            return Some(("required", "a field of type Checkbox cannot be required".to_owned()));
        }
        let ranges = [("minLength", "maxLength"), ("minValue", "maxValue")].into_iter();
        if let Some(problem) = ranges.filter_map(|(least, most)| crossed("config", config?, least, most)).next() {
            return Some(("config", problem));
        }
        let parts = config.and_then(|config| config.get("parts")?.as_array()).into_iter().flatten();
        if let Some(problem) = parts.filter_map(Value::as_object).find_map(|part| wrong_part(kind, part)) {
            return Some(("config", problem));
        }
        let (_, setting) = settings(field)?;
        let setting = setting?;
        let is_optional = matches!(kind, "Date" | "Checkbox");
        let is_empty = |value: &Value| !is_optional && (value == "" || value.as_array().is_some_and(Vec::is_empty));
        let lacks = config.map_or(!is_optional, |config| config.get(setting).is_none_or(is_empty));
        let hint =
            if is_optional && config.is_some_and(Members::is_empty) { "; leave out `config` for none" } else { "" };
        lacks.then(|| ("type", format!("`config` of a field of type {kind} requires `{setting}`{hint}")))
    },
    update_conflict: |field| {
        if text(field, "type") == "Checkbox" {
            let setting = lacking_in_update(field)?;
            return Some(("type", format!("the server changes a field of type Checkbox only with `config.{setting}`")));
        }
        let parts = field.get("config")?.get("parts")?.as_array()?.iter().filter_map(Value::as_object);
        let (part, setting) = parts.filter_map(|part| Some((part, lacking_in_update(part)?))).next()?;
        let (name, kind) = (shown(text(part, "name")), text(part, "type"));
        let problem =
            format!("the server changes a field with a part of type {kind} only if that has `config.{setting}`");
        Some(("config", format!("{problem}; `{name}` lacks it")))
    },
    dropped: |field| {
        let kind = text(field, "type");
        let Some((settings, _)) = settings(field) else { return Vec::new() };
        let config =
            field.get("config").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
        let foreign = config.filter(|name| !settings.contains(name)).map(|name| format!("config.{name}"));
        let description = (kind == "Checkbox").then(|| "description".to_owned());
        foreign.chain(description).map(|path| (path, format!("a field of type {kind} does not have it"))).collect()
    },
    address: Address::Key,
    parts: &[Part::Member {
        member: "sieOrder",
        write: Write { operation: "UpdateCustomProfileFieldsSieOrder", body: Body::ListIn("order"), extra: &[] },
    }],
    ..Kind::DEFAULT
};

/// Returns the setting that a field or a part of it lacks. The server checks these types in updates only.
fn lacking_in_update(field: &Members) -> Option<&'static str> {
    let kind = text(field, "type");
    let setting = settings(field)?.1.filter(|_| matches!(kind, "Checkbox" | "Select" | "Regex"))?;
    let value = field.get("config").and_then(|config| config.get(setting));
    let is_empty = |value: &Value| kind != "Checkbox" && (value == "" || value.as_array().is_some_and(Vec::is_empty));
    value.is_none_or(is_empty).then_some(setting)
}

/// Returns why a field of this type cannot have a part.
fn wrong_part(kind: &str, part: &Members) -> Option<String> {
    let (name, of_part) = (text(part, "name"), text(part, "type"));
    match kind {
        "Address" | "Fullname" if matches!(of_part, "Address" | "Fullname") => {
            Some(format!("a part of a field cannot be of type {of_part}"))
        }
        "Address" | "Fullname" if (kind == "Fullname") != PARTS_OF_NAMES.contains(&name) => {
            Some(format!("a field of type {kind} does not have the part `{}`", shown(name)))
        }
        _ => None,
    }
}

/// The parts of a field of type Fullname. A field of type Address has all others.
pub(super) const PARTS_OF_NAMES: [&str; 3] = ["givenName", "middleName", "familyName"];

/// The settings in the configuration of a field, by its type. The last text is the setting that the field requires.
pub(super) const SETTINGS: &[(&str, &[&str], Option<&str>)] = &[
    ("Text", &["placeholder", "minLength", "maxLength"], None),
    ("Number", &["placeholder", "minValue", "maxValue"], None),
    ("Date", &["placeholder", "format", "customFormat"], Some("format")),
    ("Checkbox", &["defaultValue"], Some("defaultValue")),
    ("Select", &["placeholder", "options"], Some("options")),
    ("Url", &["placeholder"], None),
    ("Regex", &["placeholder", "format"], Some("format")),
    ("Address", &["parts"], Some("parts")),
    ("Fullname", &["parts"], Some("parts")),
];

/// Returns the settings of a field's type, and the one that it requires.
fn settings(field: &Members) -> Option<(&'static [&'static str], Option<&'static str>)> {
    let kind = text(field, "type");
    SETTINGS.iter().find(|(name, ..)| *name == kind).map(|(_, settings, required)| (*settings, *required))
}
