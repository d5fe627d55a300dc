use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::{Call, unknown};
use crate::collections::{HOOKS, Unknown};
use crate::document::validate::refuse_empty;
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::collection_operations::{keep, show};
use crate::record::drop_repeated;
use crate::rules::Shape;
use crate::webhooks;

pub(super) const ALL: &[(&str, Handler)] = &[("UpdateHookSigningKey", replace_signing_key), ("CreateHookTest", test)];

/// Queues the test deliveries. They can still fail, see `Emulator::respond`.
fn test(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let hook = call.record(&HOOKS, call.parameter(0))?.clone();
    let config = call.body.get("config").cloned().unwrap_or_default();
    if let Some(Value::Array(events)) = call.body.get_mut("events") {
        drop_repeated(events);
    }
    let events = call.texts("events");
    if events.is_empty() {
        return Err(refuse_empty("events"));
    }
    webhooks::test(call.state, call.now, &hook, &config, &events);
    Ok(reply::nothing(call.success()))
}

fn replace_signing_key(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.parameter(0);
    let mut hook = call.state.store.get(&HOOKS, id).ok_or_else(|| unknown(&HOOKS, Unknown::Missing, id))?.clone();
    hook.members.insert("signingKey".to_owned(), call.state.ids.secret(32).into());
    keep(call, &HOOKS, &mut hook);
    Ok(reply::json(call.success(), &show(call, &HOOKS, &hook, Shape::Changed)))
}
