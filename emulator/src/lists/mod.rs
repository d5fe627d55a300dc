//! Lists entities, with search, filters and pagination.

pub(crate) mod filters;
pub(crate) mod like;
pub(crate) mod pages;
pub(crate) mod search;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::collections::{Collection, Filter};
use crate::errors::{Outcome, invalid_input};
use crate::http::reply;
use crate::http::request::Query;
use crate::lists::filters::Requirement;
use crate::lists::pages::Page;
use crate::lists::search::{Language, Search};
use crate::record::Record;
use crate::relations::Relation;
use crate::store::links::Where;
use crate::store::{Places, Store, Table};

/// Maximum number of targets that a search checks one by one. Above it, the search looks for all entities that match.
const FEW: usize = 1000;

/// Returns a response with the entities that match the query. `show` presents them.
///
/// The links that a filter looks for must also meet the conditions in `within`.
pub(crate) fn answer<'r>(
    call: &Call<'_>,
    collection: &Collection,
    filters: &[Filter],
    within: &[Where<'_>],
    records: impl Iterator<Item = &'r Record>,
    show: impl Fn(&Record) -> Value,
) -> Outcome<HttpResponse> {
    let (query, store) = (&call.request.query, &call.state.store);
    check_exclusive(collection, query)?;
    let search = Search::of(query, Language::of(call.info), collection.searchable)?;
    let page = Page::of(call.request, call.info.paging)?;
    let requirements = Requirement::all(query, filters, within);
    let found = records
        .filter(|record| collection.lists(record))
        .filter(|record| search.as_ref().is_none_or(|search| search.matches(record)))
        .filter(|record| requirements.iter().all(|requirement| requirement.is_met(store, collection, record)));
    let Some(page) = page else {
        return Ok(reply::json(200, &body(call, found.map(show).collect())));
    };
    let (shown, total) = page.cut(found);
    let total = if collection.total_ignores_filters { store.count(collection) } else { total };
    Ok(page.announce(call.request, total, reply::json(200, &body(call, shown.into_iter().map(show).collect()))))
}

/// Returns a response with a page of a collection. Like `answer`, but does not visit every entity.
pub(crate) fn page(
    call: &Call<'_>,
    collection: &'static Collection,
    page: Page,
    newest_first: bool,
    show: impl Fn(&Record) -> Value,
) -> Outcome<HttpResponse> {
    let (query, store) = (&call.request.query, &call.state.store);
    check_exclusive(collection, query)?;
    let search = Search::of(query, Language::of(call.info), collection.searchable)?;
    let found = store.found(collection, &key(query), |table| {
        let places = search.map_or_else(|| table.places().clone(), |search| search.places(collection, table));
        let requirements = Requirement::all(query, collection.filters, &[]);
        restricted(store, collection, table, &requirements, places)
    });
    let shown = store.at(collection, &found.page(newest_first, page.skipped(), page.size()));
    let total = if collection.total_ignores_filters { store.count(collection) } else { found.len() };
    let items = shown.into_iter().map(show).collect();
    Ok(page.announce(call.request, total, reply::json(200, &body(call, items))))
}

/// Returns a response with a page of the entities that owners are linked to. Like `answer`, but does not visit every
/// one.
pub(crate) fn linked(
    call: &Call<'_>,
    relation: &Relation,
    owners: &[Where<'_>],
    page: Page,
    show: impl Fn(&Record) -> Value,
) -> Outcome<HttpResponse> {
    let (query, store, collection) = (&call.request.query, &call.state.store, relation.target);
    check_exclusive(collection, query)?;
    let search = Search::of(query, Language::of(call.info), collection.searchable)?;
    let mut requirements = Requirement::all(query, relation.filters, owners);
    requirements.extend(relation.listed.map(|(member, value)| Requirement::Is(member, vec![value])));
    let (shown, total) = if search.is_none() && requirements.is_empty() && collection.listed.is_none() {
        store.linked_page(collection, relation.table, owners, (page.skipped(), page.size()))
    } else {
        let targets = store.linked(collection, relation.table, owners);
        let found = store.found(collection, &format!("{} {}", call.request.path, key(query)), |table| {
            let places = match &search {
                Some(search) if targets.len() > FEW => search.places(collection, table),
                _ => targets.iter().copied().filter(|place| is_found(table, *place, search.as_ref())).collect(),
            };
            restricted(store, collection, table, &requirements, places)
        });
        let (places, total) = page.cut(targets.iter().copied().filter(|place| found.contains(*place)));
        (store.at(collection, &places), total)
    };
    let total = if collection.total_ignores_filters { store.count(collection) } else { total };
    let items = shown.into_iter().map(show).collect();
    Ok(page.announce(call.request, total, reply::json(200, &body(call, items))))
}

fn is_found(table: &Table, place: u32, search: Option<&Search>) -> bool {
    search.is_none_or(|search| table.at(place).is_some_and(|record| search.matches(record)))
}

/// Removes the places of entities that do not meet the requirements. Also removes those that lists do not contain.
fn restricted(
    store: &Store,
    collection: &Collection,
    table: &Table,
    requirements: &[Requirement<'_>],
    mut places: Places,
) -> Places {
    requirements.iter().for_each(|requirement| requirement.narrow(store, collection, table, &mut places));
    if let Some(listed) = collection.listed {
        table.retain(&mut places, listed);
    }
    places
}

/// Returns the query without the page.
fn key(query: &Query) -> String {
    let pairs = query.iter().filter(|(name, _)| !matches!(*name, "page" | "page_size"));
    pairs.map(|(name, value)| format!("{name:?}={value:?}&")).collect()
}

fn check_exclusive(collection: &Collection, query: &Query) -> Outcome<()> {
    if collection.exclusive.iter().filter(|name| query.get(name).is_some()).count() > 1 {
        return Err(invalid_input(400, &format!("{} cannot be combined.", collection.exclusive.join(" and "))));
    }
    Ok(())
}

fn body(call: &Call<'_>, items: Value) -> Value {
    match call.info.items_at {
        Some(member) => json!({ member: items }),
        None => items,
    }
}
