use std::collections::BTreeSet;

use logto_admin::serde_json::{Value, json};

use super::{Draft, Rules};
use crate::call::Call;
use crate::collections::PROFILE_FIELDS;
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::record::{Members, Record, text};
use crate::settings::{ACCOUNT_CENTER, SIGN_IN_EXPERIENCE, Setting};
use crate::state::State;

pub(super) static RULES: Rules = Rules { prepare, deleted, ..Rules::NONE };

/// Names that fields cannot have, and the errors. They are a claim, sign-in identifiers, and custom data of the
/// console.
const RESERVED: [(&str, &[&str]); 3] = [
    ("name_conflict_built_in_prop", &["preferredUsername"]),
    ("name_conflict_sign_in_identifier", &["email", "phone", "primaryEmail", "primaryPhone", "username"]),
    (
        "name_conflict_custom_data",
        &["onboarding", "ossOnboarding", "guideRequests", "adminConsolePreferences", "defaultTenantId"],
    ),
];
/// The lists of fields that a deletion shortens. They are in the documents of the sign-in page and of the account
/// center.
static LISTS: [(&Setting, &str); 2] =
    [(&SIGN_IN_EXPERIENCE, "signUpProfileFields"), (&ACCOUNT_CENTER, "profileFields")];

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.creates {
        let orders = call.state.store.all(&PROFILE_FIELDS).filter_map(|field| field.members.get("sieOrder")?.as_i64());
        let last = orders.max().unwrap_or_default();
        draft.members.insert("sieOrder".to_owned(), last.saturating_add(1).into());
    }
    let no_config = Members::new();
    let config = draft.sent.get("config").and_then(Value::as_object).unwrap_or(&no_config);
    check(draft.members.text("name"), draft.members.text("type"), config, !draft.creates)
}

/// Rejects a name that fields cannot have, and settings that contradict each other. Changes are checked strictly.
fn check(name: &str, kind: &str, config: &Members, strict: bool) -> Outcome<()> {
    check_name(name)?;
    let number = |name| config.get(name).and_then(Value::as_f64);
    let crossed = |least, most| number(least).zip(number(most)).is_some_and(|(least, most)| least > most);
    let is_empty = |name| config.get(name).and_then(Value::as_array).is_none_or(Vec::is_empty);
    match kind {
        "Text" if crossed("minLength", "maxLength") => Err(crossed_bounds()),
        "Number" if crossed("minValue", "maxValue") => Err(crossed_bounds()),
        "Checkbox" if strict && !config.contains_key("defaultValue") => {
            Err(refuse("invalid_default_value", "A checkbox requires a default value."))
        }
        "Select" if strict && is_empty("options") => Err(refuse("invalid_options", "A select field requires options.")),
        "Regex" if strict && !is_expression(text(config, "format")) => {
            Err(refuse("invalid_regex_format", "A regex field requires a regular expression."))
        }
        "Address" if is_empty("parts") => Err(refuse("invalid_address_components", "An address requires parts.")),
        "Fullname" if is_empty("parts") => Err(refuse("invalid_fullname_components", "A full name requires parts.")),
        "Address" | "Fullname" => check_parts(config, strict),
        _ => Ok(()),
    }
}

fn check_name(name: &str) -> Outcome<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(refuse("invalid_name", "Invalid field name, only letters or numbers are allowed, case sensitive."));
    }
    match RESERVED.iter().find(|(_, names)| names.contains(&name)) {
        Some(("name_conflict_sign_in_identifier", _)) => {
            let message = format!("Invalid field name. Reserved sign-in identifier key(s): {name}.");
            Err(refuse("name_conflict_sign_in_identifier", &message))
        }
        Some((code, _)) => Err(refuse(code, &format!("The name {name} is reserved."))),
        None => Ok(()),
    }
}

fn crossed_bounds() -> Refusal {
    refuse("invalid_min_max_input", "The minimum is greater than the maximum.")
}

/// Returns whether the text is a regular expression. Those with features that only JavaScript has are not checked.
fn is_expression(text: &str) -> bool {
    !text.is_empty() && (text.contains("(?") || regex_lite::Regex::new(text).is_ok())
}

/// A part of a field cannot have parts.
fn check_parts(config: &Members, strict: bool) -> Outcome<()> {
    let no_config = Members::new();
    let parts = config.get("parts").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    if parts.clone().any(|part| matches!(text(part, "type"), "Address" | "Fullname")) {
        return Err(refuse("invalid_sub_component_type", "A part of a field cannot have parts."));
    }
    for part in parts.filter(|_| strict) {
        let config = part.get("config").and_then(Value::as_object).unwrap_or(&no_config);
        check(text(part, "name"), text(part, "type"), config, strict)?;
    }
    Ok(())
}

/// Rejects a list that names a field twice or that does not exist.
pub(crate) fn check_listed(state: &State, list: Option<&Value>) -> Outcome<()> {
    let names = list.and_then(Value::as_array).into_iter().flatten().filter_map(|field| field.get("name")?.as_str());
    let mut known = BTreeSet::new();
    let repeated: BTreeSet<&str> = names.clone().filter(|name| !known.insert(*name)).collect();
    let exists = |name: &str| state.store.all(&PROFILE_FIELDS).any(|field| field.text("name") == name);
    let missing: Vec<&str> = known.into_iter().filter(|name| !exists(name)).collect();
    if !missing.is_empty() {
        let message = format!("Cannot find entities with the given names: {}", missing.join(", "));
        return Err(refuse("entity_not_exists_with_names", &message));
    }
    if !repeated.is_empty() {
        return Err(invalid_input(400, "A profile field is listed more than once.")
            .with("data", json!({ "duplicateNames": repeated })));
    }
    Ok(())
}

/// Rejects values of fields that cannot exist.
pub(crate) fn refuse_reserved(values: &Members) -> Outcome<()> {
    for (code, names) in RESERVED {
        let reserved: Vec<&str> = names.iter().copied().filter(|name| values.contains_key(*name)).collect();
        if !reserved.is_empty() {
            let message = format!("Reserved field name(s): {}.", reserved.join(", "));
            return Err(refuse(code, &message));
        }
    }
    Ok(())
}

/// Removes a deleted field from the lists of the pages.
fn deleted(call: &mut Call<'_>, field: &Record) {
    for (setting, list) in LISTS {
        let mut document = call.state.settings.get(setting);
        if let Some(Value::Array(fields)) = document.get_mut(list) {
            fields.retain(|listed| listed.get("name").and_then(Value::as_str) != Some(field.text("name")));
            call.state.settings.put(setting, document);
        }
    }
}

/// Returns an error about custom profile fields.
fn refuse(code: &str, message: &str) -> Refusal {
    Refusal::new(400, &format!("custom_profile_fields.{code}"), message)
}
