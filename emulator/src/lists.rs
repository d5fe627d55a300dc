//! Lists entities, with search, filters and pagination.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use crate::call::Call;
use crate::collections::{Collection, Filter, Test};
use crate::errors::{Outcome, invalid_input};
use crate::links::Where;
use crate::pages::Page;
use crate::reply;
use crate::request::Query;
use crate::search::{Language, Search};
use crate::store::{Record, Store};

/// Returns a response with the entities that match the query, as `show` presents them.
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
    let query = &call.request.query;
    check_exclusive(collection, query)?;
    let search = Search::of(query, Language::of(call.info), collection.searchable)?;
    let page = Page::of(call.request, call.info.paging)?;
    let found = records
        .filter(|record| collection.lists(record))
        .filter(|record| search.as_ref().is_none_or(|search| search.matches(record)));
    let store = &call.state.store;
    let wanted =
        |record: &&Record| filters.iter().all(|filter| passes(store, query, collection, filter, within, record));
    let found = found.filter(wanted);
    let Some(page) = page else {
        return Ok(reply::json(200, &body(call, found.map(show).collect())));
    };
    let (shown, total) = page.cut(found);
    let total = if collection.total_ignores_filters { call.state.store.count(collection) } else { total };
    Ok(page.announce(call.request, total, reply::json(200, &body(call, shown.into_iter().map(show).collect()))))
}

/// Returns a response with a page of a collection: as `answer`, but without visiting every entity.
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
    let filters: Vec<&Filter> = collection.filters.iter().filter(|filter| is_set(query, filter)).collect();
    let (shown, total): (Vec<&Record>, usize) = if search.is_none() && filters.is_empty() && collection.listed.is_none()
    {
        let shown = store.page(collection, newest_first, page.skipped(), page.size());
        (shown, store.count(collection))
    } else {
        let texts = search.as_ref().and_then(Search::texts);
        let plain = texts.is_some() && search.as_ref().is_some_and(|search| search.is_plain(collection.searchable));
        let unchecked = plain && filters.is_empty() && collection.listed.is_none();
        let matches = |record: &Record| {
            collection.lists(record)
                && (plain || search.as_ref().is_none_or(|search| search.matches(record)))
                && filters.iter().all(|filter| passes(store, query, collection, filter, &[], record))
        };
        let matches: Option<&dyn Fn(&Record) -> bool> = if unchecked { None } else { Some(&matches) };
        let found = store.matching(collection, newest_first, &key(query), texts.as_deref(), matches);
        let places = found.iter().skip(page.skipped()).take(page.size());
        (places.filter_map(|place| store.at(collection, *place)).collect(), found.len())
    };
    let total = if collection.total_ignores_filters { store.count(collection) } else { total };
    let items = shown.into_iter().map(show).collect();
    Ok(page.announce(call.request, total, reply::json(200, &body(call, items))))
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

/// Returns whether the query has a value for the filter.
fn is_set(query: &Query, filter: &Filter) -> bool {
    query.all(filter.parameter).any(|value| !value.is_empty())
}

fn passes(
    store: &Store,
    query: &Query,
    collection: &Collection,
    filter: &Filter,
    within: &[Where<'_>],
    record: &Record,
) -> bool {
    let mut wanted = query.all(filter.parameter).filter(|value| !value.is_empty()).peekable();
    if wanted.peek().is_none() {
        return true;
    }
    let linked = |table: &str, column: &str, id: &str| {
        let conditions: Vec<Where<'_>> =
            within.iter().copied().chain([(column, id), (collection.name, record.id.as_str())]).collect();
        store.links.ids(table, column, &conditions).next().is_some()
    };
    match filter.test {
        Test::Is(member) => wanted.any(|value| is(record, member, value)),
        Test::Linked { table, column } => wanted.any(|id| linked(table, column, id)),
        Test::NotLinked { table, column } => !wanted.any(|id| linked(table, column, id)),
    }
}

fn is(record: &Record, member: &str, value: &str) -> bool {
    match record.members.get(member) {
        Some(Value::String(text)) => text == value,
        Some(Value::Bool(flag)) => flag.to_string() == value,
        _ => false,
    }
}
