use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::users::merged;
use crate::call::Call;
use crate::collections::{APPLICATIONS, RESOURCES, Shape};
use crate::entities::{keep, show};
use crate::errors::{Outcome, not_exists};
use crate::reply;

pub(super) const ALL: &[(&str, Handler)] =
    &[("UpdateApplicationCustomData", add_custom_data), ("UpdateResourceIsDefault", make_default)];

/// The body itself is the custom data.
fn add_custom_data(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = call.state.store.get(&APPLICATIONS, call.parameter(0)).ok_or_else(not_exists)?.clone();
    let sent = Value::Object(call.body.clone());
    let merged = merged(&application, "customData", Some(&sent));
    application.members.insert("customData".to_owned(), merged.clone());
    keep(call, &APPLICATIONS, &mut application);
    Ok(reply::json(call.success(), &merged))
}

/// At most one resource is the default.
fn make_default(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut resource = call.state.store.get(&RESOURCES, call.parameter(0)).ok_or_else(not_exists)?.clone();
    let wanted = call.body.get("isDefault").cloned().unwrap_or_default();
    if wanted == Value::Bool(true) {
        let others: Vec<_> =
            call.state.store.all(&RESOURCES).filter(|other| other.is_true("isDefault")).cloned().collect();
        for mut other in others {
            other.members.insert("isDefault".to_owned(), false.into());
            keep(call, &RESOURCES, &mut other);
        }
    }
    resource.members.insert("isDefault".to_owned(), wanted);
    keep(call, &RESOURCES, &mut resource);
    Ok(reply::json(call.success(), &show(call, &RESOURCES, &resource, Shape::Changed)))
}
