//! Calls: started by the host, and ended by its functions `resolve` and `reject`.

use logto_admin::binding::{Begun, HostedCall, root_kind};
use logto_admin::operation::Authentication;
use logto_admin::token::AccessToken;
use logto_admin::{Error, ErrorKind, StopReason};
use wasm_bindgen::prelude::*;

use crate::attempt::{HostAttempt, HostRequest};
use crate::{clients, host, tasks};

/// Starts a call, and returns the number of its task. NaN stands for the setting of the client, and for the default of
/// retries and their times, which the host takes from the client. The host has begun the
/// first attempt `spent` milliseconds ago with the token `begun_with`, unless that is empty.
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
    let Some(known) = clients::get(client) else { return u32::MAX };
    let spent = clients::duration(spent).unwrap_or_default();
    let begun = if begun_with.is_empty() { None } else { Some(Begun { spent, token: AccessToken::new(begun_with) }) };
    let request = HostedCall {
        authentication: parse_authentication(authentication),
        idempotent,
        authorization,
        cookies: cookies || known.ambient_cookies,
        total_timeout: clients::duration(total_timeout),
        retry: clients::retry(retries, retry_base, retry_longest, retry_total),
        begun,
    };
    let timeout = clients::duration(timeout).or(known.timeout);
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
    let Some(known) = clients::get(client) else { return u32::MAX };
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
