//! Calls: begun by the host, ended by its functions `done` and `failed`.

use logto_admin::binding::{GenericRequest, Work};
use logto_admin::operation::Authentication;
use logto_admin::token::AccessToken;
use logto_admin::{Error, ErrorKind, StopReason};
use wasm_bindgen::prelude::*;

use crate::operations::Outcome;
use crate::{clients, host, operations, tasks};

/// Begins a request, and gives the number by which it can be cancelled. What is NaN is as the client has it.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
pub fn request(
    client: u32,
    call: u32,
    authentication: u32,
    idempotent: bool,
    has_authorization: bool,
    has_cookies: bool,
    timeout: f64,
    total_timeout: f64,
    retries: f64,
) -> u32 {
    let Some(client) = clients::get(client) else { return u32::MAX };
    let request = GenericRequest {
        authentication: parse_authentication(authentication),
        idempotent,
        has_authorization,
        has_cookies,
        timeout: clients::duration(timeout),
        total_timeout: clients::duration(total_timeout),
        retry: clients::retry(retries),
    };
    begin(call, client.generic(request))
}

/// Begins to get the access token, and gives the number by which that can be cancelled.
#[wasm_bindgen]
pub fn access_token(client: u32, call: u32, force: bool) -> u32 {
    let Some(client) = clients::get(client) else { return u32::MAX };
    begin(call, client.token(force))
}

/// Drops a call.
#[wasm_bindgen]
pub fn cancel(task: u32) {
    tasks::cancel(task);
    tasks::run();
}

/// Ends an operation of the host.
#[wasm_bindgen]
pub fn settle(operation: u32, number: f64, text: String, body: String, retry_after: f64) {
    operations::settle(operation, Outcome { number, text, body, retry_after });
    tasks::run();
}

/// Panics, as a mistake in the module would; for tests of what follows.
#[wasm_bindgen]
#[allow(clippy::panic, reason = "that is what it is for")]
pub fn trap() {
    panic!("asked for");
}

fn begin(call: u32, work: Work) -> u32 {
    let task = tasks::spawn(
        call,
        Box::pin(async move {
            match work.await {
                Ok(token) => host::done(call, token.as_ref().map_or("", AccessToken::secret)),
                Err(error) => fail(call, &error),
            }
        }),
    );
    tasks::run();
    task
}

fn fail(call: u32, error: &Error) {
    host::failed(
        call,
        kind(error.kind()),
        error.message(),
        error.status().unwrap_or(0),
        error.code().unwrap_or_default(),
        error.hint().unwrap_or_default(),
        error.attempts(),
        error.stop_reason().map_or("", stopped),
    )
}

/// A letter for each kind; the host has the class.
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

fn stopped(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Final => "final",
        StopReason::NotIdempotent => "not-idempotent",
        StopReason::Attempts => "attempts",
        StopReason::Time => "time",
        _ => "",
    }
}

/// By its place in the host's list.
fn parse_authentication(kind: u32) -> Authentication {
    match kind {
        0 => Authentication::Management,
        1 => Authentication::User,
        2 => Authentication::Session,
        3 => Authentication::None,
        _ => Authentication::Any,
    }
}
