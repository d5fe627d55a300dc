//! Audit logs, and the logs of webhook deliveries.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::errors::{Outcome, Refusal, not_exists_with_id};
use crate::http::reply;
use crate::http::request::Query;
use crate::lists::pages::Page;
use crate::record::text;
use crate::state::logs::Log;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListLogs", |call| list(call, call.state.logs.audit(), Log::shown)),
    ("GetLog", get),
    ("ListHookRecentLogs", recent),
];

/// Milliseconds.
const DAY: i64 = 86_400_000;

fn get(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.parameter(0);
    let log = call.state.logs.get(id).ok_or_else(|| not_exists_with_id("logs", id))?;
    Ok(reply::json(call.success(), &log.shown()))
}

/// Lists the deliveries of a hook: by default, those of the last 24 hours. The server does not check the id.
fn recent(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let spans = ["start_time", "end_time"].iter().any(|name| call.request.query.get(name).is_some());
    let oldest = if spans { i64::MIN } else { call.now.saturating_sub(DAY) };
    let logs = call.state.logs.of_hook(call.parameter(0)).filter(|log| log.created_at > oldest);
    list(call, logs, Log::without_tenant)
}

fn list<'l>(
    call: &Call<'_>,
    logs: impl Iterator<Item = &'l Log>,
    show: impl Fn(&Log) -> Value,
) -> Outcome<HttpResponse> {
    let query = &call.request.query;
    check_window(query)?;
    let found = logs.filter(|log| matches(log, query));
    let Some(page) = Page::of(call.request, call.info.paging)? else {
        return Ok(reply::json(call.success(), &found.map(show).collect()));
    };
    let (shown, total) = page.cut(found);
    let shown = reply::json(call.success(), &shown.into_iter().map(show).collect());
    Ok(page.announce(call.request, total, shown))
}

/// Rejects a time that is not a number, and a window that ends before it starts.
fn check_window(query: &Query) -> Outcome<()> {
    let time = |name: &str| match query.get(name) {
        None => Ok(None),
        Some("") => Ok(Some(0.0)),
        Some(text) => match text.trim().parse::<f64>() {
            Ok(time) if time.is_finite() => Ok(Some(time)),
            _ => Err(Refusal::new(400, "guard.invalid_input", format!("The request {name} is invalid."))),
        },
    };
    match time("start_time")?.zip(time("end_time")?) {
        Some((start, end)) if start > end => Err(Refusal::usual(400, "log.invalid_time_window")),
        _ => Ok(()),
    }
}

fn matches(log: &Log, query: &Query) -> bool {
    let asked = |name| query.get(name).filter(|value| !value.is_empty());
    let is = |name, value: &str| asked(name).is_none_or(|asked| asked == value);
    let time = |name| asked(name).and_then(|value| value.parse::<f64>().ok());
    let created = log.created_at as f64;
    is("userId", text(&log.payload, "userId"))
        && is("applicationId", text(&log.payload, "applicationId"))
        && is("logKey", &log.key)
        && time("start_time").is_none_or(|start| created >= start)
        && time("end_time").is_none_or(|end| created <= end)
}
