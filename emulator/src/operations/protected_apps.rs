//! Custom domains of protected applications.

use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::{Call, stored};
use crate::collections::APPLICATIONS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::collection_operations::keep;
use crate::record::Record;
use crate::rules::{protected_apps, protected_only};
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListApplicationProtectedAppMetadataCustomDomains", |call| {
        let domains = protected_apps::custom_domains(&application(call)?);
        Ok(reply::json(call.success(), &domains.into()))
    }),
    ("CreateApplicationProtectedAppMetadataCustomDomain", add),
    ("DeleteApplicationProtectedAppMetadataCustomDomain", remove),
];

/// Rejects an unknown application in the path, and one that is not protected.
pub(super) fn check(parameters: &[String], state: &State) -> Outcome<()> {
    let id = parameters.first().map(String::as_str).unwrap_or_default();
    let application = stored(state, &APPLICATIONS, id)?;
    if application.text("type") == "Protected" { Ok(()) } else { Err(protected_only(422)) }
}

/// Returns the application in the path, which was checked.
fn application(call: &Call<'_>) -> Outcome<Record> {
    call.record(&APPLICATIONS, call.parameter(0)).cloned()
}

fn add(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = application(call)?;
    let mut domains = protected_apps::custom_domains(&application);
    if !domains.is_empty() {
        let message = "You can only have one custom domain.";
        return Err(Refusal::new(422, "domain.limit_to_one_domain", message));
    }
    let name = call.text("domain").to_owned();
    let has = |other: &Record| {
        protected_apps::custom_domains(other).iter().any(|domain| protected_apps::name(domain) == name)
    };
    if call.state.store.all(&APPLICATIONS).any(has) {
        let message = "Another application has this domain.";
        return Err(Refusal::new(422, "domain.hostname_already_exists", message));
    }
    let id = call.state.ids.hexadecimal(32);
    domains.push(protected_apps::custom_domain(&name, &id));
    protected_apps::set_custom_domains(&mut application, domains);
    keep(call, &APPLICATIONS, &mut application);
    Ok(reply::word(call.success()))
}

fn remove(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = application(call)?;
    let mut domains = protected_apps::custom_domains(&application);
    let count = domains.len();
    domains.retain(|domain| protected_apps::name(domain) != call.last_parameter());
    if domains.len() == count {
        let message = "Custom domain not found.";
        return Err(Refusal::new(404, "application.custom_domain_not_found", message));
    }
    protected_apps::set_custom_domains(&mut application, domains);
    keep(call, &APPLICATIONS, &mut application);
    Ok(reply::nothing(call.success()))
}
