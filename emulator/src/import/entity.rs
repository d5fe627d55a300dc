//! Creates an entity of a section, with everything that belongs to it.

use logto_admin::operation::find;
use logto_admin::serde_json::{Value, json};

use super::perform::perform;
use super::place::{Imported, Place};
use super::references::{id, ids};
use super::sections::{ORGANIZATION_ROLE, Rule, Section, Target};
use super::strict;
use crate::document::schema::Contract;
use crate::record::{Members, text};
use crate::state::State;

pub(super) fn create(section: &Section, entity: &Value, state: &mut State, place: &Place) -> Imported<()> {
    let mut body = place.object(entity)?.clone();
    check_names(section, &body, place)?;
    if section.collection.is_some() {
        state.presets.id = chosen_id(section, &mut body, state, place)?;
    }
    let mut later = Vec::new();
    for (name, rule) in section.rules {
        let Some(value) = body.remove(*name) else { continue };
        let place = place.member(name);
        match rule {
            Rule::Id { member, to } => {
                body.insert((*member).to_owned(), id(state, to, &value, &place)?.into());
            }
            Rule::Ids { member, to } => {
                let ids = ids(state, to, &value, &place)?;
                // Some operations refuse an empty list.
                if ids.as_array().is_some_and(|ids| !ids.is_empty()) {
                    body.insert((*member).to_owned(), ids);
                }
            }
            Rule::Secret => state.presets.secret = Some(place.text(&value)?.to_owned()),
            _ => later.push((rule, value, place)),
        }
    }
    let created = perform(state, section.operation, &[], &body, place);
    state.presets = Default::default();
    let created = created?;
    let id = created.get("id").and_then(Value::as_str).unwrap_or_default();
    later.into_iter().try_for_each(|(rule, value, place)| complete(state, rule, id, &value, &place))
}

/// Rejects a member that neither the body of the operation nor the section has.
fn check_names(section: &Section, entity: &Members, place: &Place) -> Imported<()> {
    let Some(schema) = find(section.operation).and_then(|info| Contract::of(info).body()) else { return Ok(()) };
    let id = section.collection.map(|_| "id");
    let own: Vec<&str> = section.rules.iter().map(|(name, _)| *name).chain(id).collect();
    strict::check_entity(schema, &own, entity, place)
}

/// Removes the id from a body and returns it.
fn chosen_id(section: &Section, body: &mut Members, state: &State, place: &Place) -> Imported<Option<String>> {
    let (Some(collection), Some(id)) = (section.collection, body.remove("id")) else { return Ok(None) };
    let place = place.member("id");
    let id = place.text(&id)?.to_owned();
    if id.is_empty() || id.len() > 21 {
        return Err(place.error("expected 1 to 21 characters"));
    }
    if state.store.get(collection, &id).is_some() {
        return Err(place.error(format!("`{id}` is already in use")));
    }
    Ok(Some(id))
}

/// Performs what follows the creation of an entity.
fn complete(state: &mut State, rule: &Rule, id: &str, value: &Value, place: &Place) -> Imported<()> {
    let one = |member: &str, value: Value| Members::from_iter([(member.to_owned(), value)]);
    match rule {
        Rule::Assigned { operation, member, to } => {
            let ids = ids(state, to, value, place)?;
            if ids.as_array().is_some_and(|ids| !ids.is_empty()) {
                perform(state, operation, &[id], &one(member, ids), place)?;
            }
        }
        Rule::Children(operation) => {
            for (index, child) in place.list(value)?.iter().enumerate() {
                let place = place.element(index);
                perform(state, operation, &[id], place.object(child)?, &place)?;
            }
        }
        Rule::Each { operation, member } => {
            for (index, value) in place.list(value)?.iter().enumerate() {
                perform(state, operation, &[id], &one(member, value.clone()), &place.element(index))?;
            }
        }
        Rule::Set(operation) => {
            perform(state, operation, &[id], &one(place.name(), value.clone()), place)?;
        }
        Rule::Keyed(operation) => {
            for (key, body) in place.object(value)? {
                let place = place.member(key);
                perform(state, operation, &[id, key], place.object(body)?, &place)?;
            }
        }
        Rule::Members { reference, to, add, ids, assign } => {
            for (index, member) in place.list(value)?.iter().enumerate() {
                let member = Member::of(state, reference, to, member, &place.element(index))?;
                perform(state, add, &[id], &one(ids, json!([member.id])), &member.place)?;
                if member.roles.as_array().is_some_and(|roles| !roles.is_empty()) {
                    let roles = one("organizationRoleIds", member.roles);
                    perform(state, assign, &[id, &member.id], &roles, &member.place)?;
                }
            }
        }
        Rule::Id { .. } | Rule::Ids { .. } | Rule::Secret => {}
    }
    Ok(())
}

/// A member of an organization.
struct Member {
    id: String,
    roles: Value,
    place: Place,
}

impl Member {
    /// Reads a reference, or an object with a reference and roles.
    fn of(state: &State, reference: &str, to: &Target, value: &Value, place: &Place) -> Imported<Self> {
        let mut roles = Value::Null;
        let id = match value {
            Value::Object(members) => {
                if let Some(name) = members.keys().find(|name| *name != reference && *name != "roles") {
                    return Err(strict::unknown(&place.member(name), [reference, "roles"].into_iter()));
                }
                if let Some(sent) = members.get("roles") {
                    roles = ids(state, &ORGANIZATION_ROLE, sent, &place.member("roles"))?;
                }
                id(state, to, &text(members, reference).into(), &place.member(reference))?
            }
            value => id(state, to, value, place)?,
        };
        Ok(Self { id, roles, place: place.clone() })
    }
}
