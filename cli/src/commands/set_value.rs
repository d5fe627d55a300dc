//! The values of `--set`, by the types of their members.

use logto_admin::serde_json::{self, Value};

use crate::body_members::Place;
use crate::failure::{Failure, Result};
use crate::json_object;

/// Returns the value of a member: JSON, or text. Of JSON, a member that is a text accepts only texts in quotes, and
/// `null` if it can be null. Phone numbers and passwords can look like numbers.
pub(super) fn value_of(form: Option<&str>, value: &str) -> Value {
    let is_accepted = |json: &Value| match form {
        Some("string") => json.is_string(),
        Some("string | null") => json.is_string() || json.is_null(),
        _ => true,
    };
    serde_json::from_str(value).ok().filter(is_accepted).unwrap_or_else(|| value.into())
}

fn form_of(operation: &str, member: &str) -> Option<String> {
    Place::of(operation, member).and_then(Place::into_type)
}

/// Fails if a value does not have the type of its member. The error has what to write in its place.
pub(super) fn check_value(operation: &str, member: &str, value: &str) -> Result<()> {
    let form = form_of(operation, member);
    if form.is_none() && is_too_large(value) {
        return Err(Failure::usage(format!("cannot set `{member}`: the number is too large"))
            .with_hint("write it in quotes, within the quotes of the shell, to send a text"));
    }
    let Some(form) = form else { return Ok(()) };
    let (form, can_be_null) = form.strip_suffix(" | null").map_or((&*form, false), |form| (form, true));
    let json = value_of(Some(form), value);
    // These have a message of their own.
    if can_be_null && json.is_null() || json_object::might_be_rounded(&json) {
        return Ok(());
    }
    let plain =
        json.as_str().filter(|text| serde_json::from_str(text).is_ok_and(|json| fits(form, &json) == Some(true)));
    match (fits(form, &json), plain) {
        (None | Some(true), _) => Ok(()),
        (Some(false), Some(plain)) => {
            Err(wrong(member, form).with_hint(format!("write it without quotes: `--set {member}={plain}`")))
        }
        (Some(false), None) => Err(match hint(member, form) {
            Some(hint) => wrong(member, form).with_hint(hint),
            None => wrong(member, form),
        }),
    }
}

/// Whether a value is a number that JSON parsers refuse. It would be sent as a text.
fn is_too_large(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.starts_with(|digit: char| digit.is_ascii_digit()) && value.parse().is_ok_and(f64::is_infinite)
}

fn wrong(member: &str, form: &str) -> Failure {
    let expected = match form {
        "boolean" => "true or false".to_owned(),
        "integer" => "an integer, such as 12".to_owned(),
        "milliseconds" => "an integer, in milliseconds".to_owned(),
        "number" => "a number, such as 12".to_owned(),
        "object" => "an object".to_owned(),
        _ if form.ends_with("[]") => "a list".to_owned(),
        _ if form.starts_with('{') => "an object".to_owned(),
        _ => format!("one of {}", form.replace(" | ", ", ")),
    };
    Failure::usage(format!("cannot set `{member}`: it must be {expected}"))
}

/// Returns how to write a value of this type.
fn hint(member: &str, form: &str) -> Option<String> {
    let example = match form {
        "string[]" => r#"["a", "b"]"#,
        _ if form.ends_with("[]") => "[…]",
        "object" => {
            return Some(format!(
                "write it as JSON, `--set '{member}={{…}}'`, or set its members, `--set {member}.NAME=VALUE`"
            ));
        }
        _ if form.starts_with('{') => return hint(member, "object"),
        _ => return None,
    };
    Some(format!("write it as JSON, such as `--set '{member}={example}'`"))
}

/// Whether a value has a type. Returns none for types that can have any value, or that only the server can check.
fn fits(form: &str, value: &Value) -> Option<bool> {
    let is_whole = |number: f64| number.fract() == 0.0;
    Some(match form {
        "boolean" => value.is_boolean(),
        "integer" | "milliseconds" => value.as_f64().is_some_and(is_whole),
        "number" => value.is_number(),
        "object" => value.is_object(),
        _ if form.ends_with("[]") && !form.contains("string | ") => value.is_array(),
        _ if form.starts_with('{') => value.is_object(),
        _ if form.starts_with('"') => value.is_string(),
        _ => return None,
    })
}

/// Returns how to send a value as text that was sent as a number or a boolean. Applies if the type of its member is
/// unknown.
pub(super) fn hint_about_text(operation: Option<&str>, member: &str, value: &str) -> Option<String> {
    let form = operation.and_then(|operation| form_of(operation, member));
    let kind = match value_of(form.as_deref(), value) {
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
        _ => return None,
    };
    let is_unknown = form.is_none_or(|form| form == "any");
    is_unknown.then(|| {
        format!("`{member}` was sent as {kind}: if it is a text, write it in quotes: `--set '{member}=\"…\"'`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_another_type_are_refused_with_what_to_write() {
        for (operation, member, value, expected) in [
            ("UpdateUserIsSuspended", "isSuspended", "yes", "cannot set `isSuspended`: it must be true or false"),
            (
                "UpdateUserIsSuspended",
                "isSuspended",
                "\"true\"",
                "cannot set `isSuspended`: it must be true or false\nhint: write it without quotes: `--set isSuspended=true`",
            ),
            (
                "CreateResource",
                "accessTokenTtl",
                "1h",
                "cannot set `accessTokenTtl`: it must be an integer, such as 12",
            ),
            (
                "CreateResource",
                "accessTokenTtl",
                "\"12\"",
                "cannot set `accessTokenTtl`: it must be an integer, such as 12\nhint: write it without quotes: `--set accessTokenTtl=12`",
            ),
            (
                "CreateResource",
                "accessTokenTtl",
                "1.5",
                "cannot set `accessTokenTtl`: it must be an integer, such as 12",
            ),
            (
                "CreateRole",
                "scopeIds",
                "abc",
                "cannot set `scopeIds`: it must be a list\nhint: write it as JSON, such as `--set 'scopeIds=[\"a\", \"b\"]'`",
            ),
            (
                "UpdateUser",
                "customData",
                "pro",
                "cannot set `customData`: it must be an object\nhint: write it as JSON, `--set 'customData={…}'`, or set its \
                 members, `--set customData.NAME=VALUE`",
            ),
            ("CreateRole", "type", "12", "cannot set `type`: it must be one of \"User\", \"MachineToMachine\""),
            (
                "UpdateUser",
                "customData.seats",
                "-1e400",
                "cannot set `customData.seats`: the number is too large\nhint: write it in quotes, within the quotes of the \
                 shell, to send a text",
            ),
        ] {
            let failure = check_value(operation, member, value).unwrap_err();
            assert_eq!(failure.to_string(), expected, "{operation} {member}={value}");
            assert_eq!(failure.exit, crate::failure::Exit::Usage);
        }
    }

    #[test]
    fn values_of_the_type_are_accepted() {
        for (operation, member, value) in [
            ("UpdateUserIsSuspended", "isSuspended", "false"),
            ("CreateResource", "accessTokenTtl", "3600"),
            ("CreateResource", "accessTokenTtl", "1e3"),
            ("CreateRole", "scopeIds", "[]"),
            ("CreateRole", "type", "User"),
            ("CreateRole", "type", "NewInALaterRelease"),
            ("CreateUser", "username", "12"),
            ("UpdateUser", "name", "null"),
            ("UpdateUser", "customData", "{}"),
            ("UpdateUser", "customData.seats", "12"),
            ("CreateUserAsset", "file", "@logo.png"),
        ] {
            assert!(check_value(operation, member, value).is_ok(), "{operation} {member}={value}");
        }
    }

    #[test]
    fn a_guess_about_the_type_is_named() {
        let hint = |operation, member, value| hint_about_text(operation, member, value);
        let of_open = hint(Some("UpdateUser"), "customData.code", "12").unwrap();
        assert_eq!(
            of_open,
            "`customData.code` was sent as a number: if it is a text, write it in quotes: `--set 'customData.code=\"…\"'`"
        );
        assert!(hint(None, "config.flag", "true").unwrap().contains("was sent as a boolean"));
        for (operation, member, value) in [
            (Some("UpdateUser"), "name", "12"),
            (Some("CreateResource"), "accessTokenTtl", "12"),
            (Some("UpdateUser"), "customData.code", "x"),
            (None, "code", "\"12\""),
        ] {
            assert_eq!(hint(operation, member, value), None, "{member}={value}");
        }
    }
}
