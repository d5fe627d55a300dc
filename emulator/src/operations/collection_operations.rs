//! Creates, shows, lists, updates and deletes the entities of any collection.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use crate::call::{Call, unknown};
use crate::collections::{Case, Collection, EmptyChange, Key, Order, Unknown, UnknownTarget, named};
use crate::document::schema::Contract;
use crate::errors::{Outcome, Refusal, constraint_violated, empty_change, foreign_key_as, internal, too_long};
use crate::http::reply;
use crate::lists;
use crate::lists::pages::Page;
use crate::policies::username;
use crate::record::{Fields, Members, Record};
use crate::rules::{self, Draft, Shape, View};

/// Effect of an operation on a collection or one of its entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    List,
    Get,
    Update,
    Delete,
}

/// Members that a request body cannot set.
const FIXED: [&str; 4] = ["tenantId", "id", "createdAt", "updatedAt"];

pub(crate) fn run(call: &mut Call<'_>, collection: &'static Collection, verb: Verb) -> Outcome<HttpResponse> {
    match verb {
        Verb::Create => create(call, collection),
        Verb::List => list(call, collection),
        Verb::Get => {
            let record = find(call, collection, collection.unknown)?;
            Ok(reply::json(call.success(), &show(call, collection, &record, Shape::Got)))
        }
        Verb::Update => update(call, collection),
        Verb::Delete => delete(call, collection),
    }
}

/// Returns the entity as a response shows it.
pub(crate) fn show(call: &Call<'_>, collection: &Collection, record: &Record, shape: Shape) -> Value {
    let mut members = record.members.to_object();
    let view =
        View { state: call.state, query: &call.request.query, origin: &call.request.origin, info: call.info, shape };
    (rules::of(collection).present)(&view, record, &mut members);
    Value::Object(members)
}

/// Returns the entity that the path identifies, within its owner.
fn find(call: &Call<'_>, collection: &Collection, way: Unknown) -> Outcome<Record> {
    let key = call.last_parameter();
    let found = match (collection.key, collection.owner) {
        (Key::Id(_), None) => call.state.store.get(collection, key),
        (Key::Id(_), Some(owner)) => {
            if owner.foreign_key.is_none() {
                check_owner(call, collection)?;
            }
            let record = call.state.store.get(collection, key);
            record.filter(|record| record.text(owner.member) == call.parameter(0))
        }
        (Key::Member { name, .. }, owner) => {
            if owner.is_none_or(|owner| owner.foreign_key.is_none()) {
                check_owner(call, collection)?;
            }
            siblings(call, collection).find(|record| record.text(name) == key)
        }
    };
    let found = found.cloned().ok_or_else(|| unknown(collection, way, key))?;
    (collection.suits)(&found)?;
    Ok(found)
}

/// Returns the entities of the owner in the path. Without an owner, returns all entities.
fn siblings<'c>(call: &'c Call<'_>, collection: &Collection) -> impl DoubleEndedIterator<Item = &'c Record> + use<'c> {
    let owner = collection.owner.map(|owner| owner.member);
    let owned = move |record: &&Record| owner.is_none_or(|member| record.text(member) == call.parameter(0));
    call.state.store.all(collection).filter(owned)
}

fn check_owner(call: &Call<'_>, collection: &Collection) -> Outcome<()> {
    match collection.owner {
        Some(owner) => (owner.collection.suits)(call.record(owner.collection, call.parameter(0))?),
        None => Ok(()),
    }
}

fn list(call: &Call<'_>, collection: &'static Collection) -> Outcome<HttpResponse> {
    if collection.owner.is_some_and(|owner| owner.has_checked_list) {
        check_owner(call, collection)?;
    }
    let show = |record: &Record| show(call, collection, record, Shape::Listed);
    let page = Page::of(call.request, call.info.paging)?;
    match (collection.owner, collection.order, page) {
        (None, Order::Newest, Some(page)) => return lists::page(call, collection, page, true, show),
        (None, Order::Oldest, Some(page)) => return lists::page(call, collection, page, false, show),
        _ => {}
    }
    let all = siblings(call, collection);
    let answer = |records: &mut dyn Iterator<Item = &Record>| {
        lists::answer(call, collection, collection.filters, &[], records, show)
    };
    match collection.order {
        Order::Oldest => answer(&mut { all }),
        Order::Newest => answer(&mut all.rev()),
        order => {
            let mut records: Vec<&Record> = all.collect();
            order.sort(&mut records);
            answer(&mut records.into_iter())
        }
    }
}

fn create(call: &mut Call<'_>, collection: &'static Collection) -> Outcome<HttpResponse> {
    let record = add(call, collection)?;
    Ok(reply::json(call.success(), &show(call, collection, &record, Shape::Created)))
}

/// Creates an entity from the body.
pub(crate) fn add(call: &mut Call<'_>, collection: &'static Collection) -> Outcome<Record> {
    let rules = rules::of(collection);
    (rules.admit)(call)?;
    let foreign_key = collection.owner.and_then(|owner| owner.foreign_key);
    if foreign_key.is_none() {
        check_owner(call, collection)?;
    }
    let mut given = Members::new();
    if let Some(owner) = collection.owner {
        given.insert(owner.member.to_owned(), call.parameter(0).into());
    }
    let blank = call.state.blank(collection, given, call.now);
    let mut draft = Draft { members: blank.members, hidden: Fields::default(), sent: call.sent(), creates: true };
    fill(collection, &mut draft);
    (rules.prepare)(call, &mut draft)?;
    if let (Some(status), Some(owner)) = (foreign_key, collection.owner) {
        let owner_record = call.record(owner.collection, call.parameter(0)).map_err(|_| foreign_key_as(status))?;
        (owner.collection.suits)(owner_record).map_err(|_| constraint_violated())?;
    }
    let id = draft.members.get("id").and_then(Value::as_str).map_or(blank.id, str::to_owned);
    let mut record = Record { id, members: draft.members, hidden: draft.hidden };
    check(call, collection, &record)?;
    (rules.settle)(call, &mut record)?;
    stamp(call, collection, &mut record);
    call.state.store.put(collection, record.clone());
    if let Err(refusal) = link(call, collection, &record) {
        if collection.links_or_nothing {
            call.state.store.remove(collection, &record.id);
        }
        return Err(refusal);
    }
    (rules.created)(call, &record);
    Ok(record)
}

fn update(call: &mut Call<'_>, collection: &'static Collection) -> Outcome<HttpResponse> {
    let rules = rules::of(collection);
    (rules.admit)(call)?;
    let sent = call.sent();
    if collection.empty_change == EmptyChange::RefusedFirst && sent.is_empty() {
        return Err(empty_change());
    }
    let record = find(call, collection, collection.unknown_on_update.unwrap_or(collection.unknown))?;
    if collection.empty_change == EmptyChange::Refused && sent.is_empty() {
        return Err(empty_change());
    }
    let mut draft = Draft { members: record.members, hidden: record.hidden, sent, creates: false };
    fill(collection, &mut draft);
    (rules.prepare)(call, &mut draft)?;
    let mut record = Record { id: record.id, members: draft.members, hidden: draft.hidden };
    check(call, collection, &record)?;
    (rules.settle)(call, &mut record)?;
    keep(call, collection, &mut record);
    (rules.changed)(call, &record);
    Ok(reply::json(call.success(), &show(call, collection, &record, Shape::Changed)))
}

/// Stores a changed entity.
pub(crate) fn keep(call: &mut Call<'_>, collection: &'static Collection, record: &mut Record) {
    if let Some(touched) = collection.touched {
        record.members.insert(touched.to_owned(), call.now.into());
    }
    stamp(call, collection, record);
    call.state.store.put(collection, record.clone());
}

/// Notes the time if it determines the place in lists.
fn stamp(call: &Call<'_>, collection: &Collection, record: &mut Record) {
    if collection.order.is_stored() {
        record.hidden.insert(Order::STORED_AT.to_owned(), call.now.into());
    }
}

fn delete(call: &mut Call<'_>, collection: &'static Collection) -> Outcome<HttpResponse> {
    let rules = rules::of(collection);
    (rules.admit)(call)?;
    let record = find(call, collection, collection.unknown_on_delete)?;
    (rules.deletable)(call, &record)?;
    call.state.store.remove(collection, &record.id);
    (rules.deleted)(call, &record);
    Ok(reply::nothing(call.success()))
}

/// Copies the sent members that the entity has. An empty string clears a member that can be null.
fn fill(collection: &Collection, draft: &mut Draft) {
    let blank = (collection.blank)();
    for (name, value) in &draft.sent {
        if !FIXED.contains(&name.as_str()) && draft.members.contains_key(name) {
            let clears = value == "" && blank.get(name) == Some(&Value::Null);
            draft.members.insert(name.clone(), if clears { Value::Null } else { value.clone() });
        }
    }
}

/// Rejects what the database would reject. These are values that are already in use or too long.
pub(crate) fn check(call: &Call<'_>, collection: &Collection, record: &Record) -> Outcome<()> {
    let updates = call.state.store.get(collection, &record.id).is_some();
    for unique in collection.unique_on_update.filter(|_| updates).unwrap_or(collection.unique) {
        let value = record.text(unique.member);
        let ignores_case = match unique.case {
            Case::Distinguished => false,
            Case::Ignored => true,
            Case::OfUsernames => username::ignores_case(call.state),
        };
        if !value.is_empty() && call.state.store.is_taken(collection, unique.member, value, ignores_case, &record.id) {
            return Err(Refusal::about(422, unique.code, value));
        }
    }
    if let Key::Member { name, taken: code } = collection.key {
        let same = |other: &Record| other.id != record.id && other.text(name) == record.text(name);
        if siblings(call, collection).any(same) {
            return Err(Refusal::about(422, code, record.text(name)));
        }
    }
    let columns = Contract::of(call.info)
        .answer(call.success())
        .into_iter()
        .flat_map(|schema| schema.properties().filter_map(|(name, column)| Some((name, column.length("maxLength")?))));
    for (name, length) in columns {
        if record.members.text(name).chars().count() as u64 > length {
            return Err(too_long(length));
        }
    }
    Ok(())
}

/// Adds the initial links of a new entity.
fn link(call: &mut Call<'_>, collection: &Collection, record: &Record) -> Outcome<()> {
    for links in collection.links {
        let Some(target) = named(links.target) else { continue };
        let ids = call.texts(links.member);
        for id in &ids {
            let found = call.state.store.get(target, id).ok_or_else(|| match links.unknown {
                UnknownTarget::Collection => unknown(target, target.unknown, id),
                UnknownTarget::ForeignKey => foreign_key_as(422),
            })?;
            (links.fits)(record, found)?;
        }
        if links.is_strict && ids.is_empty() && call.body.contains_key(links.member) {
            return Err(empty_change());
        }
        for id in ids {
            let is_new = call.state.store.links.add(links.table, vec![record.id.clone(), id]);
            if links.is_strict && !is_new {
                return Err(internal());
            }
        }
    }
    Ok(())
}
