use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::USERS;
use crate::dates;
use crate::errors::Outcome;
use crate::http::reply;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GetTotalUserCount", total), ("GetNewUserCounts", new_users), ("GetActiveUserCounts", active_users)];

const WEEK: i64 = 7;
const MONTH: i64 = 30;

fn total(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let count = call.state.store.count(&USERS);
    Ok(reply::json(call.success(), &json!({ "totalUserCount": count })))
}

/// Returns a count, and its difference from the count of the period before.
fn compared(count: usize, before: usize) -> Value {
    json!({ "count": count, "delta": count as i64 - before as i64 })
}

fn new_users(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let times = call.state.store.all(&USERS).filter_map(|user| user.members.get("createdAt")?.as_i64());
    let days: Vec<i64> = times.map(dates::day).collect();
    let today = dates::day(call.now);
    let count = |last: i64, length: i64| days.iter().filter(|day| **day <= last && **day > last - length).count();
    let answer = json!({
        "today": compared(count(today, 1), count(today - 1, 1)),
        "last7Days": compared(count(today, WEEK), count(today - WEEK, WEEK)),
    });
    Ok(reply::json(call.success(), &answer))
}

/// Counts the users who received a token, up to a date.
fn active_users(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let date = call.request.query.get("date").and_then(dates::parse);
    let last = date.unwrap_or_else(|| dates::day(call.now));
    let count = |last: i64, length: i64| call.state.activity.count(last - length + 1, last);
    let curve = (last - MONTH + 1..=last).map(|day| json!({ "date": dates::date(day), "count": count(day, 1) }));
    let answer = json!({
        "dauCurve": curve.collect::<Vec<_>>(),
        "dau": compared(count(last, 1), count(last - 1, 1)),
        "wau": compared(count(last, WEEK), count(last - WEEK, WEEK)),
        "mau": compared(count(last, MONTH), count(last - MONTH, MONTH)),
    });
    Ok(reply::json(call.success(), &answer))
}
