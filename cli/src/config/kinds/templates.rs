//! Custom phrases, email templates and custom profile fields.

use logto_admin::models::{CustomProfileFieldType, EmailContentType, LanguageTag, TemplateType};
use serde_json::Value;

use super::super::entity_members::{Form, Members, Setting, member};
use super::access::text;
use super::{Address, Body, Kind, Layout, Part, Phrases, Read, Write, text_rules, write};
use crate::body_members;
use crate::json_object;

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
        member("name").unless(text_rules::of_fields).fixed().required(),
        member("type").one_of(CustomProfileFieldType::VALUES).required(),
        member("label").at_least(1),
        member("description"),
        member("required").flag().required(),
        member("sieOrder").integer(),
        member("config").object().clearable(),
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
    settings: |_| {
        let members = body_members::members("CreateCustomProfileField");
        members.iter().flat_map(of_document).collect()
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
        let number = |name: &str| config?.get(name)?.as_f64();
        for (least, most) in [("minLength", "maxLength"), ("minValue", "maxValue")] {
            if number(least).zip(number(most)).is_some_and(|(least, most)| least > most) {
                return Some(("config", format!("`config.{least}` is greater than `config.{most}`")));
            }
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

/// Returns the settings that the API document has for a member of the body. They have the same type in all types of fields.
fn of_document(member: &Value) -> Vec<Setting> {
    let (path, form) = (json_object::text(member, "name").replace("[]", ".*"), json_object::text(member, "type"));
    if !path.starts_with("config.") {
        return Vec::new();
    }
    let setting = |path: String, form: &str| {
        let values = form.split(" | ").filter_map(|value| value.strip_prefix('"')?.strip_suffix('"'));
        Setting {
            path,
            form: match form {
                "string" => Form::Text,
                "boolean" => Form::Flag,
                "number" | "integer" => Form::Number,
                "object" => Form::Object,
                _ if form.ends_with("[]") => Form::List,
                _ if form.starts_with('"') => Form::Text,
                _ => Form::Any,
            },
            values: values.map(str::to_owned).collect(),
            // Checked with those of all other bodies.
            required: false,
        }
    };
    let items = form.strip_suffix("[]").map(|items| setting(format!("{path}.*"), items));
    [setting(path.clone(), &form)].into_iter().chain(items).collect()
}

/// The settings in the configuration of a field, by its type, and the one that it requires.
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
