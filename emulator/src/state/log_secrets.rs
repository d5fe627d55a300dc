//! Masks what logs must not contain. The names of members decide.

use logto_admin::serde_json::Value;

use crate::record::Members;

/// Text in place of a secret.
pub(crate) const MASK: &str = "******";

/// Names of members with secrets, in lower case and without separators.
const NAMES: [&str; 3] = ["authorization", "xfunctionskey", "token"];
/// Parts of such names.
const PARTS: [&str; 6] = ["secret", "password", "apikey", "privatekey", "credential", "cookie"];
/// Names of members that only report whether there is a password.
const HARMLESS: [&str; 2] = ["passwordverified", "haspassword"];

/// Returns the members without scripts, and with secrets masked.
pub(crate) fn masked(members: Members) -> Members {
    let kept = members.into_iter().map(|(name, value)| (normalized(&name), name, value));
    let kept = kept.filter(|(normalized, ..)| !is_script(normalized));
    let kept = kept.map(|(normalized, name, value)| {
        let value = if is_secret(&normalized, &value) { MASK.into() } else { masked_value(value) };
        (name, value)
    });
    kept.collect()
}

fn masked_value(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(masked(members)),
        Value::Array(elements) => elements.into_iter().map(masked_value).collect(),
        other => other,
    }
}

fn normalized(name: &str) -> String {
    name.replace(['_', '-', '\0'], "").to_lowercase()
}

fn is_script(name: &str) -> bool {
    name.starts_with("script") || name.ends_with("script") || name.contains("environmentvariables")
}

fn is_secret(name: &str, value: &Value) -> bool {
    // The log of a token request has the name of the secret, not its value.
    let is_name = |value: &Members| value.len() == 1 && value.get("name").is_some_and(Value::is_string);
    let is_harmless = HARMLESS.contains(&name) && value.is_boolean()
        || name == "applicationsecret" && value.as_object().is_some_and(is_name);
    let names_secret = NAMES.contains(&name) || name.ends_with("token") || PARTS.iter().any(|part| name.contains(part));
    names_secret && !is_harmless
}

#[cfg(test)]
mod tests {
    use logto_admin::serde_json::json;

    use super::*;

    #[test]
    fn members_with_secrets_are_masked_on_each_level() {
        let sent = json!({
            "params": [{ "refresh_token": "t", "token_type": "Bearer", "X-Functions-Key": "k" }],
            "user": { "hasPassword": true, "passwordUpdatedAt": 1, "credentialId": "c", "username": "ada" },
            "applicationSecret": { "name": "Default" },
            "applicationSecretValue": { "name": "Default" },
            "script": "return 1",
            "environment_variables": {},
        });
        let expected = json!({
            "params": [{ "refresh_token": MASK, "token_type": "Bearer", "X-Functions-Key": MASK }],
            "user": { "hasPassword": true, "passwordUpdatedAt": MASK, "credentialId": MASK, "username": "ada" },
            "applicationSecret": { "name": "Default" },
            "applicationSecretValue": MASK,
        });
        assert_eq!(Value::Object(masked(sent.as_object().cloned().unwrap())), expected);
        assert_eq!(masked_value(json!({ "hasPassword": "yes" })), json!({ "hasPassword": MASK }));
    }
}
