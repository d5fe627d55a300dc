use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::PROFILE_FIELDS;
use crate::document::parsed::parsed;
use crate::document::schema::{Contract, Schema};
use crate::errors::{Outcome, empty_change};
use crate::http::reply;
use crate::operations::collection_operations;
use crate::record::Record;
use crate::rules::check_listed;
use crate::store::Store;

pub(super) const ALL: &[(&str, Handler)] =
    &[("CreateCustomProfileFieldsBatch", create_all), ("UpdateCustomProfileFieldsSieOrder", reorder)];

/// Returns all fields in their order.
pub(super) fn listed(store: &Store) -> Value {
    let mut fields: Vec<&Record> = store.all(&PROFILE_FIELDS).collect();
    fields.sort_by(|one, other| one.compare(other, "sieOrder"));
    fields.into_iter().map(|field| field.members.to_value()).collect()
}

/// Creates all fields or none.
fn create_all(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let schema = Contract::of(call.info).body().and_then(Schema::items);
    let mut created: Vec<Record> = Vec::new();
    for element in std::mem::take(&mut call.elements) {
        let element = schema.map_or_else(|| element.clone(), |schema| parsed(schema, &element));
        call.body = element.as_object().cloned().unwrap_or_default();
        match collection_operations::add(call, &PROFILE_FIELDS) {
            Ok(field) => created.push(field),
            Err(refusal) => {
                for field in created {
                    call.state.store.remove(&PROFILE_FIELDS, &field.id);
                }
                return Err(refusal);
            }
        }
    }
    Ok(fields(call, created))
}

fn fields(call: &Call<'_>, fields: Vec<Record>) -> HttpResponse {
    reply::json(call.success(), &fields.into_iter().map(|field| field.members.to_value()).collect())
}

/// Sets the order of fields, and returns these fields in their new order.
fn reorder(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let wanted = call.body.get("order").and_then(Value::as_array).cloned().unwrap_or_default();
    let wanted: Vec<(&str, &Value)> =
        wanted.iter().filter_map(|entry| Some((entry.get("name")?.as_str()?, entry.get("sieOrder")?))).collect();
    check_listed(call.state, call.body.get("order"))?;
    if wanted.is_empty() {
        return Err(empty_change());
    }
    let known = |name: &str| call.state.store.all(&PROFILE_FIELDS).find(|field| field.text("name") == name).cloned();
    let ordered = |(name, order): &(&str, &Value)| {
        let mut field = known(name)?;
        field.members.insert("sieOrder".to_owned(), (*order).clone());
        Some(field)
    };
    let mut changed: Vec<Record> = wanted.iter().filter_map(ordered).collect();
    for field in &changed {
        call.state.store.put(&PROFILE_FIELDS, field.clone());
    }
    changed.sort_by(|one, other| one.compare(other, "sieOrder"));
    Ok(fields(call, changed))
}
