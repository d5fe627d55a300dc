//! `Retry-After` is seconds or a date. It never lets a call wait longer than its policy allows.

use std::time::{Duration, SystemTime};

use logto_admin::RetryPolicy;
use logto_admin::runtime::Runtime;
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};

use crate::fields::{Fields, joined};

pub fn seeds() -> Vec<Vec<u8>> {
    let values = [
        "0",
        "120",
        " 7 ",
        "4294967296",
        "99999999999999999999999999999999999999999999",
        "-1",
        "1.5",
        "soon",
        "",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Wed, 18 Nov 2026 11:20:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    ["429", "503", "500"].iter().flat_map(|status| values.map(|value| joined(&[status, value]))).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    let status = fields.text().parse().ok().filter(|status| matches!(status, 408 | 429 | 500..=504)).unwrap_or(429);
    let value = fields.text();
    is_read_as_specified(status, &value);
    is_bounded(status, &value);
}

fn answer(status: u16, value: &str) -> HttpResponse {
    HttpResponse::json(status, "{}").header("retry-after", value.to_owned())
}

fn is_read_as_specified(status: u16, value: &str) {
    let runtime = FakeRuntime::new();
    let transport = ScriptedTransport::answers([answer(status, value)]);
    let client = builder(&transport, &runtime).retry(RetryPolicy::NEVER).build().expect("the settings are valid");
    let error = runtime.run(async { client.users().list().await }).expect_err("the server rejects the call");
    assert_eq!(error.retry_after(), expected(value, &runtime), "{value:?}");
}

/// The wait that the specification defines.
fn expected(value: &str, runtime: &FakeRuntime) -> Option<Duration> {
    let value = value.trim_ascii();
    if !value.is_empty() && value.chars().all(|digit| digit.is_ascii_digit()) {
        let seconds = value.parse().unwrap_or(u64::MAX).min(u32::MAX.into());
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let now = SystemTime::from(runtime.now());
    Some(date.duration_since(now).unwrap_or_default())
}

fn is_bounded(status: u16, value: &str) {
    let runtime = FakeRuntime::new();
    let text = value.to_owned();
    let transport = ScriptedTransport::api(move |_| answer(status, &text));
    let policy = RetryPolicy::default();
    let client = builder(&transport, &runtime).retry(policy).rate_limit(None).build().expect("the settings are valid");
    let error = runtime.run(async { client.users().list().await }).expect_err("the server rejects the call");
    assert!(runtime.monotonic() <= policy.total, "{value:?}: {:?}", runtime.monotonic());
    assert_eq!(transport.api_calls().len() as u32, error.attempts());
    assert!(error.attempts() <= policy.attempts, "{value:?}: {error}");
}
