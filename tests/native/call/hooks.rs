//! Hooks see every attempt and can change it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use logto_admin::transport::{Hook, HookContext, HttpRequest, HttpResponse, after_fn, before_fn};
use logto_admin::{Error, ErrorKind, Result};
use logto_admin_test_support::ScriptedTransport;

use crate::stage::{Stage, header, ok, status, user};

/// A hook that records requests and responses.
#[derive(Clone, Default)]
struct Watcher {
    seen: Arc<Mutex<Vec<String>>>,
    with_credentials: bool,
}

#[async_trait]
impl Hook for Watcher {
    async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
        let credentials = header(request, "authorization").unwrap_or("none");
        let token_call = if context.token_call { " (token)" } else { "" };
        self.note(format!("{} {}{token_call}: {credentials}", context.operation, context.attempt));
        Ok(())
    }

    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        self.note(format!("{} {}: {}", context.operation, context.attempt, response.status));
        Ok(())
    }

    fn sees_credentials(&self) -> bool {
        self.with_credentials
    }
}

impl Watcher {
    fn note(&self, line: String) {
        self.seen.lock().unwrap().push(line);
    }

    fn watch(&self, answers: impl IntoIterator<Item = HttpResponse>) -> Vec<String> {
        let stage = Stage::set_up(ScriptedTransport::answers(answers), |builder| builder.hook(self.clone()));
        stage.run(stage.client.users().list()).unwrap();
        self.seen.lock().unwrap().clone()
    }
}

#[test]
fn hooks_see_each_attempt_and_the_flagged_token_call() {
    let lines = Watcher::default().watch([status(503), ok("[]")]);
    let expected = [
        "OidcToken 1 (token): [redacted]",
        "OidcToken 1: 200",
        "ListUsers 1: [redacted]",
        "ListUsers 1: 503",
        "ListUsers 2: [redacted]",
        "ListUsers 2: 200",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn hooks_see_credentials_on_request() {
    let watcher = Watcher { with_credentials: true, ..Watcher::default() };
    let lines = watcher.watch([ok("[]")]);
    assert!(lines[0].contains(": Basic ") && lines[2].ends_with(": Bearer token-1"), "{lines:?}");
}

#[test]
fn other_hooks_cannot_change_the_credentials() {
    let hook = before_fn(|request: &mut HttpRequest, _| {
        request.headers.set("authorization", "Bearer another");
        Ok(())
    });
    let stage = Stage::set_up(ScriptedTransport::answers([ok("[]")]), |builder| builder.hook(hook));
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(header(&stage.sent(), "authorization"), Some("Bearer token-1"));
}

#[test]
fn hooks_can_change_requests_and_answers() {
    let stage = Stage::set_up(ScriptedTransport::answers([status(404)]), |builder| {
        builder
            .hook(before_fn(|request, _| {
                request.headers.set("x-hook", "1");
                Ok(())
            }))
            .hook(after_fn(|response, context| {
                if !context.token_call {
                    *response = ok(&user("from-the-hook"));
                }
                Ok(())
            }))
    });
    assert_eq!(stage.run(stage.client.users().get("u1")).unwrap().id, "from-the-hook");
    assert_eq!(header(&stage.sent(), "x-hook"), Some("1"));
}

#[test]
fn before_hooks_run_in_registration_order() {
    let append = |letter: &'static str| {
        before_fn(move |request: &mut HttpRequest, _| {
            let so_far = header(request, "x-order").unwrap_or_default().to_owned();
            request.headers.set("x-order", so_far + letter);
            Ok(())
        })
    };
    let transport = ScriptedTransport::answers([ok("[]")]);
    let stage = Stage::set_up(transport, |builder| builder.hook(append("a")).hook(append("b")).hook(append("c")));
    stage.run(stage.client.users().list()).unwrap();
    assert_eq!(header(&stage.sent(), "x-order"), Some("abc"));
}

#[test]
fn after_hooks_run_in_registration_order() {
    let append = |letter: &'static str| {
        after_fn(move |response: &mut HttpResponse, _| {
            let so_far = response.headers.get("x-order").unwrap_or_default().to_owned();
            response.headers.set("x-order", so_far + letter);
            Ok(())
        })
    };
    let transport = ScriptedTransport::answers([ok("[]")]);
    let stage = Stage::set_up(transport, |builder| builder.hook(append("a")).hook(append("b")).hook(append("c")));
    let answer = stage.run(stage.client.users().list().raw()).unwrap();
    assert_eq!(answer.headers.get("x-order"), Some("abc"));
}

#[test]
fn errors_of_after_hooks_end_the_call_without_a_retry() {
    let hook = after_fn(|response: &mut HttpResponse, _| match response.status {
        503 => Err(Error::new(ErrorKind::Hook, "not with this server")),
        _ => Ok(()),
    });
    let stage = Stage::set_up(ScriptedTransport::answers([status(503)]), |builder| builder.hook(hook));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.kind(), error.message(), error.attempts()), (ErrorKind::Hook, "not with this server", 1));
    assert_eq!(error.stop_reason(), Some(logto_admin::StopReason::Final));
}

#[test]
fn errors_of_hooks_on_the_token_call_are_token_errors() {
    let hook = before_fn(|_: &mut HttpRequest, _| Err(Error::new(ErrorKind::Hook, "not on Sundays")));
    let stage = Stage::silent_with(|builder| builder.hook(hook));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!((error.kind(), error.attempts(), stage.sends()), (ErrorKind::Token, 0, 0));
    assert!(error.message().contains("not on Sundays"), "{error}");
}

#[test]
fn errors_of_before_hooks_end_the_call_before_it_is_sent() {
    let hook = before_fn(|_: &mut HttpRequest, context| match context.token_call {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Hook, "not on Sundays")),
    });
    let stage = Stage::silent_with(|builder| builder.hook(hook));
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!(
        (error.kind(), error.message(), error.operation()),
        (ErrorKind::Hook, "not on Sundays", Some("ListUsers"))
    );
}
