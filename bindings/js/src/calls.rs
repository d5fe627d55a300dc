//! Calls: begun by the host, ended by its functions `done` and `failed`.

use futures_util::future::BoxFuture;
use logto_admin::binding::GenericRequest;
use logto_admin::operation::Authentication;
use logto_admin::transport::Method;
use logto_admin::{Error, ErrorKind, StopReason};
use wasm_bindgen::prelude::*;

use crate::operations::Outcome;
use crate::{clients, headers, host, operations, tasks};

/// Begins a request, and gives the number by which it can be cancelled. What is NaN is as the client has it.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments, reason = "an object would cost more glue than it explains")]
pub fn request(
    client: u32,
    call: u32,
    method: &str,
    path: String,
    query: String,
    header_lines: &str,
    authentication: &str,
    idempotent: bool,
    timeout: f64,
    total_timeout: f64,
    retries: f64,
) -> u32 {
    let (method, authentication) = (parse_method(method), parse_authentication(authentication));
    let headers = headers::parse(header_lines);
    let (timeout, total_timeout) = (clients::duration(timeout), clients::duration(total_timeout));
    let retry = clients::retry(retries);
    let Some(client) = clients::get(client) else { return u32::MAX };
    begin(
        call,
        Box::pin(async move {
            let (path, query) = (path.as_str(), query.as_str());
            let request = GenericRequest {
                method,
                path,
                query,
                headers,
                authentication,
                idempotent,
                timeout,
                total_timeout,
                retry,
            };
            client.generic(request).await.map(|_| String::new())
        }),
    )
}

/// Begins to get the access token, and gives the number by which that can be cancelled.
#[wasm_bindgen]
pub fn access_token(client: u32, call: u32, force: bool) -> u32 {
    let Some(client) = clients::get(client) else { return u32::MAX };
    begin(
        call,
        Box::pin(async move {
            let token = if force { client.renewed_access_token().await } else { client.access_token().await };
            token.map(|token| token.secret().to_owned())
        }),
    )
}

/// Drops a call.
#[wasm_bindgen]
pub fn cancel(task: u32) {
    tasks::cancel(task);
    tasks::run();
}

/// Ends an operation of the host.
#[wasm_bindgen]
pub fn settle(operation: u32, number: f64, text: String, body: String) {
    operations::settle(operation, Outcome { number, text, body });
    tasks::run();
}

/// Panics, as a mistake in the module would; for tests of what follows.
#[wasm_bindgen]
#[allow(clippy::panic, reason = "that is what it is for")]
pub fn trap() {
    panic!("asked for");
}

/// Boxed, so that what tells the host how it ended is there once.
fn begin(call: u32, work: BoxFuture<'static, Result<String, Error>>) -> u32 {
    let task = tasks::spawn(
        call,
        Box::pin(async move {
            match work.await {
                Ok(text) => host::done(call, &text),
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

fn parse_method(method: &str) -> Method {
    match method {
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        "HEAD" => Method::Head,
        "OPTIONS" => Method::Options,
        _ => Method::Get,
    }
}

/// As the table of operations of the host has it.
fn parse_authentication(kind: &str) -> Authentication {
    match kind {
        "m" => Authentication::Management,
        "u" => Authentication::User,
        "s" => Authentication::Session,
        "n" => Authentication::None,
        _ => Authentication::Any,
    }
}
