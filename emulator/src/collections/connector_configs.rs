//! Checks of the configuration of connectors. Most connectors accept what the form of their factory asks for.
//! `config_schemas.json` has the schemas of the members that other rules apply to.

use std::sync::OnceLock;

use logto_admin::serde_json::{self, Value};

use super::connector_factories::Factory;
use crate::document::schema::Schema;
use crate::document::validate;
use crate::document::validation_issues::{Issue, Path, refuse_as};
use crate::errors::Outcome;
use crate::record::Members;

/// Rules for some members, which several factories share.
#[derive(Clone, Copy)]
struct Rules(&'static Value);

impl Rules {
    fn all() -> impl Iterator<Item = Self> {
        static RULES: OnceLock<Vec<Value>> = OnceLock::new();
        let parse = || serde_json::from_str(include_str!("config_schemas.json")).unwrap_or_default();
        RULES.get_or_init(parse).iter().map(Rules)
    }

    /// Returns the rules for a factory.
    fn of(factory: Factory) -> impl Iterator<Item = Self> {
        Self::all().filter(move |rules| rules.list("factories").iter().any(|id| id == factory.text("id")))
    }

    fn list(self, name: &str) -> &'static [Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn schema(self) -> Option<Schema> {
        self.0.get("schema").map(Schema::new)
    }

    fn check(self, config: &Members) -> Vec<Issue> {
        let schema = self.schema().into_iter();
        let issues: Vec<Issue> =
            schema.flat_map(|schema| validate::issues(schema, &Value::Object(config.clone()))).collect();
        if issues.is_empty() {
            self.missing_template(config).into_iter().chain(self.missing_key(config)).collect()
        } else {
            issues
        }
    }

    /// Returns the issue of templates without one for a usage that every tenant has.
    fn missing_template(self, config: &Members) -> Option<Issue> {
        let templates = config.get("templates").and_then(Value::as_array)?;
        let has = |usage: &&Value| templates.iter().any(|template| template.get("usageType") == Some(*usage));
        let missing = self.list("usageTypes").iter().filter(|usage| !has(usage)).filter_map(Value::as_str);
        let missing = missing.collect::<Vec<_>>().join(", ");
        let message = format!("Template with UsageType ({missing}) should be provided!");
        (!missing.is_empty()).then(|| Issue::custom(&message, &vec!["templates".into()]))
    }

    /// Returns the issue of a switch that is on without the key that it needs.
    fn missing_key(self, config: &Members) -> Option<Issue> {
        let pair = |pair: &'static Value| Some((pair.get(0)?.as_str()?, pair.get(1)?.as_str()?));
        let lacks = |(switch, key): &(&str, &str)| {
            config.get(*switch) == Some(&Value::Bool(true)) && config.get(*key).is_none_or(|key| key == "")
        };
        let (switch, key) = self.list("together").iter().filter_map(pair).find(lacks)?;
        Some(Issue::custom(&format!("`{switch}` requires `{key}`."), &Path::new()))
    }
}

/// Rejects a configuration that the connector does not accept.
pub(crate) fn check(factory: Factory, config: &Members) -> Outcome<()> {
    let rules: Vec<Rules> = Rules::of(factory).collect();
    let has_rule =
        |key: &str| rules.iter().any(|rules| rules.schema().is_some_and(|schema| schema.property(key).is_some()));
    let fields = factory.fields().and_then(Value::as_array).into_iter().flatten();
    let fields = fields.filter(|field| !field.get("key").and_then(Value::as_str).is_some_and(has_rule));
    let mut issues = check_fields(fields, config, &Path::new());
    issues.extend(rules.iter().flat_map(|rules| rules.check(config)));
    if issues.is_empty() {
        return Ok(());
    }
    Err(refuse_as("connector.invalid_config", issues, "The connector's config is invalid."))
}

fn check_fields<'f>(fields: impl Iterator<Item = &'f Value>, members: &Members, path: &Path) -> Vec<Issue> {
    let issues = fields.flat_map(|field| {
        let Some(key) = field.get("key").and_then(Value::as_str) else { return Vec::new() };
        let path: Path = path.iter().cloned().chain([key.into()]).collect();
        let value = members.get(key);
        let elements = value.and_then(Value::as_array).into_iter().flatten().enumerate();
        let items = field.get("items").and_then(Value::as_array);
        let of_elements = elements.filter(|_| items.is_some()).flat_map(|(index, element)| {
            let path: Path = path.iter().cloned().chain([index.into()]).collect();
            match element.as_object() {
                Some(members) => check_fields(items.into_iter().flatten(), members, &path),
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
    use crate::collections::connector_factories::find;
    use logto_admin::serde_json::json;

    fn accepts(id: &str, config: Value) -> bool {
        check(find(id).unwrap(), config.as_object().unwrap()).is_ok()
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

    #[test]
    fn rules_are_about_known_factories() {
        let ids = Rules::all().flat_map(|rules| rules.list("factories")).map(|id| id.as_str().unwrap());
        assert_eq!(ids.filter(|id| find(id).is_none()).collect::<Vec<_>>(), [""; 0]);
    }

    /// Returns templates for the usages that every tenant has, with these members.
    fn templates(more: &Value) -> Value {
        let template = |usage: &str| {
            let mut template = json!({ "usageType": usage });
            template.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            template
        };
        ["Register", "SignIn", "ForgotPassword", "Generic"].map(template).into()
    }

    #[test]
    fn messages_need_a_template_for_each_usage() {
        let twilio = |templates: Value| {
            let config =
                json!({ "accountSID": "a", "authToken": "b", "fromMessagingServiceSID": "c", "templates": templates });
            accepts("twilio-short-message-service", config)
        };
        let all = templates(&json!({ "content": "{{code}}" }));
        assert!(twilio(all.clone()));
        assert!(!twilio(json!([all[0], all[1], all[2]])), "Generic is missing");
        assert!(!twilio(templates(&json!({ "subject": "{{code}}" }))));
        let mail = |member: &str, mime: &str| {
            let templates = templates(&json!({ member: mime, "subject": "a", "content": "{{code}}" }));
            accepts("sendgrid-email-service", json!({ "apiKey": "a", "fromEmail": "b", "templates": templates }))
        };
        assert!(mail("type", "text/html"));
        assert!(!mail("type", "text/markdown") && !mail("contentType", "text/html"));
        let aliyun = |code: Value| {
            let templates = templates(&json!({ "templateCode": code }));
            let config = json!({ "accessKeyId": "a", "accessKeySecret": "b", "signName": "c", "templates": templates });
            accepts("aliyun-short-message-service", config)
        };
        assert!(aliyun(json!("a")) && aliyun(json!({ "china": "a", "overseas": "b" })));
        assert!(!aliyun(json!({ "china": "a" })));
        let smsbao = |templates: Value| {
            accepts("smsbao-sms", json!({ "username": "a", "passwordOrApiKey": "b", "templates": templates }))
        };
        assert!(smsbao(json!([{ "usageType": "SignIn", "content": "a" }])));
        assert!(!smsbao(json!([])) && !smsbao(json!([{ "usageType": "Other", "content": "a" }])));
    }

    #[test]
    fn nested_members_are_checked() {
        let smtp = |auth: Value| {
            let templates = templates(&json!({ "contentType": "text/plain", "subject": "a", "content": "{{code}}" }));
            let config = json!({ "host": "a", "port": 25, "auth": auth, "fromEmail": "b", "templates": templates });
            accepts("simple-mail-transfer-protocol", config)
        };
        assert!(smtp(json!({ "user": "a", "pass": "b" })));
        assert!(smtp(json!({ "type": "OAuth2", "user": "a", "accessToken": "b" })));
        assert!(!smtp(json!({ "type": "other", "user": "a" })) && !smtp(json!("a")));
        let mailgun = |endpoint: &str, delivery: Value| {
            let config = json!({
                "endpoint": endpoint, "domain": "a", "apiKey": "b", "from": "c", "deliveries": { "SignIn": delivery },
            });
            accepts("mailgun-email", config)
        };
        let (endpoint, html) = ("https://api.eu.mailgun.net", json!({ "html": "a" }));
        assert!(mailgun(endpoint, html.clone()) && mailgun(endpoint, json!({ "template": "a" })));
        assert!(!mailgun("https://mailgun.example", html) && !mailgun(endpoint, json!({ "text": "a" })));
        let oidc = |verification: Value| {
            let config = json!({
                "authorizationEndpoint": "a", "tokenEndpoint": "b", "clientId": "c", "clientSecret": "d",
                "scope": "openid", "idTokenVerificationConfig": verification,
            });
            accepts("oidc", config)
        };
        assert!(oidc(json!({ "jwksUri": "a", "issuer": ["b"], "maxTokenAge": 5 })));
        assert!(!oidc(json!({})) && !oidc(json!({ "jwksUri": "a", "algorithms": "RS256" })));
        let google = |more: Value| {
            let mut config = json!({ "clientId": "a", "clientSecret": "b" });
            config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            accepts("google-universal", config)
        };
        assert!(google(json!({ "prompts": ["consent"], "oneTap": { "isEnabled": true } })));
        assert!(!google(json!({ "prompts": ["ask"] })) && !google(json!({ "oneTap": { "isEnabled": "yes" } })));
    }

    #[test]
    fn some_members_are_required_although_the_form_has_a_default() {
        assert!(!accepts("alipay-native", json!({ "appId": "a", "privateKey": "b" })));
        assert!(accepts("alipay-native", json!({ "appId": "a", "privateKey": "b", "signType": "RSA2" })));
        assert!(!accepts("azuread-universal", json!({ "clientId": "a", "clientSecret": "b", "tenantId": "c" })));
        let mut saml = json!({
            "entityID": "a", "x509Certificate": "b", "idpMetadataXml": "c", "assertionConsumerServiceUrl": "d",
            "signAuthnRequest": true,
        });
        assert!(!accepts("saml", saml.clone()));
        saml["privateKey"] = json!("e");
        assert!(accepts("saml", saml));
    }
}
