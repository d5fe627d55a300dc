//! Custom profile fields: each type has a configuration of its own.

use logto_admin_emulator::Emulator;
use serde_json::{Value, json};

use crate::folder::{Folder, apply_all, export, plan};
use crate::tenants::{call, list};

#[tokio::test]
async fn the_configuration_of_a_field_fits_its_type() {
    let tenant = Emulator::new().client().unwrap();
    let file = |kind: &str| format!("- name: size\n  required: false\n  type: {kind}\n");
    let folder = Folder::with(&[("custom-profile-fields.yaml", &file("Text\n  config: { minLength: 1 }"))]);
    apply_all(&tenant, &folder).await;
    for (kind, setting) in [("Select", "options"), ("Date", "format"), ("Address", "parts")] {
        folder.put("custom-profile-fields.yaml", &file(kind));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        let expected = format!("`config` of a field of type {kind} requires `{setting}`");
        assert_eq!(error, format!("custom-profile-fields.yaml:3: {expected}"));
    }
    folder.put("custom-profile-fields.yaml", &file("Number"));
    apply_all(&tenant, &folder).await;
    folder.put("custom-profile-fields.yaml", &file("Select\n  config: { options: [{ value: L }] }"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

/// The server answers with an empty configuration, which it refuses in changes.
#[tokio::test]
async fn a_field_without_a_configuration_is_exported_and_changed() {
    for kind in ["Date", "Checkbox"] {
        let (tenant, folder) = (Emulator::new().client().unwrap(), Folder::new());
        call(&tenant, "CreateCustomProfileField", &[], json!({ "name": "a", "type": kind, "required": false })).await;
        assert_eq!(list(&tenant, "ListCustomProfileFields").await[0]["config"], json!({}));
        export(&tenant, &folder).await;
        let file = folder.get("custom-profile-fields.yaml");
        folder.put("custom-profile-fields.yaml", &format!("{file}  label: Mine\n"));
        let planned = plan(&tenant, &folder).await;
        match kind {
            // The server only changes a checkbox with a default value.
            "Checkbox" => {
                let error = folder.short(planned.unwrap_err());
                let expected = "the server changes a field of type Checkbox only with `config.defaultValue`";
                assert!(error.ends_with(expected) && !error.contains('\n'), "{error}");
            }
            _ => assert_eq!(apply_all(&tenant, &folder).await.updated, 1),
        }
        folder.put("custom-profile-fields.yaml", &format!("{file}  config: {{}}\n"));
        assert!(plan(&tenant, &folder).await.unwrap().is_empty());
        folder.put("custom-profile-fields.yaml", &format!("{file}  config: {{}}\n  label: Other\n"));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert_eq!(error.ends_with("; leave out `config` for none"), kind == "Date", "{error}");
    }
}

#[tokio::test]
async fn a_checkbox_without_a_default_is_not_changed() {
    let tenant = Emulator::new().client().unwrap();
    let field = |rest: &str| format!("- name: news\n  required: false\n  type: Checkbox\n{rest}");
    let folder = Folder::with(&[("custom-profile-fields.yaml", &field(""))]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 1);
    let body = json!({ "type": "Checkbox", "required": false, "label": "News" });
    let update = tenant.operation("UpdateCustomProfileFieldByName").unwrap().path("name", "news").json(&body);
    assert_eq!(update.await.unwrap_err().code(), Some("custom_profile_fields.invalid_default_value"));
    folder.put("custom-profile-fields.yaml", &field("  label: News\n"));
    let expected = "the server changes a field of type Checkbox only with `config.defaultValue`";
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, format!("custom-profile-fields.yaml:3: {expected}"));
    // Its position has an operation of its own.
    folder.put("custom-profile-fields.yaml", &field("  sieOrder: 7\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    folder.put("custom-profile-fields.yaml", &field("  label: News\n  config: { defaultValue: 'true' }\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn a_field_is_only_changed_if_its_parts_have_their_settings() {
    for (kind, setting, code, value) in [
        ("Checkbox", "defaultValue", "invalid_default_value", json!("true")),
        ("Select", "options", "invalid_options", json!([{ "value": "a" }])),
        ("Regex", "format", "invalid_regex_format", json!("^a$")),
    ] {
        let tenant = Emulator::new().client().unwrap();
        let field = |label: &str, config: Value| {
            let part =
                json!({ "enabled": true, "required": false, "name": "givenName", "type": kind, "config": config });
            json!({ "name": "a", "label": label, "required": false, "type": "Fullname", "config": { "parts": [part] } })
        };
        // JSON is YAML.
        let file = |field: Value| json!([field]).to_string();
        let folder = Folder::with(&[("custom-profile-fields.yaml", &file(field("Old", json!({}))))]);
        assert_eq!(apply_all(&tenant, &folder).await.created, 1);
        let mut body = field("New", json!({}));
        body.as_object_mut().unwrap().remove("name");
        let update = tenant.operation("UpdateCustomProfileFieldByName").unwrap().path("name", "a").json(&body);
        assert_eq!(update.await.unwrap_err().code(), Some(&*format!("custom_profile_fields.{code}")));
        folder.put("custom-profile-fields.yaml", &file(field("New", json!({}))));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        let expected = format!("a field with a part of type {kind} only if that has `config.{setting}`");
        let lacks = "`givenName` lacks it";
        assert_eq!(error, format!("custom-profile-fields.yaml:1: the server changes {expected}; {lacks}"));
        folder.put("custom-profile-fields.yaml", &file(field("New", json!({ setting: value }))));
        assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    }
}

#[tokio::test]
async fn members_of_another_type_of_field_are_reported() {
    let file = |rest: &str| format!("- name: a\n  required: false\n  type: {rest}");
    let dropped =
        |path: &str, kind: &str| format!("the server drops `{path}`: a field of type {kind} does not have it");
    for (rest, expected) in [
        (
            "Text\n  config:\n    placeholder: a\n    minValue: 1\n",
            format!("6: {}", dropped("config.minValue", "Text")),
        ),
        ("Url\n  config: { minLength: 1 }\n", format!("4: {}", dropped("config.minLength", "Url"))),
        ("Checkbox\n  description: a\n", format!("4: {}", dropped("description", "Checkbox"))),
    ] {
        let folder = Folder::with(&[("custom-profile-fields.yaml", &file(rest))]);
        let tenant = Emulator::new().client().unwrap();
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:{expected}"));
    }
    let required = "- name: a\n  required: true\n  type: Checkbox\n";
    let folder = Folder::with(&[("custom-profile-fields.yaml", required)]);
    let error = folder.short(plan(&Emulator::new().client().unwrap(), &folder).await.unwrap_err());
    assert_eq!(error, "custom-profile-fields.yaml:2: a field of type Checkbox cannot be required");
}

#[tokio::test]
async fn settings_of_fields_have_the_types_of_the_document() {
    let part = |rest: &str| format!("Fullname\n  config:\n    parts: [{{ enabled: true, required: false, {rest} }}]\n");
    for (rest, expected) in [
        ("Text\n  config:\n    minLength: '1'\n".to_owned(), "5: `config.minLength` must be a number"),
        (
            "Text\n  config:\n    minLength: 2\n    maxLength: 1\n".to_owned(),
            "4: `config.minLength` is greater than `config.maxLength`",
        ),
        (
            "Checkbox\n  config:\n    defaultValue: true\n".to_owned(),
            "5: `config.defaultValue` must be a text; write it in quotes",
        ),
        ("Select\n  config:\n    options: a\n".to_owned(), "5: `config.options` must be a list"),
        ("Select\n  config:\n    options: []\n".to_owned(), "3: `config` of a field of type Select requires `options`"),
        ("Select\n  config:\n    options:\n    - a\n".to_owned(), "6: each item of `config.options` must be an object"),
        (
            "Select\n  config:\n    options:\n    - value: a\n    - value: 1\n".to_owned(),
            "7: `config.options.value` must be a text; write it in quotes",
        ),
        ("Select\n  config:\n    options: [{ label: a }]\n".to_owned(), "4: `config.options` requires `value`"),
        (part("name: givenName"), "4: `config.parts` requires `type`"),
        (part("name: givenName, type: Txt"), "5: `config.parts.type` cannot be `Txt`; did you mean `Text`?"),
    ] {
        let folder =
            Folder::with(&[("custom-profile-fields.yaml", &format!("- name: a\n  required: false\n  type: {rest}"))]);
        let error = folder.short(plan(&Emulator::new().client().unwrap(), &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:{expected}"));
    }
}

#[tokio::test]
async fn settings_of_fields_that_the_server_accepts_are_not_refused() {
    let tenant = Emulator::new().client().unwrap();
    let file = "\
- name: company
  type: Text
  required: true
  config: { placeholder: Acme, minLength: 1, maxLength: 80 }
- name: seats
  type: Number
  required: false
  config: { minValue: 0.5, maxValue: 500 }
- name: joined
  type: Date
  required: false
  config: { format: custom, customFormat: dd.MM.yyyy }
- name: address
  type: Address
  required: false
  config:
    parts:
    - { enabled: true, name: locality, type: Text, required: false }
    - { enabled: true, name: country, type: Text, required: true, config: { placeholder: PT } }
";
    let folder = Folder::with(&[("custom-profile-fields.yaml", file)]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 4);
}

#[tokio::test]
async fn names_of_fields_are_letters_and_digits() {
    for (name, reason) in [
        ("with space", "the name of a field has letters and digits only"),
        ("primaryEmail", "it is a sign-in identifier"),
    ] {
        let folder = Folder::with(&[(
            "custom-profile-fields.yaml",
            &format!("- name: {name}\n  type: Text\n  required: true\n"),
        )]);
        let error = folder.short(plan(&Emulator::new().client().unwrap(), &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:1: `name` cannot be `{name}`: {reason}"));
    }
}

#[tokio::test]
async fn an_empty_configuration_removes_all_settings() {
    let tenant = Emulator::new().client().unwrap();
    let file = |config: &str| format!("- name: a\n  type: Text\n  required: false\n  config: {config}\n");
    let folder = Folder::with(&[("custom-profile-fields.yaml", &file("{ minLength: 1 }"))]);
    apply_all(&tenant, &folder).await;
    folder.put("custom-profile-fields.yaml", &file("{}"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    assert_eq!(list(&tenant, "ListCustomProfileFields").await[0]["config"], json!({}));
}

#[tokio::test]
async fn unknown_settings_of_fields_are_named_at_any_depth() {
    let part = "parts: [{ enabled: true, required: false, name: locality, type: Text";
    let no = |rest: &str| format!("unknown key `{rest}");
    for (rest, expected) in [
        ("Text\n  config: { placeholdr: a }\n".to_owned(), no("placeholdr`; did you mean `placeholder`?")),
        ("Select\n  config: { options: [{ value: a, lable: A }] }\n".to_owned(), no("lable`; did you mean `label`?")),
        (format!("Address\n  config: {{ {part}, requird: true }}] }}\n"), no("requird`; did you mean `required`?")),
        (
            format!("Address\n  config: {{ {part}, config: {{ maxLenght: 1 }} }}] }}\n"),
            no("maxLenght`; did you mean `maxLength`?"),
        ),
        (
            format!("Address\n  config: {{ {part}, config: {{ options: [{{ value: a, x: b }}] }} }}] }}\n"),
            no("x`; expected one of label, value"),
        ),
    ] {
        let file = format!("- name: a\n  required: false\n  type: {rest}");
        let folder = Folder::with(&[("custom-profile-fields.yaml", &file)]);
        let error = folder.short(plan(&Emulator::new().client().unwrap(), &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:4: {expected}"));
    }
}

#[tokio::test]
async fn null_removes_a_setting_of_a_field_except_in_lists() {
    let tenant = Emulator::new().client().unwrap();
    let file = |config: &str| format!("- name: a\n  required: false\n  type: Select\n  config:\n{config}");
    let folder =
        Folder::with(&[("custom-profile-fields.yaml", &file("    options: [{ value: b }]\n    placeholder: c\n"))]);
    apply_all(&tenant, &folder).await;
    folder.put("custom-profile-fields.yaml", &file("    options: [{ value: b }]\n    placeholder: null\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    let config = list(&tenant, "ListCustomProfileFields").await[0]["config"].clone();
    assert_eq!(config, json!({ "options": [{ "value": "b" }] }));
    for (item, expected) in [
        ("{ value: b, label: null }", "`config.options.label` cannot be null; leave it out"),
        ("null", "each item of `config.options` must be an object"),
    ] {
        folder.put("custom-profile-fields.yaml", &file(&format!("    options:\n    - {item}\n")));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:6: {expected}"));
    }
}

#[tokio::test]
async fn a_field_has_the_parts_of_its_type() {
    let part = |name: &str, kind: &str| {
        let part = json!({ "enabled": true, "required": false, "name": name, "type": kind });
        json!({ "name": "a", "required": false, "type": "Fullname", "config": { "parts": [part] } })
    };
    for (field, expected) in [
        (part("locality", "Text"), "a field of type Fullname does not have the part `locality`"),
        (part("givenName", "Address"), "a part of a field cannot be of type Address"),
    ] {
        let tenant = Emulator::new().client().unwrap();
        let created = tenant.operation("CreateCustomProfileField").unwrap().json(&field).await;
        assert_eq!(created.unwrap_err().status(), Some(400));
        // JSON is YAML.
        let folder = Folder::with(&[("custom-profile-fields.yaml", &json!([field]).to_string())]);
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert_eq!(error, format!("custom-profile-fields.yaml:1: {expected}"));
    }
}

/// The server keeps what an update leaves out, and refuses null.
#[tokio::test]
async fn a_description_can_be_removed_and_a_label_cannot() {
    let tenant = Emulator::new().client().unwrap();
    let file = |rest: &str| format!("- name: a\n  type: Text\n  required: false\n{rest}");
    let folder = Folder::with(&[("custom-profile-fields.yaml", &file("  label: A\n  description: Mine\n"))]);
    apply_all(&tenant, &folder).await;
    folder.put("custom-profile-fields.yaml", &file("  label: A\n  description: null\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    folder.put("custom-profile-fields.yaml", &file("  description: null\n  label: null\n"));
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "custom-profile-fields.yaml:5: the server cannot remove `label`, only change it");
    // Nothing has to be removed from a new field.
    assert_eq!(apply_all(&Emulator::new().client().unwrap(), &folder).await.created, 1);
}
