use logto_admin::serde_json::Value;

use super::{Draft, Rules};
use crate::call::Call;
use crate::collections::PROFILE_FIELDS;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, text};

pub(super) static RULES: Rules = Rules { prepare, ..Rules::NONE };

/// Names of sign-in identifiers, which fields cannot have.
const IDENTIFIERS: [&str; 5] = ["email", "phone", "primaryEmail", "primaryPhone", "username"];
/// Names of claims that users do not fill in.
const CLAIMS: [&str; 1] = ["preferredUsername"];
/// Names of custom data of Logto's own pages.
const CUSTOM_DATA: [&str; 5] =
    ["onboarding", "ossOnboarding", "guideRequests", "adminConsolePreferences", "defaultTenantId"];
/// The reserved names, by the end of the code of their error.
const RESERVED: [(&str, &[&str]); 3] =
    [("built_in_prop", &CLAIMS), ("sign_in_identifier", &IDENTIFIERS), ("custom_data", &CUSTOM_DATA)];

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.creates {
        check_name(draft.members.text("name"))?;
        let orders = call.state.store.all(&PROFILE_FIELDS).filter_map(|field| field.members.get("sieOrder")?.as_i64());
        let last = orders.max().unwrap_or_default();
        draft.members.insert("sieOrder".to_owned(), last.saturating_add(1).into());
    }
    match draft.members.get("config") {
        Some(Value::Object(config)) => check_config(draft.members.text("type"), config),
        _ => Ok(()),
    }
}

fn check_name(name: &str) -> Outcome<()> {
    if IDENTIFIERS.contains(&name) {
        return Err(refuse(
            "name_conflict_sign_in_identifier",
            &format!("Invalid field name. Reserved sign-in identifier key(s): {name}."),
        ));
    }
    let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if valid {
        Ok(())
    } else {
        Err(refuse("invalid_name", "Invalid field name, only letters or numbers are allowed, case sensitive."))
    }
}

/// Rejects settings that contradict each other or that the type of the field does not have.
fn check_config(kind: &str, config: &Members) -> Outcome<()> {
    let number = |name| config.get(name).and_then(Value::as_f64);
    let crossed = |least, most| number(least).zip(number(most)).is_some_and(|(least, most)| least > most);
    if crossed("minLength", "maxLength") || crossed("minValue", "maxValue") {
        return Err(refuse("invalid_min_max_input", "The minimum is greater than the maximum."));
    }
    let is_empty = |name| config.get(name).and_then(Value::as_array).is_none_or(Vec::is_empty);
    match kind {
        "Select" if is_empty("options") => Err(refuse("invalid_options", "A select field requires options.")),
        "Regex" if text(config, "format").is_empty() => {
            Err(refuse("invalid_regex_format", "A regex field requires a regular expression."))
        }
        "Address" if is_empty("parts") => Err(refuse("invalid_address_components", "An address requires parts.")),
        "Fullname" if is_empty("parts") => Err(refuse("invalid_fullname_components", "A full name requires parts.")),
        _ => check_parts(config),
    }
}

/// A part of a field cannot have parts.
fn check_parts(config: &Members) -> Outcome<()> {
    let parts = config.get("parts").and_then(Value::as_array).into_iter().flatten();
    let mut kinds = parts.filter_map(|part| part.get("type").and_then(Value::as_str));
    if kinds.any(|kind| matches!(kind, "Address" | "Fullname")) {
        return Err(refuse("invalid_sub_component_type", "A part of a field cannot have parts."));
    }
    Ok(())
}

/// Rejects values of fields that cannot exist.
pub(crate) fn refuse_reserved(values: &Members) -> Outcome<()> {
    for (end, names) in RESERVED {
        let reserved: Vec<&str> = names.iter().copied().filter(|name| values.contains_key(*name)).collect();
        if !reserved.is_empty() {
            let message = format!("Reserved field name(s): {}.", reserved.join(", "));
            return Err(refuse(&format!("name_conflict_{end}"), &message));
        }
    }
    Ok(())
}

/// Returns an error about custom profile fields.
pub(crate) fn refuse(code: &str, message: &str) -> Refusal {
    Refusal::new(400, &format!("custom_profile_fields.{code}"), message)
}
