use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method;
use p384::ecdsa::SigningKey;

use super::application_checks::require_rules;
use super::sso_connectors::{activate, certify};
use super::{Draft, Rules, View};
use crate::call::Call;
use crate::collections::{SAML_APPLICATION_SECRETS, SAML_APPLICATIONS};
use crate::crypto::ec::signing_key;
use crate::document::validate::refuse_body;
use crate::document::validation_issues::Issue;
use crate::errors::{Outcome, Refusal, internal};
use crate::record::{Members, Record};

pub(super) static RULES: Rules = Rules {
    // The server looks for the rules before it looks for the application.
    admit: |call| match call.body.get("appLevelAccessControlEnabled") {
        Some(Value::Bool(true)) if call.info.method == Method::Patch => require_rules(call, call.parameter(0)),
        _ => Ok(()),
    },
    prepare,
    created: |call, application| {
        add_secret(call, &application.id, FIRST_YEARS, true);
    },
    present,
    ..Rules::NONE
};

pub(super) static SECRET_RULES: Rules = Rules {
    prepare: |call, draft| {
        if draft.creates {
            let years = draft.sent.get("lifeSpanInYears").and_then(Value::as_f64).unwrap_or_default();
            let key = certify(call, years as i64, &mut draft.members);
            draft.hidden.insert(KEY.to_owned(), key.into());
            return Ok(());
        }
        let secret = call.record(&SAML_APPLICATION_SECRETS, call.last_parameter())?;
        // The server cannot show a secret that it did not change.
        if secret.members.get("active") == draft.sent.get("active") { Err(internal()) } else { Ok(()) }
    },
    changed: |call, secret| activate(call, &SAML_APPLICATION_SECRETS, secret),
    deletable: |_, secret| {
        if secret.is_true("active") {
            let message = "Can not delete the active secret.";
            return Err(Refusal::new(400, "application.saml.can_not_delete_active_secret", message));
        }
        Ok(())
    },
    present: |_, _, members| {
        members.remove("applicationId");
    },
    ..Rules::NONE
};

/// The hidden member that holds what the key of a secret is derived from.
const KEY: &str = "key";
/// The hidden member that holds the SAML configuration.
const CONFIG: &str = "saml";
/// The members of an application that the SAML API shows.
const SHOWN: [&str; 9] = [
    "tenantId",
    "id",
    "name",
    "description",
    "type",
    "customData",
    "isThirdParty",
    "appLevelAccessControlEnabled",
    "createdAt",
];
/// The validity of the first secret of an application.
const FIRST_YEARS: i64 = 3;
/// Self-hosted servers limit the number of SAML applications.
const MOST: usize = 3;
const POST_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// Rejects more applications than a self-hosted server can have.
pub(crate) fn check_limit(state: &crate::state::State) -> Outcome<()> {
    let all = state.store.all(&SAML_APPLICATIONS).filter(|application| application.text("type") == "SAML");
    if all.count() < MOST {
        return Ok(());
    }
    let message = format!("You CAN NOT create more SAML apps since the limit of {MOST} is hit.");
    Err(Refusal::new(403, "application.saml.reach_oss_limit", message))
}

/// Returns the SAML configuration of an application.
pub(crate) fn saml_config(application: &Record) -> Option<&Members> {
    application.hidden.get(CONFIG).and_then(Value::as_object)
}

/// Returns the key of a secret.
pub(crate) fn saml_key(secret: &Record) -> Option<SigningKey> {
    signing_key(0, secret.hidden.text(KEY))
}

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let encryption = draft.sent.get("encryption").and_then(Value::as_object);
    if let Some(encryption) = encryption.filter(|encryption| encryption.get("encryptAssertion") == Some(&true.into()))
        && !["encryptThenSign", "certificate"].iter().all(|name| encryption.contains_key(*name))
    {
        let message = "Encrypted assertions require `encryptThenSign` and `certificate`.";
        return Err(refuse_body(vec![Issue::custom(message, &vec!["encryption".into()])]));
    }
    let mut config = json!({
        "attributeMapping": {},
        "entityId": null,
        "acsUrl": null,
        "encryption": null,
        "nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    });
    if let Some(members) = config.as_object_mut() {
        members.extend(draft.hidden.get(CONFIG).and_then(Value::as_object).cloned().unwrap_or_default());
        for (name, value) in members.iter_mut() {
            if let Some(sent) = draft.sent.get(name) {
                *value = sent.clone();
            }
        }
    }
    if let (false, Some(Value::Object(sent))) = (draft.creates, draft.sent.get("customData")) {
        let known = call.state.store.get(&SAML_APPLICATIONS, draft.members.text("id"));
        let data = known.and_then(|application| application.members.get("customData")?.as_object());
        let mut data = data.cloned().unwrap_or_default();
        data.extend(sent.clone());
        draft.members.insert("customData".to_owned(), data.into());
    }
    let binding = config.get("acsUrl").filter(|_| draft.creates).and_then(|url| url.get("binding"));
    if binding.is_some_and(|binding| binding != POST_BINDING) {
        let message = "Only the binding HTTP-POST is supported.";
        return Err(Refusal::new(422, "application.saml.acs_url_binding_not_supported", message));
    }
    draft.hidden.insert(CONFIG.to_owned(), config);
    Ok(())
}

fn present(_: &View<'_>, application: &Record, members: &mut Members) {
    members.retain(|name, _| SHOWN.contains(&name.as_str()));
    members.extend(saml_config(application).cloned().unwrap_or_default());
}

fn add_secret(call: &mut Call<'_>, application: &str, years: i64, active: bool) {
    let given = [("applicationId", Value::from(application)), ("active", active.into())];
    let mut given: Members = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let key = certify(call, years, &mut given);
    let mut secret = call.state.blank(&SAML_APPLICATION_SECRETS, given, call.now);
    secret.hidden.insert(KEY.to_owned(), key.into());
    call.state.store.put(&SAML_APPLICATION_SECRETS, secret);
}
