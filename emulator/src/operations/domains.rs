use std::collections::BTreeSet;

use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpResponse;
use serde::de::IgnoredAny;

use super::Handler;
use crate::call::Call;
use crate::collections::DOMAINS;
use crate::document::validate::refuse_body;
use crate::document::validation_issues::Issue;
use crate::errors::Outcome;
use crate::http::reply;
use crate::http::request::Incoming;
use crate::operations::collection_operations::keep;
use crate::rules::is_active;
use crate::state::State;
use crate::state::services::Service;

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
    check_files(call)?;
    let mut domain = call.record(&DOMAINS, call.parameter(0))?.clone();
    domain.hidden.insert(FILES.to_owned(), call.sent().remove(FILES).unwrap_or_default());
    keep(call, &DOMAINS, &mut domain);
    files(call)
}

/// Rejects files that share a path, and files of type JSON with other content.
fn check_files(call: &Call<'_>) -> Outcome<()> {
    let files = call.body.get(FILES).and_then(Value::as_array).into_iter().flatten();
    let mut paths = BTreeSet::new();
    let mut issues = Vec::new();
    for (index, file) in files.enumerate() {
        let text = |name| file.get(name).and_then(Value::as_str).unwrap_or_default();
        let at = |member: &str| vec![FILES.into(), index.into(), member.into()];
        if text("contentType") == "application/json" && serde_json::from_str::<IgnoredAny>(text("content")).is_err() {
            issues.push(Issue::custom("The content must be JSON.", &at("content")));
        }
        if !paths.insert(text("path")) {
            issues.push(Issue::custom("The paths of verification files must differ.", &at("path")));
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(refuse_body(issues)) }
}

/// Returns the verification file that a custom domain serves at this path.
pub(crate) fn verification_file(request: &Incoming, state: &State) -> Option<HttpResponse> {
    let host = request.origin.split("://").last()?;
    let domain = state.store.all(&DOMAINS).find(|domain| domain.text("domain") == host)?;
    let files = domain.hidden.get(FILES)?.as_array()?;
    let file = files.iter().find(|file| file.get("path").and_then(Value::as_str) == Some(&request.path))?;
    let text = |name| file.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(HttpResponse::new(200).header("content-type", text("contentType")?).body(text("content")?))
}

/// Deletes domains that have waited for their DNS records for too long.
fn clean_up(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    call.state.services.require(Service::Domains)?;
    let days = call.body.get("staleDays").and_then(Value::as_f64).unwrap_or_default();
    let oldest = call.now as f64 - days * DAY;
    let is_stale = |created: &Value| created.as_f64().is_some_and(|at| at < oldest);
    let domains: Vec<_> = call.state.store.all(&DOMAINS).cloned().collect();
    let (mut deleted, mut active) = (0, 0);
    for domain in &domains {
        if is_active(domain) {
            active += 1;
        } else if domain.members.get("createdAt").is_some_and(is_stale) {
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
