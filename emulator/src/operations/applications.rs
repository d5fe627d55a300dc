use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::users::merged;
use crate::call::Call;
use crate::collections::{APPLICATIONS, RESOURCES, built_in_application};
use crate::errors::{Outcome, Refusal, not_exists};
use crate::http::reply;
use crate::operations::collection_operations::{self, Verb, keep, show};
use crate::rules::Shape;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetApplication", get),
    ("UpdateApplicationCustomData", add_custom_data),
    ("DeleteApplicationLegacySecret", |call| Err(no_legacy_secret(call))),
    ("UpdateResourceIsDefault", make_default),
];

fn get(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let Some(built_in) = built_in_application(call.parameter(0)) else {
        return collection_operations::run(call, &APPLICATIONS, Verb::Get);
    };
    let mut shown = built_in.record().members;
    shown.insert("secret".to_owned(), "N/A".into());
    shown.insert("isAdmin".to_owned(), false.into());
    Ok(reply::json(call.success(), &shown.to_value()))
}

/// Applications of old releases have a secret of their own.
fn no_legacy_secret(call: &Call<'_>) -> Refusal {
    let message = "The application does not have a legacy secret.";
    let none = || Refusal::new(400, "application.no_legacy_secret_found", message);
    call.record(&APPLICATIONS, call.parameter(0)).map_or_else(|unknown| unknown, |_| none())
}

/// The body itself is the custom data.
fn add_custom_data(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application =
        call.state.store.get(&APPLICATIONS, call.parameter(0)).ok_or_else(|| not_exists("applications"))?.clone();
    let sent = Value::Object(call.body.clone());
    let merged = merged(&application, "customData", Some(&sent));
    application.members.insert("customData".to_owned(), merged.clone());
    keep(call, &APPLICATIONS, &mut application);
    Ok(reply::json(call.success(), &merged))
}

/// At most one resource is the default.
fn make_default(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut resource =
        call.state.store.get(&RESOURCES, call.parameter(0)).ok_or_else(|| not_exists("resources"))?.clone();
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
