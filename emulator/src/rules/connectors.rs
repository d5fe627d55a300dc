use logto_admin::serde_json::{Value, json};

use super::sign_in_experience::expiration_requires_replacement;
use super::{Draft, Rules, View};
use crate::call::Call;
use crate::collections::connector_factories::{self, Factory};
use crate::collections::{CONNECTORS, connector_configs, factory_of};
use crate::errors::{Outcome, Refusal, internal};
use crate::policies::password_expiration;
use crate::providers::token_sets::{self, Of};
use crate::record::{Members, Record, text};
use crate::settings::SIGN_IN_EXPERIENCE;

pub(super) static RULES: Rules = Rules {
    prepare,
    created: replace_others,
    changed: |call, connector| {
        if call.body.get("enableTokenStorage") == Some(&Value::Bool(false)) {
            token_sets::forget(call.state, Of::Social(connector.text("target")));
        }
    },
    deletable,
    deleted: remove_target,
    present,
    ..Rules::NONE
};

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.creates {
        let factory = begin(call, draft)?;
        check_config(factory, draft)?;
        check_tokens(factory, draft)?;
        set_id(call, draft)?;
    } else {
        let factory = resume(call, draft)?;
        check_tokens(factory, draft)?;
        check_config(factory, draft)?;
    }
    for name in ["config", "metadata"] {
        draft.members.get_mut(name).map(drop_empty);
    }
    Ok(())
}

fn check_config(factory: Factory, draft: &Draft) -> Outcome<()> {
    draft
        .sent
        .get("config")
        .and_then(Value::as_object)
        .map_or(Ok(()), |config| connector_configs::check(factory, config))
}

/// Sets the id that was sent. The server does not expect one that is in use.
fn set_id(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let Some(id) = draft.sent.get("id").cloned() else { return Ok(()) };
    if call.state.store.get(&CONNECTORS, id.as_str().unwrap_or_default()).is_some() {
        return Err(internal());
    }
    draft.members.insert("id".to_owned(), id);
    Ok(())
}

/// Drops empty values, on all levels. The server does not store them.
fn drop_empty(value: &mut Value) {
    let is_kept = |value: &mut Value| {
        drop_empty(value);
        !matches!(value, Value::Null)
            && value != ""
            && value.as_array().is_none_or(|list| !list.is_empty())
            && value.as_object().is_none_or(|members| !members.is_empty())
    };
    match value {
        Value::Array(list) => list.retain_mut(is_kept),
        Value::Object(members) => members.retain(|_, value| is_kept(value)),
        _ => {}
    }
}

/// Checks a new connector against its factory and the other connectors.
fn begin(call: &Call<'_>, draft: &mut Draft) -> Outcome<Factory> {
    let factory = connector_factories::find(text(&draft.sent, "connectorId")).ok_or_else(|| {
        let message = "Can not find connector with given standard connector id.";
        Refusal::new(422, "connector.not_found_with_connector_id", message)
    })?;
    let given = given_target(draft);
    let target = if factory.is_standard() { given.as_str() } else { factory.text("target") }.to_owned();
    let is_social = factory.text("type") == "Social";
    if factory.is_standard() && given.is_empty() {
        let message = "You should specify 'target'.";
        return Err(Refusal::new(400, "connector.should_specify_target", message));
    }
    if is_social {
        refuse_metadata(factory, draft)?;
    }
    for other in call.state.store.all(&CONNECTORS).filter(|_| is_social) {
        if !factory.is_standard() && other.text("connectorId") == factory.text("id") {
            let message = "Can not create multiple instance with picked standard connector.";
            return Err(Refusal::new(422, "connector.multiple_instances_not_supported", message));
        }
        let platform = factory_of(other).map(|factory| factory.text("platform"));
        if other.text("target") == target && platform == Some(factory.text("platform")) {
            let message = "There is a connector with the same target and platform.";
            let refusal = Refusal::new(422, "connector.multiple_target_with_same_platform", message);
            let data = json!({ "connectorId": other.text("connectorId"), "connectorName": shown(other).get("name") });
            return Err(refusal.with("data", data));
        }
    }
    draft.members.insert("connectorId".to_owned(), factory.text("id").into());
    draft.members.insert("target".to_owned(), target.into());
    Ok(factory)
}

/// Checks a change of a connector. Its factory and target stay the same.
fn resume(call: &Call<'_>, draft: &mut Draft) -> Outcome<Factory> {
    let record = call.record(&CONNECTORS, call.last_parameter())?;
    let factory = factory_of(record).ok_or_else(crate::errors::not_found)?;
    refuse_metadata(factory, draft)?;
    if draft.sent.contains_key("metadata") && given_target(draft) != record.text("target") {
        return Err(Refusal::new(400, "connector.can_not_modify_target", "The target of a connector cannot change."));
    }
    if draft.sent.get("syncProfile") == Some(&Value::Bool(true)) && factory.text("type") != "Social" {
        let message = "Only social connectors can synchronize profiles.";
        return Err(Refusal::new(422, "connector.invalid_type_for_syncing_profile", message));
    }
    Ok(factory)
}

fn given_target(draft: &Draft) -> String {
    let target = draft.sent.get("metadata").and_then(|metadata| metadata.get("target"));
    target.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Only connectors of a standard protocol have their own name, logo and target.
fn refuse_metadata(factory: Factory, draft: &Draft) -> Outcome<()> {
    if factory.is_standard() || !draft.sent.contains_key("metadata") {
        return Ok(());
    }
    let message = "This connector's 'metadata' cannot be overwritten.";
    Err(Refusal::new(400, "connector.cannot_overwrite_metadata_for_non_standard_connector", message))
}

/// Only some social connectors store tokens.
fn check_tokens(factory: Factory, draft: &Draft) -> Outcome<()> {
    if draft.sent.get("enableTokenStorage") == Some(&Value::Bool(true)) && !factory.stores_tokens() {
        let message = "This connector cannot store tokens.";
        return Err(Refusal::new(422, "connector.token_storage_not_supported", message));
    }
    Ok(())
}

/// While passwords expire, users need a connector to replace them.
fn deletable(call: &Call<'_>, connector: &Record) -> Outcome<()> {
    let kind = |connector: &Record| factory_of(connector).map_or("", |factory| factory.text("type"));
    if kind(connector) == "Social" || password_expiration::policy(call.state).is_none() {
        return Ok(());
    }
    let experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let methods = experience.get("forgotPasswordMethods").and_then(Value::as_array);
    let replaces = |(channel, method): (&str, &str)| {
        let others = || call.state.store.all(&CONNECTORS).filter(|other| other.id != connector.id);
        methods.is_none_or(|methods| methods.contains(&method.into())) && others().any(|other| kind(other) == channel)
    };
    if [("Email", "EmailVerificationCode"), ("Sms", "PhoneVerificationCode")].into_iter().any(replaces) {
        return Ok(());
    }
    Err(expiration_requires_replacement())
}

/// Removes the target of a deleted connector from the sign-in page. Keeps it if another connector has it.
fn remove_target(call: &mut Call<'_>, connector: &Record) {
    let target = connector.text("target");
    if call.state.store.all(&CONNECTORS).any(|other| other.text("target") == target) {
        return;
    }
    let mut experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    if let Some(Value::Array(targets)) = experience.get_mut("socialSignInConnectorTargets") {
        targets.retain(|known| known != target);
        call.state.settings.put(&SIGN_IN_EXPERIENCE, experience);
    }
}

/// A new email or SMS connector replaces the previous one.
fn replace_others(call: &mut Call<'_>, created: &Record) {
    let kind = factory_of(created).map_or("", |factory| factory.text("type"));
    if kind == "Social" {
        return;
    }
    let same = |other: &&Record| {
        other.id != created.id && factory_of(other).is_some_and(|factory| factory.text("type") == kind)
    };
    let others: Vec<String> = call.state.store.all(&CONNECTORS).filter(same).map(|other| other.id.clone()).collect();
    for id in others {
        call.state.store.remove(&CONNECTORS, &id);
    }
}

/// Adds the members of the factory. The metadata overrides some of them.
fn present(_: &View<'_>, connector: &Record, members: &mut Members) {
    let mut all = shown(connector);
    all.insert("extraInfo".to_owned(), json!({}));
    all.extend(std::mem::take(members));
    *members = all;
}

/// Returns the members of the factory, some of which the metadata overrides.
fn shown(connector: &Record) -> Members {
    let Some(factory) = factory_of(connector) else { return Members::new() };
    let mut shown = factory.shown();
    if let (true, Some(Value::Object(metadata))) = (factory.is_standard(), connector.members.get("metadata")) {
        let own = metadata.iter().filter(|(name, _)| ["name", "logo", "logoDark"].contains(&name.as_str()));
        shown.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
    shown
}
