use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{DOMAINS, is_active};
use crate::entities::keep;
use crate::errors::Outcome;
use crate::reply;
use crate::services::Service;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListDomainVerificationFiles", |call| files(call)),
    ("ReplaceDomainVerificationFiles", replace_files),
    ("CleanupDomains", clean_up),
];

const FILES: &str = "verificationFiles";
const DAY: f64 = 86_400_000.0;

fn files(call: &Call<'_>) -> Outcome<HttpResponse> {
    let domain = call.record(&DOMAINS, call.parameter(0))?;
    Ok(reply::json(call.success(), domain.hidden.get(FILES).unwrap_or(&json!([]))))
}

fn replace_files(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut domain = call.record(&DOMAINS, call.parameter(0))?.clone();
    domain.hidden.insert(FILES.to_owned(), call.body.get(FILES).cloned().unwrap_or_default());
    keep(call, &DOMAINS, &mut domain);
    files(call)
}

/// Deletes domains that have waited for their DNS records for too long.
fn clean_up(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    call.state.services.require(Service::Domains)?;
    let days = call.body.get("staleDays").and_then(Value::as_f64).unwrap_or_default();
    let oldest = call.now as f64 - days * DAY;
    let is_stale = |created: &Value| created.as_f64().is_some_and(|at| at < oldest);
    let domains: Vec<_> = call.state.store.all(&DOMAINS).cloned().collect();
    let (mut deleted, mut active) = (0, 0);
    for domain in domains.iter().filter(|domain| domain.members.get("createdAt").is_some_and(is_stale)) {
        if is_active(domain) {
            active += 1;
        } else {
            call.state.store.remove(&DOMAINS, &domain.id);
            deleted += 1;
        }
    }
    let counts = json!({
        "scannedCount": domains.len(),
        "deletedCount": deleted,
        "skippedActiveCount": active,
        "failedCount": 0,
    });
    Ok(reply::json(call.success(), &counts))
}
