//! Lists, adds, replaces and removes the links of any relation.

use std::collections::HashSet;

use logto_admin::operation::AnswerKind;
use logto_admin::serde_json::{Map, Value};
use logto_admin::transport::HttpResponse;

use crate::call::{Call, stored, unknown};
use crate::collections::{ORGANIZATION_ROLES, UnknownTarget};
use crate::document::validate;
use crate::errors::{Outcome, Refusal, constraint_violated, empty_change, foreign_key, not_found, require_membership};
use crate::http::reply;
use crate::lists;
use crate::lists::pages::Page;
use crate::record::Record;
use crate::relations::{OwnerCheck, Relation, Reply};
use crate::rules::{self, Shape, View};
use crate::state::State;
use crate::store::links::Where;

/// Effect of an operation on the links of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkVerb {
    List,
    Add,
    Replace,
    Remove,
}

/// Rejects owners that do not belong together, or are checked first.
pub(crate) fn admit(relation: &Relation, parameters: &[String], state: &State) -> Outcome<()> {
    if relation.owner_check == OwnerCheck::First {
        check_owners(relation, parameters, state)?;
    }
    let ids: Vec<String> = parameters.iter().take(relation.owners.len()).cloned().collect();
    let belong = relation.requires.is_none_or(|required| state.store.links.has(required, &ids));
    if belong { Ok(()) } else { Err(require_membership()) }
}

pub(crate) fn run(call: &mut Call<'_>, relation: &'static Relation, verb: LinkVerb) -> Outcome<HttpResponse> {
    let checks_owners = match relation.owner_check {
        OwnerCheck::Always => true,
        OwnerCheck::ExceptRemoval => verb != LinkVerb::Remove,
        OwnerCheck::Listing => verb == LinkVerb::List,
        OwnerCheck::First | OwnerCheck::Never => false,
    };
    if checks_owners {
        check_owners(relation, &call.parameters, call.state)?;
    }
    match verb {
        LinkVerb::List => list(call, relation),
        LinkVerb::Add => add(call, relation),
        LinkVerb::Replace => replace(call, relation),
        LinkVerb::Remove => remove(call, relation),
    }
}

/// Returns the collections and ids of the owners in the path.
fn owners<'c>(call: &'c Call<'_>, relation: &Relation) -> Vec<Where<'c>> {
    let names = relation.owners.iter().map(|collection| collection.name);
    names.zip(call.parameters.iter().map(String::as_str)).collect()
}

fn check_owners(relation: &Relation, parameters: &[String], state: &State) -> Outcome<()> {
    for (position, (collection, id)) in relation.owners.iter().zip(parameters).enumerate() {
        let owner = stored(state, collection, id)?;
        if position == 0 {
            (relation.suits)(owner)?;
        }
    }
    Ok(())
}

fn list(call: &Call<'_>, relation: &'static Relation) -> Outcome<HttpResponse> {
    let store = &call.state.store;
    let owners = owners(call, relation);
    let order = relation.target.order;
    if let (Ok(Some(page)), false) = (Page::of(call.request, call.info.paging), order.is_stored()) {
        let show = |record: &Record| show(call, relation, &owners, record);
        return lists::linked(call, relation, &owners, page, show);
    }
    let ids: Vec<&str> = store.links.ids(relation.table, relation.target.name, &owners).collect();
    let targets = ids.iter().filter_map(|id| store.get(relation.target, id));
    let mut records: Vec<&Record> = targets.filter(|target| relation.lists(target)).collect();
    if order.is_stored() {
        records.reverse();
        order.sort(&mut records);
    }
    let show = |record: &Record| show(call, relation, &owners, record);
    lists::answer(call, relation.target, relation.filters, &owners, records.into_iter(), show)
}

fn show(call: &Call<'_>, relation: &Relation, owners: &[Where<'_>], record: &Record) -> Value {
    let mut members = record.members.to_object();
    let view = View {
        state: call.state,
        query: &call.request.query,
        origin: &call.request.origin,
        info: call.info,
        shape: Shape::Linked,
    };
    (rules::of(relation.target).present)(&view, record, &mut members);
    (relation.present)(&view, owners, record, &mut members);
    Value::Object(members)
}

fn add(call: &mut Call<'_>, relation: &'static Relation) -> Outcome<HttpResponse> {
    let ids = targets(call, relation)?;
    if ids.is_empty() && relation.names.is_some() {
        return Err(empty_change());
    }
    if ids.is_empty() && !relation.accepts_empty {
        return Err(validate::refuse_empty(relation.ids));
    }
    let row = |id: &String| row(call, relation, relation.table, id);
    let linked = ids.iter().filter(|id| call.state.store.links.has(relation.table, &row(id)));
    let linked: Vec<String> = linked.cloned().collect();
    if let (Some(code), Some(id)) = (relation.repeated, linked.first()) {
        return Err(Refusal::about(422, code, id));
    }
    check_targets(call, relation, &ids, false)?;
    refuse_repeated(call, relation, relation.repeated_addition, &linked)?;
    let added = insert(call, relation, &ids);
    // The server returns repeated ids, unless it has looked up names.
    let shown = if relation.names.is_some() { ids } else { call.texts(relation.ids) };
    respond(call, relation, shown, &added)
}

fn replace(call: &mut Call<'_>, relation: &'static Relation) -> Outcome<HttpResponse> {
    let ids = targets(call, relation)?;
    check_targets(call, relation, &ids, relation.replaces_unchecked)?;
    let owners = owners(call, relation);
    let current = call.state.store.links.ids(relation.table, relation.target.name, &owners);
    let current: Vec<String> = current.map(str::to_owned).collect();
    let wanted: HashSet<&String> = ids.iter().collect();
    let removed: Vec<&String> = current.iter().filter(|id| !wanted.contains(id)).collect();
    for id in removed {
        unlink(call, relation, id);
    }
    if relation.requires_new && ids.iter().all(|id| current.contains(id)) {
        return Err(empty_change());
    }
    let unchanged = if relation.replaces_unchecked { current.as_slice() } else { &[] };
    refuse_repeated(call, relation, relation.repeated_replacement, unchanged)?;
    let added = insert(call, relation, &ids);
    respond(call, relation, ids, &added)
}

fn remove(call: &mut Call<'_>, relation: &'static Relation) -> Outcome<HttpResponse> {
    let id = call.last_parameter().to_owned();
    if unlink(call, relation, &id) { Ok(reply::nothing(call.success())) } else { Err(not_found()) }
}

/// Returns the ids of the targets in the body, without duplicates.
fn targets(call: &Call<'_>, relation: &Relation) -> Outcome<Vec<String>> {
    let mut ids = call.texts(relation.ids);
    for name in relation.names.map(|names| call.texts(names)).unwrap_or_default() {
        let role = call.state.store.all(&ORGANIZATION_ROLES).find(|role| role.text("name") == name);
        let missing = || {
            let message = format!("There is no organization role named `{name}`.");
            Refusal::new(422, "organization.role_names_not_found", message)
        };
        ids.push(role.ok_or_else(missing)?.id.clone());
    }
    let mut known = HashSet::new();
    ids.retain(|id| known.insert(id.clone()));
    Ok(ids)
}

/// Rejects an id that occurs twice in the body, if there is an error for it. Does not reject those of links that stay.
fn refuse_repeated(
    call: &Call<'_>,
    relation: &Relation,
    error: Option<fn() -> Refusal>,
    unchanged: &[String],
) -> Outcome<()> {
    let mut known = HashSet::new();
    let mut new = call.texts(relation.ids).into_iter().filter(|id| !unchanged.contains(id));
    let is_repeated = new.any(|id| !known.insert(id));
    error.filter(|_| is_repeated).map_or(Ok(()), |error| Err(error()))
}

fn check_targets(call: &Call<'_>, relation: &Relation, ids: &[String], by_database: bool) -> Outcome<()> {
    let store = &call.state.store;
    let owner = relation.owners.first().and_then(|owner| store.get(owner, call.parameter(0)));
    for id in ids {
        if relation.targets_within.is_some_and(|table| !store.links.has(table, &row(call, relation, table, id))) {
            return Err(require_membership());
        }
        let target = store.get(relation.target, id);
        let target = target.ok_or_else(|| match relation.unknown_target {
            UnknownTarget::Collection => unknown(relation.target, relation.target.unknown, id),
            UnknownTarget::ForeignKey => foreign_key(),
        })?;
        let owner = owner.ok_or_else(foreign_key)?;
        (relation.fits)(owner, target).map_err(|misfit| if by_database { constraint_violated() } else { misfit })?;
    }
    Ok(())
}

/// Returns the row of a table for the owners and a target.
fn row(call: &Call<'_>, relation: &Relation, table: &str, id: &str) -> Vec<String> {
    let columns = crate::store::links::columns(table);
    let id_of = |column: &&str| {
        let owner = relation.owners.iter().position(|owner| owner.name == *column);
        owner.map_or(id, |index| call.parameter(index)).to_owned()
    };
    columns.iter().map(id_of).collect()
}

/// Adds links and returns the ids of the new ones.
fn insert(call: &mut Call<'_>, relation: &Relation, ids: &[String]) -> Vec<String> {
    let mut added = Vec::new();
    for id in ids {
        let row = row(call, relation, relation.table, id);
        if call.state.store.links.add(relation.table, row) {
            added.push(id.clone());
        }
    }
    added
}

fn unlink(call: &mut Call<'_>, relation: &Relation, id: &str) -> bool {
    let names = relation.owners.iter().map(|collection| collection.name);
    let mut conditions: Vec<Where<'_>> = names.zip(call.parameters.iter().map(String::as_str)).collect();
    conditions.push((relation.target.name, id));
    call.state.store.links.remove(relation.table, &conditions)
}

fn respond(call: &Call<'_>, relation: &'static Relation, ids: Vec<String>, added: &[String]) -> Outcome<HttpResponse> {
    let status = call.success();
    match call.info.answer {
        AnswerKind::None => return Ok(reply::nothing(status)),
        AnswerKind::Text => return Ok(reply::word(status)),
        _ => {}
    }
    let mut members = Map::new();
    match relation.reply {
        Reply::Records => {
            let (store, owners) = (&call.state.store, owners(call, relation));
            let all = store.links.ids(relation.table, relation.target.name, &owners);
            let records = all.filter_map(|id| store.get(relation.target, id));
            let records: Value = records.map(|record| record.members.to_value()).collect();
            return Ok(reply::json(status, &records));
        }
        Reply::Ids => {}
        Reply::IdsAndAdded(name) if status == 201 => {
            members.insert(name.to_owned(), added.into());
        }
        Reply::IdsAndAdded(_) => {}
    }
    members.insert(relation.ids.to_owned(), ids.into());
    Ok(reply::json(status, &Value::Object(members)))
}
