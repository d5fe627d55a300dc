//! The clients and their calls, by number. Functions of the host end the calls: `resolve`, `resolve_token` and `reject`.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use logto_admin::hosted::{
    Begun, HostedCall, HostedClient, HostedClientOptions, HostedTokenCalls, HostedTokens, root_kind,
};
use logto_admin::operation::Authentication;
use logto_admin::token::{AccessToken, TokenKind};
use logto_admin::{Error, ErrorKind, RateLimit, RetryPolicy, StopReason};
use wasm_bindgen::prelude::*;

use crate::runtime::{HostAttempt, HostRequest, HostRuntime};
use crate::tokens::{HostSlot, HostTokens};
use crate::{host, tasks};

/// A client, and the settings of its attempts.
#[derive(Clone)]
struct Known {
    client: HostedClient,
    timeout: Option<Duration>,
    ambient_cookies: bool,
    runtime: HostRuntime,
}

/// A client in the list, with the number of the task that keeps its token fresh.
struct Entry {
    number: u32,
    known: Known,
    refresher: Option<u32>,
}

thread_local! {
    static CLIENTS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

fn get(client: u32) -> Option<Known> {
    CLIENTS.with_borrow(|clients| clients.iter().find(|entry| entry.number == client).map(|entry| entry.known.clone()))
}

/// Removes a client. What it has in progress fails when it next needs the host.
#[wasm_bindgen]
pub fn release(client: u32) {
    stop_keeping_fresh(client);
    let removed = CLIENTS.with_borrow_mut(|clients| {
        let at = clients.iter().position(|entry| entry.number == client)?;
        Some(clients.swap_remove(at))
    });
    drop(removed);
    tasks::run();
}

/// Adds a client with this number, which no other client has had. The host has checked the settings. Times are in
/// milliseconds; a negative time means no limit. NaN and empty texts mean the default.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
pub fn configure(
    client: u32,
    scope: String,
    source_kind: u32,
    token_kind: u32,
    renewable: bool,
    custom_store: bool,
    timeout: f64,
    total_timeout: f64,
    retries: f64,
    retry_base: f64,
    retry_longest: f64,
    retry_total: f64,
    limit: u32,
    limit_per: f64,
    ambient_cookies: bool,
    isolates_requests: bool,
) {
    let runtime = HostRuntime { isolates_requests };
    let timeout = duration(timeout);
    let token_attempt = HostAttempt { request: HostRequest::Token(client), spent: Duration::ZERO, timeout, runtime };
    let options = HostedClientOptions {
        tokens: tokens(client, source_kind, token_kind, renewable, token_attempt),
        slot: if custom_store { Some(Box::new(HostSlot { client })) } else { None },
        scope: Some(scope).filter(|scope| !scope.is_empty()),
        total_timeout: duration(total_timeout),
        retry: retry(retries, retry_base, retry_longest, retry_total),
        limit: duration(limit_per).map(|per| RateLimit::new(limit, per)),
        runtime: Arc::new(runtime),
    };
    let configured = Known { client: HostedClient::new(options), timeout, ambient_cookies, runtime };
    let entry = Entry { number: client, known: configured, refresher: None };
    CLIENTS.with_borrow_mut(|clients| clients.push(entry));
}

/// Returns where access tokens come from. `source`: 0 none, 1 a function of the user, 2 requests that the host writes.
/// `token`: 0 tokens of the Management API, 1 of a user, 2 unknown.
fn tokens(client: u32, source: u32, token: u32, renewable: bool, attempt: HostAttempt) -> Option<HostedTokens> {
    let kind = match token {
        0 => TokenKind::Management,
        1 => TokenKind::User,
        _ => TokenKind::Unknown,
    };
    match source {
        0 => None,
        1 => Some(HostedTokens::Function(Box::new(HostTokens { client }))),
        _ => Some(HostedTokens::Endpoint(HostedTokenCalls { kind, renewable, attempt: Box::new(attempt) })),
    }
}

/// Keeps the client's token fresh. Renews it at least every `interval` milliseconds if that is above 0. Does nothing
/// where keeping it fresh is not possible: the host has reported it.
#[wasm_bindgen]
pub fn keep_fresh(client: u32, interval: f64) {
    let Some(known) = get(client) else { return };
    let interval = duration(interval).filter(|interval| !interval.is_zero());
    set_refresher(client, known.client.keep_fresh(interval).map(tasks::spawn));
}

/// Stops keeping the client's token fresh.
#[wasm_bindgen]
pub fn stop_keeping_fresh(client: u32) {
    set_refresher(client, None);
}

/// Replaces the task that keeps the client's token fresh.
fn set_refresher(client: u32, refresher: Option<u32>) {
    let replaced = CLIENTS.with_borrow_mut(|clients| {
        let entry = clients.iter_mut().find(|entry| entry.number == client)?;
        std::mem::replace(&mut entry.refresher, refresher)
    });
    if let Some(task) = replaced {
        tasks::cancel(task);
    }
    tasks::run();
}

/// A duration in milliseconds, rounded up; `None` if it is negative or NaN.
fn duration(milliseconds: f64) -> Option<Duration> {
    (milliseconds >= 0.0).then_some(Duration::from_millis(milliseconds.ceil() as u64))
}

/// The policy for a maximum number of retries, and times in milliseconds. NaN means the default.
fn retry(retries: f64, base: f64, longest: f64, total: f64) -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    if retries >= 0.0 {
        policy.attempts = (retries as u32).saturating_add(1);
    }
    policy.base = duration(base).unwrap_or(policy.base);
    policy.longest = duration(longest).unwrap_or(policy.longest);
    policy.total = duration(total).unwrap_or(policy.total);
    policy
}

/// Starts a call, and returns the number of its task. NaN means the client's setting, or for the retries their default: the
/// host has already applied the client's policy. `begun_with` is the token of an attempt that the host started `spent`
/// milliseconds ago, or empty.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would need more glue than it explains")]
pub fn call(
    client: u32,
    call: u32,
    authentication: u32,
    idempotent: bool,
    authorization: bool,
    cookies: bool,
    timeout: f64,
    total_timeout: f64,
    retries: f64,
    retry_base: f64,
    retry_longest: f64,
    retry_total: f64,
    spent: f64,
    begun_with: String,
) -> u32 {
    let Some(known) = get(client) else { return u32::MAX };
    let spent = duration(spent).unwrap_or_default();
    let begun = if begun_with.is_empty() { None } else { Some(Begun { spent, token: AccessToken::new(begun_with) }) };
    let request = HostedCall {
        authentication: parse_authentication(authentication),
        idempotent,
        authorization,
        cookies: cookies || known.ambient_cookies,
        total_timeout: duration(total_timeout),
        retry: retry(retries, retry_base, retry_longest, retry_total),
        begun,
    };
    let timeout = duration(timeout).or(known.timeout);
    let attempt = Box::new(HostAttempt { request: HostRequest::Call(call), spent, timeout, runtime: known.runtime });
    let client = known.client.clone();
    let work = known.client.call(request, attempt);
    start(async move {
        match work.await {
            Ok(()) => host::resolve(call, client.fresh_until().as_secs() as f64 * 1000.0),
            Err(error) => reject(call, &error),
        }
    })
}

/// Starts a call for the access token, and returns the number of its task.
#[wasm_bindgen]
pub fn access_token(client: u32, call: u32, renew: bool) -> u32 {
    let Some(known) = get(client) else { return u32::MAX };
    let work = known.client.token(renew);
    start(async move {
        match work.await {
            Ok(token) => host::resolve_token(call, token.secret()),
            Err(error) => reject(call, &error),
        }
    })
}

/// Cancels a call by the number of its task.
#[wasm_bindgen]
pub fn cancel(task: u32) {
    tasks::cancel(task);
    tasks::run();
}

fn start(work: impl Future<Output = ()> + Send + 'static) -> u32 {
    let task = tasks::spawn(Box::pin(work));
    tasks::run();
    task
}

fn reject(call: u32, error: &Error) {
    host::reject(
        call,
        error.kind() == ErrorKind::Token,
        kind(root_kind(error)),
        error.message(),
        error.status().unwrap_or(0),
        error.code().unwrap_or_default(),
        error.hint().unwrap_or_default(),
        error.attempts(),
        error.stop_reason().map_or("", stop_reason),
    )
}

/// Returns the host's name of a kind. The host maps it to a class.
fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Api => "api",
        ErrorKind::Token => "token",
        ErrorKind::Authentication => "auth",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Connect | ErrorKind::Transport => "connection",
        ErrorKind::Decode => "decode",
        ErrorKind::Input | ErrorKind::Config => "input",
        ErrorKind::TooLarge => "large",
        _ => "other",
    }
}

fn stop_reason(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Final => "final",
        StopReason::NotIdempotent => "not-idempotent",
        StopReason::Attempts => "attempts",
        StopReason::Time => "time",
        _ => "",
    }
}

/// The kinds in the order of the host's list.
fn parse_authentication(kind: u32) -> Authentication {
    match kind {
        0 => Authentication::Management,
        1 => Authentication::User,
        2 => Authentication::Session,
        3 => Authentication::None,
        _ => Authentication::Any,
    }
}
