use logto_admin::serde_json::{Value, json};

use super::{Draft, Rules, View};
use crate::call::Call;
use crate::collections::connector_factories::{self, Factory};
use crate::collections::{CONNECTORS, factory_of};
use crate::errors::{Outcome, Refusal, unique_violation};
use crate::record::{Members, Record, text};
use crate::settings::SIGN_IN_EXPERIENCE;

pub(super) static RULES: Rules = Rules {
    prepare,
    created: replace_others,
    deleted: |call, connector| {
        let mut experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
        if let Some(Value::Array(targets)) = experience.get_mut("socialSignInConnectorTargets") {
            targets.retain(|target| target != connector.text("target"));
            call.state.settings.put(&SIGN_IN_EXPERIENCE, experience);
        }
    },
    present,
    ..Rules::NONE
};

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let factory = if draft.creates { begin(call, draft)? } else { resume(call, draft)? };
    check_profile(factory, draft)?;
    // The server does not store nulls.
    if let Some(Value::Object(metadata)) = draft.members.get_mut("metadata") {
        metadata.retain(|_, value| !value.is_null());
    }
    match draft.sent.get("config").and_then(Value::as_object) {
        Some(config) => factory.check(config),
        None => Ok(()),
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
    if factory.is_standard() && given.is_empty() {
        let message = "You should specify 'target'.";
        return Err(Refusal::new(400, "connector.should_specify_target", message));
    }
    refuse_metadata(factory, draft)?;
    let id = text(&draft.sent, "id").to_owned();
    if !id.is_empty() {
        if call.state.store.get(&CONNECTORS, &id).is_some() {
            return Err(unique_violation());
        }
        draft.members.insert("id".to_owned(), id.into());
    }
    for other in call.state.store.all(&CONNECTORS) {
        if !factory.is_standard() && other.text("connectorId") == factory.text("id") {
            let message = "Can not create multiple instance with picked standard connector.";
            return Err(Refusal::new(422, "connector.multiple_instances_not_supported", message));
        }
        let platform = factory_of(other).map(|factory| factory.text("platform"));
        if other.text("target") == target && platform == Some(factory.text("platform")) {
            let message = "There is a connector with the same target and platform.";
            return Err(Refusal::new(422, "connector.multiple_target_with_same_platform", message));
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
    let (given, target) = (given_target(draft), record.text("target"));
    if !given.is_empty() && given != target {
        return Err(Refusal::new(400, "connector.can_not_modify_target", "The target of a connector cannot change."));
    }
    if let (true, Some(Value::Object(metadata))) = (factory.is_standard(), draft.members.get_mut("metadata")) {
        metadata.insert("target".to_owned(), target.into());
    }
    Ok(factory)
}

fn given_target(draft: &Draft) -> String {
    let target = draft.sent.get("metadata").and_then(|metadata| metadata.get("target"));
    target.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Only connectors of a standard protocol have their own name, logo and target.
fn refuse_metadata(factory: Factory, draft: &Draft) -> Outcome<()> {
    let sent = draft.sent.get("metadata").and_then(Value::as_object).is_some_and(|members| !members.is_empty());
    if factory.is_standard() || !sent {
        return Ok(());
    }
    let message = "This connector's 'metadata' cannot be overwritten.";
    Err(Refusal::new(400, "connector.cannot_overwrite_metadata_for_non_standard_connector", message))
}

/// Only social connectors copy profiles, and only some of them store tokens.
fn check_profile(factory: Factory, draft: &Draft) -> Outcome<()> {
    let wants = |member: &str| draft.sent.get(member) == Some(&Value::Bool(true));
    if wants("syncProfile") && factory.text("type") != "Social" {
        let message = "Only social connectors can synchronize profiles.";
        return Err(Refusal::new(422, "connector.invalid_type_for_syncing_profile", message));
    }
    if wants("enableTokenStorage") && !factory.stores_tokens() {
        let message = "This connector cannot store tokens.";
        return Err(Refusal::new(422, "connector.token_storage_not_supported", message));
    }
    Ok(())
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
    let Some(factory) = factory_of(connector) else { return };
    let mut shown = factory.shown();
    if let (true, Some(Value::Object(metadata))) = (factory.is_standard(), members.get("metadata")) {
        let own = metadata.iter().filter(|(name, _)| ["name", "logo", "logoDark"].contains(&name.as_str()));
        shown.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    }
    shown.insert("extraInfo".to_owned(), json!({}));
    shown.extend(members.clone());
    *members = shown;
}
