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
    if collection.exclusive.iter().filter(|name| query.get(name).is_some()).count() > 1 {
        return Err(invalid_input(400, &format!("{} cannot be combined.", collection.exclusive.join(" and "))));
    }
    let search = Search::of(query, Language::of(call.info), collection.searchable)?;
    let page = Page::of(call.request, call.info.paging)?;
    let found = records
        .filter(|record| (collection.listed)(record))
        .filter(|record| search.as_ref().is_none_or(|search| search.matches(record)));
    let store = &call.state.store;
    let wanted =
        |record: &&Record| filters.iter().all(|filter| passes(store, query, collection, filter, within, record));
    let found = found.filter(wanted);
    let body = |items: Value| match call.info.items_at {
        Some(member) => json!({ member: items }),
        None => items,
    };
    let Some(page) = page else {
        return Ok(reply::json(200, &body(found.map(show).collect())));
    };
    let all = call.state.store.all(collection).count();
    let (shown, total) = page.cut(found);
    let total = if collection.total_ignores_filters { all } else { total };
    Ok(page.announce(call.request, total, reply::json(200, &body(shown.into_iter().map(show).collect()))))
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
