//! Rules of the server that the API document lacks, as data.

use logto_admin::serde_json::{self, Map, Value};

/// A rule. It has the operation, the place in its entry (a JSON pointer), and the members of the schema there.
type Amendment = (&'static str, &'static str, &'static str);

const JSON: &str = "/body/application~1json";
/// The server reports an unknown tag as a custom issue.
const LANGUAGE: &str = r#"{"custom": "enum"}"#;

/// A number of things, of which there is at least one.
const COUNT: &str = r#"{"type": "integer", "minimum": 1}"#;
/// Lifetime of refresh tokens.
const DAYS: &str = r#"{"type": "integer", "minimum": 1, "maximum": 180}"#;
/// Number of retries of a delivery.
const RETRIES: &str = r#"{"minimum": 0, "maximum": 3}"#;

/// A list that must not be empty.
const SOME: &str = r#"{"minItems": 1}"#;
/// A time that is checked where it is used.
const TIME: &str = r#"{"type": "string"}"#;

const UP_TO_A_HUNDRED: &str = r#"{"type": "integer", "minimum": 1, "maximum": 100}"#;
/// The policy for usernames.
const USERNAMES: &str = r#"{
    "type": "object",
    "additionalProperties": null,
    "required": ["caseSensitive", "minLength", "maxLength", "allowedChars"],
    "properties": [
        ["caseSensitive", {"type": "boolean"}],
        ["minLength", {"type": "integer", "minimum": 1, "maximum": 128}],
        ["maxLength", {"type": "integer", "minimum": 1, "maximum": 128}],
        ["allowedChars", {
            "type": "object",
            "required": ["lowercase", "uppercase", "numbers", "underscore"],
            "properties": [
                ["lowercase", {"type": "boolean"}],
                ["uppercase", {"type": "boolean"}],
                ["numbers", {"type": "boolean"}],
                ["underscore", {"type": "boolean"}]
            ]
        }]
    ]
}"#;

const AMENDMENTS: &[Amendment] = &[
    ("POST /api/organizations/{id}/users/roles", "/body/application~1json/properties/userIds", SOME),
    ("POST /api/organizations/{id}/users/roles", "/body/application~1json/properties/organizationRoleIds", SOME),
    ("POST /api/organizations/{id}/applications/roles", "/body/application~1json/properties/applicationIds", SOME),
    ("POST /api/organizations/{id}/applications/roles", "/body/application~1json/properties/organizationRoleIds", SOME),
    ("GET /api/logs", "/query/properties/start_time", TIME),
    ("GET /api/logs", "/query/properties/end_time", TIME),
    ("GET /api/hooks/{id}/recent-logs", "/query/properties/start_time", TIME),
    ("GET /api/hooks/{id}/recent-logs", "/query/properties/end_time", TIME),
    ("GET /api/custom-phrases/{languageTag}", "/path/properties/languageTag", LANGUAGE),
    ("PUT /api/custom-phrases/{languageTag}", "/path/properties/languageTag", LANGUAGE),
    ("DELETE /api/custom-phrases/{languageTag}", "/path/properties/languageTag", LANGUAGE),
    (
        "PATCH /api/configs/oidc/session",
        "/body/application~1json/properties/ttl",
        r#"{"type": "integer", "minimum": 1, "maximum": 31536000}"#,
    ),
    (
        "POST /api/configs/oidc/{keyType}/rotate",
        "/body/application~1json/properties/rotationGracePeriod",
        r#"{"type": "integer", "minimum": 0}"#,
    ),
    (
        "POST /api/applications",
        "/body/application~1json/properties/customClientMetadata/properties/refreshTokenTtlInDays",
        DAYS,
    ),
    (
        "PATCH /api/applications/{id}",
        "/body/application~1json/properties/customClientMetadata/properties/refreshTokenTtlInDays",
        DAYS,
    ),
    (
        "POST /api/applications",
        "/body/application~1json/properties/customClientMetadata/properties/maxAllowedGrants",
        COUNT,
    ),
    (
        "PATCH /api/applications/{id}",
        "/body/application~1json/properties/customClientMetadata/properties/maxAllowedGrants",
        COUNT,
    ),
    ("POST /api/one-time-tokens", "/body/application~1json/properties/expiresIn", r#"{"minimum": 1}"#),
    ("POST /api/hooks", "/body/application~1json/properties/config/properties/retries", RETRIES),
    ("PATCH /api/hooks/{id}", "/body/application~1json/properties/config/properties/retries", RETRIES),
    ("PATCH /api/sign-in-exp", "/body/application~1json/properties/usernamePolicy", USERNAMES),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/passwordExpiration/oneOf/1/properties/validPeriodDays",
        COUNT,
    ),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/verificationCodePolicy/properties/expirationDuration",
        r#"{"type": "integer", "minimum": 60, "maximum": 3600}"#,
    ),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/verificationCodePolicy/properties/maxRetryAttempts",
        UP_TO_A_HUNDRED,
    ),
    ("GET /api/sign-in-exp/username-policy/case-sensitivity-conflicts", "/query/properties/limit", UP_TO_A_HUNDRED),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/passwordPolicy/properties/length/properties/min",
        COUNT,
    ),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/passwordPolicy/properties/length/properties/max",
        COUNT,
    ),
    (
        "PATCH /api/sign-in-exp",
        "/body/application~1json/properties/passwordPolicy/properties/characterTypes/properties/min",
        r#"{"type": "integer", "minimum": 1, "maximum": 4}"#,
    ),
    (
        "PUT /api/organizations/{id}/applications/{applicationId}/roles",
        "/body/application~1json/properties/organizationRoleIds",
        r#"{"minItems": 1}"#,
    ),
    (
        "PUT /api/applications/{applicationId}/access-control",
        "/body/application~1json/properties/organizationRoleRules/items/properties/organizationRoleIds",
        r#"{"minItems": null}"#,
    ),
    ("POST /api/saml-applications/{id}/secrets", "/body/application~1json/properties/lifeSpanInYears", COUNT),
    (
        "PATCH /api/account-center",
        "/body/application~1json/properties/deleteAccountUrl",
        r#"{"maxLength": 2048, "custom": "web-address"}"#,
    ),
    ("POST /api/custom-profile-fields/batch", JSON, r#"{"maxItems": 20}"#),
    (
        "POST /api/domains/cleanup",
        "/body/application~1json/properties/staleDays",
        r#"{"type": "integer", "minimum": 0, "exclusiveMinimum": true}"#,
    ),
    (
        "PUT /api/domains/{id}/verification-files",
        "/body/application~1json/properties/verificationFiles",
        r#"{
            "type": "array",
            "additionalProperties": null,
            "maxItems": 10,
            "items": {
                "type": "object",
                "required": ["path", "content", "contentType"],
                "properties": [
                    ["path", {"type": "string", "minLength": 1, "maxLength": 256, "custom": "verification-path"}],
                    ["content", {"type": "string", "minLength": 1, "maxLength": 16384}],
                    ["contentType", {"type": "string", "enum": ["text/plain", "application/json"]}]
                ]
            }
        }"#,
    ),
];

/// Adds the rules to the operations of the document.
pub(crate) fn apply(operations: &mut Map<String, Value>, schemas: &[Value]) {
    for (operation, place, members) in AMENDMENTS {
        let Some(entry) = operations.get_mut(*operation) else { continue };
        let (Some(schema), Ok(Value::Object(members))) =
            (schema_at(entry, place, schemas), serde_json::from_str(members))
        else {
            continue;
        };
        for (name, value) in members {
            match value {
                Value::Null => schema.remove(&name),
                value => schema.insert(name, value),
            };
        }
    }
}

/// Returns the schema at a place. The entry gets its own copies of the shared schemas on the way.
fn schema_at<'v>(entry: &'v mut Value, place: &str, schemas: &[Value]) -> Option<&'v mut Map<String, Value>> {
    let mut schema = entry;
    for step in place.split('/').skip(1) {
        let name = step.replace("~1", "/");
        schema = match schema {
            // Properties are a list of names and schemas, and branches a list of schemas.
            Value::Array(elements) => match name.parse::<usize>() {
                Ok(branch) => elements.get_mut(branch)?,
                Err(_) => {
                    elements.iter_mut().find(|pair| pair.get(0).and_then(Value::as_str) == Some(&name))?.get_mut(1)?
                }
            },
            schema => schema.get_mut(name)?,
        };
        if let Some(shared) = schema.get("$ref").and_then(Value::as_u64) {
            *schema = schemas.get(usize::try_from(shared).ok()?)?.clone();
        }
    }
    schema.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_place_in_the_document() {
        let document: Value = serde_json::from_str(include_str!("../operations.json")).unwrap();
        let schemas = document["schemas"].as_array().unwrap();
        for (operation, place, members) in AMENDMENTS {
            let mut entry = document["operations"][operation].clone();
            assert!(schema_at(&mut entry, place, schemas).is_some(), "{operation} {place}");
            assert!(serde_json::from_str::<Map<String, Value>>(members).is_ok(), "{members}");
        }
    }
}
