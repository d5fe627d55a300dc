//! The connector factories of Logto. They are the kinds of connectors, with the configuration that each of them
//! requires.
//!
//! `factories.json` holds what the API of a Logto 1.42 server returns for them, without logos, the text of readmes, and
//! translations of descriptions. Some descriptions and hints of forms are shorter or absent. `fields` and
//! `authorization` are not part of a response. The server checks the configuration of its mock connectors by `fields`,
//! and social connectors redirect users to `authorization`.

use std::sync::OnceLock;

use logto_admin::serde_json::{self, Value};

use crate::document::validation_issues::{Issue, Path, refuse_as};
use crate::errors::Outcome;
use crate::record::Members;

/// A kind of connector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factory(&'static Value);

/// The logo of all factories.
const LOGO: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
/// Members that responses do not show.
const INTERNAL: [&str; 3] = ["fields", "authorization", "hasDarkLogo"];

/// Returns every factory.
pub(crate) fn all() -> impl Iterator<Item = Factory> {
    static FACTORIES: OnceLock<Vec<Value>> = OnceLock::new();
    let parse = || serde_json::from_str(include_str!("factories.json")).unwrap_or_default();
    FACTORIES.get_or_init(parse).iter().map(Factory)
}

/// Returns the factory with this id.
pub(crate) fn find(id: &str) -> Option<Factory> {
    all().find(|factory| factory.text("id") == id)
}

impl Factory {
    pub(crate) fn text(self, member: &str) -> &'static str {
        self.0.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns whether any number of connectors can be created. Each has its own target.
    pub(crate) fn is_standard(self) -> bool {
        self.is("isStandard")
    }

    pub(crate) fn stores_tokens(self) -> bool {
        self.is("isTokenStorageSupported")
    }

    fn is(self, member: &str) -> bool {
        self.0.get(member) == Some(&Value::Bool(true))
    }

    /// Returns the address that starts a sign-in, and the default scope.
    pub(crate) fn authorization(self) -> Option<(&'static str, &'static str)> {
        let authorization = self.0.get("authorization")?;
        Some((authorization.get("endpoint")?.as_str()?, authorization.get("scope")?.as_str()?))
    }

    /// Returns the factory as responses show it.
    pub(crate) fn shown(self) -> Members {
        let members = self.0.as_object().into_iter().flatten();
        let shown = members.filter(|(name, _)| !INTERNAL.contains(&name.as_str()));
        let mut shown: Members = shown.map(|(name, value)| (name.clone(), value.clone())).collect();
        shown.insert("logo".to_owned(), LOGO.into());
        shown.insert("logoDark".to_owned(), if self.is("hasDarkLogo") { LOGO.into() } else { Value::Null });
        shown
    }

    /// Rejects a configuration that lacks a required field. Also rejects fields of the wrong type.
    pub(crate) fn check(self, config: &Members) -> Outcome<()> {
        let fields = self.0.get("formItems").or(self.0.get("fields"));
        let issues = check_fields(fields, config, &Path::new());
        if issues.is_empty() {
            return Ok(());
        }
        Err(refuse_as("connector.invalid_config", issues, "The connector's config is invalid."))
    }
}

fn check_fields(fields: Option<&Value>, members: &Members, path: &Path) -> Vec<Issue> {
    let fields = fields.and_then(Value::as_array).into_iter().flatten();
    let issues = fields.flat_map(|field| {
        let Some(key) = field.get("key").and_then(Value::as_str) else { return Vec::new() };
        let path: Path = path.iter().cloned().chain([key.into()]).collect();
        let value = members.get(key);
        let elements = value.and_then(Value::as_array).into_iter().flatten().enumerate();
        let of_elements = elements.filter(|_| field.get("items").is_some()).flat_map(|(index, element)| {
            let path: Path = path.iter().cloned().chain([index.into()]).collect();
            match element.as_object() {
                Some(members) => check_fields(field.get("items"), members, &path),
                None => vec![Issue::wrong_type("object", Some(element), &path)],
            }
        });
        check_field(field, value, &path).into_iter().chain(of_elements).collect()
    });
    issues.collect()
}

fn check_field(field: &Value, value: Option<&Value>, path: &Path) -> Option<Issue> {
    let (kind, default) = (field.get("type").and_then(Value::as_str)?, field.get("defaultValue"));
    // A field that is only shown beside certain values is never required.
    let is_optional = default.is_some() && kind != "Json" || field.get("showConditions").is_some();
    let required = field.get("required") == Some(&Value::Bool(true)) && !is_optional;
    if value.is_none() && !required {
        return None;
    }
    if let ("Text" | "MultilineText" | "Select", Some(Value::String(text))) = (kind, value) {
        return check_choice(field, text, path);
    }
    let (expected, fits): (&str, fn(&Value) -> bool) = match kind {
        "Text" | "MultilineText" | "Select" => ("string", Value::is_string),
        "Number" => ("number", Value::is_number),
        "Switch" => ("boolean", Value::is_boolean),
        "MultiSelect" => ("array", Value::is_array),
        "Json" if default.is_some_and(Value::is_array) => ("array", Value::is_array),
        "Json" => ("object", Value::is_object),
        _ => return None,
    };
    (!value.is_some_and(fits)).then(|| Issue::wrong_type(expected, value, path))
}

fn check_choice(field: &Value, text: &str, path: &Path) -> Option<Issue> {
    let items = field.get("selectItems").and_then(Value::as_array)?;
    let choices = items.iter().filter_map(|item| item.get("value"));
    let is_choice = choices.clone().any(|choice| choice == text);
    (!is_choice).then(|| Issue::wrong_choice(text, choices, path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::serde_json::json;

    fn accepts(id: &str, config: Value) -> bool {
        find(id).unwrap().check(config.as_object().unwrap()).is_ok()
    }

    #[test]
    fn factories_have_distinct_ids_and_a_type() {
        let ids: Vec<&str> = all().map(|factory| factory.text("id")).collect();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
        assert!(all().all(|factory| ["Email", "Sms", "Social"].contains(&factory.text("type"))));
    }

    #[test]
    fn configurations_are_checked_by_the_fields_of_the_form() {
        assert!(accepts("github-universal", json!({ "clientId": "a", "clientSecret": "b" })));
        assert!(!accepts("github-universal", json!({ "clientId": "a" })));
        assert!(!accepts("github-universal", json!({ "clientId": "a", "clientSecret": 1 })));
        assert!(!accepts("mock-email-service", json!({ "apiKey": "a", "fromEmail": "b", "templates": {} })));
        assert!(!accepts("mock-email-service", json!({})));
        let sms = |templates: Value| {
            let config =
                json!({ "accountSID": "a", "authToken": "b", "fromMessagingServiceSID": "c", "templates": templates });
            accepts("mock-short-message-service", config)
        };
        assert!(sms(json!([{ "usageType": "Generic", "content": "{{code}}" }])));
        for bad in [json!("text"), json!({ "usageType": "Generic" }), json!({ "usageType": "Any", "content": "" })] {
            assert!(!sms(json!([bad])), "{bad}");
        }
        assert!(accepts("mock-email-service-alternative", json!({})));
    }

    #[test]
    fn fields_beside_other_values_are_optional() {
        let mut config = json!({
            "entityID": "a", "x509Certificate": "b", "idpMetadataXml": "c", "assertionConsumerServiceUrl": "d",
        });
        assert!(accepts("saml", config.clone()));
        config["privateKey"] = json!(1);
        assert!(!accepts("saml", config));
    }

    #[test]
    fn fields_with_a_default_are_optional_but_have_its_choices() {
        let config = |method: Option<&str>| {
            let mut config = json!({
                "authorizationEndpoint": "a", "tokenEndpoint": "b", "userInfoEndpoint": "c", "clientId": "d", "clientSecret": "e",
            });
            if let Some(method) = method {
                config["tokenEndpointAuthMethod"] = method.into();
            }
            config
        };
        assert!(accepts("oauth2", config(None)));
        assert!(accepts("oauth2", config(Some("client_secret_basic"))));
        assert!(!accepts("oauth2", config(Some("nope"))));
    }
}
