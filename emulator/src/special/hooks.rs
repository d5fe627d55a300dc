use std::iter;

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::{Call, unknown};
use crate::collections::{HOOKS, Shape, Unknown};
use crate::entities::{keep, show};
use crate::errors::Outcome;
use crate::{lists, reply};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("UpdateHookSigningKey", replace_signing_key),
    ("CreateHookTest", |call| {
        call.record(&HOOKS, call.parameter(0))?;
        Ok(reply::nothing(call.success()))
    }),
    // Hooks are not delivered. The server does not check the id.
    ("ListHookRecentLogs", |call| lists::answer(call, &HOOKS, &[], &[], iter::empty(), |_| Value::Null)),
];

fn replace_signing_key(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.parameter(0);
    let mut hook = call.state.store.get(&HOOKS, id).ok_or_else(|| unknown(&HOOKS, Unknown::Missing, id))?.clone();
    hook.members.insert("signingKey".to_owned(), call.state.ids.secret(32).into());
    keep(call, &HOOKS, &mut hook);
    Ok(reply::json(call.success(), &show(call, &HOOKS, &hook, Shape::Changed)))
}
