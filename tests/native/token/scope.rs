//! Tokens with less than the requested scope.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_admin::ClientBuilder;
use logto_admin::token::{AccessToken, TokenContext, TokenError, TokenSource};
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport};

use crate::stage::Stage;

/// A client whose token has this `scope` and whose API returns 403.
pub(crate) fn granted(scope: Option<&'static str>, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Stage {
    let transport = ScriptedTransport::new(move |_, options| {
        let scope = scope.map_or_else(String::new, |scope| format!(r#","scope":"{scope}""#));
        let answer = if options.token_call {
            HttpResponse::json(200, format!(r#"{{"access_token":"t","expires_in":3600{scope}}}"#))
        } else {
            HttpResponse::json(403, r#"{"code":"auth.forbidden","message":"no"}"#)
        };
        async { Ok(answer) }
    });
    Stage::set_up(&FakeRuntime::new(), transport, settings)
}

fn hint(scope: Option<&'static str>, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> String {
    let stage = granted(scope, settings);
    let error = stage.call().unwrap_err();
    assert!(error.is_forbidden());
    error.hint().unwrap_or_default().to_owned()
}

const LACKS: &str = "the scope that the token lacks";

#[test]
fn a_403_with_a_missing_scope_hints_at_the_scope() {
    assert!(hint(None, |builder| builder).contains(LACKS));
    assert!(hint(Some(""), |builder| builder).contains(LACKS));
    assert!(hint(Some("read"), |builder| builder.scope("read write")).contains(LACKS));
}

#[test]
fn a_403_with_the_requested_scope_does_not_hint_at_the_scope() {
    for (granted, asked) in [
        ("all", Some("all")),
        ("read all", Some("all")),
        ("write read", Some("read write")),
        ("x", Some("x")),
        ("", None),
    ] {
        let hint = hint(Some(granted), |builder| builder.scope(asked));
        assert!(!hint.contains(LACKS), "{granted} {asked:?}: {hint}");
    }
    assert!(!hint(None, |builder| builder.scope(None)).contains(LACKS));
}

#[test]
fn the_granted_scope_is_compared_with_the_requested_scope() {
    let hint = hint(Some("users:read"), |builder| builder.scope("users:read"));
    assert!(!hint.contains(LACKS), "{hint}");
}

#[test]
fn fixed_tokens_with_unknown_scope_have_no_scope_hint() {
    assert!(!hint(None, |builder| builder.access_token("mine")).contains(LACKS));
}

#[test]
fn tokens_report_their_missing_scope() {
    let stage = granted(Some("write"), |builder| builder.scope("read write"));
    let token = stage.token().unwrap();
    assert_eq!((token.granted_scope(), token.missing_scope()), (Some("write"), Some("read")));
    assert_eq!(token.lifetime(), Some(Duration::from_secs(3600)));
}

/// A source that notes which scope it is asked for.
struct Asked(Arc<Mutex<Vec<Option<String>>>>);

#[async_trait::async_trait]
impl TokenSource for Asked {
    async fn fetch(&self, context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        self.0.lock().unwrap().push(context.scope().map(str::to_owned));
        Ok(AccessToken::new("token"))
    }
}

#[test]
fn custom_sources_are_asked_for_the_scope_of_the_client_or_that_of_the_management_api() {
    let asked = Arc::default();
    let ask = |settings: fn(ClientBuilder) -> ClientBuilder| {
        let source = Asked(Arc::clone(&asked));
        granted(None, |builder| settings(builder.token_source(source))).token().unwrap();
        asked.lock().unwrap().pop().flatten()
    };
    assert_eq!(ask(|builder| builder).as_deref(), Some("all"));
    assert_eq!(ask(|builder| builder.scope("read")).as_deref(), Some("read"));
    assert_eq!(ask(|builder| builder.scope(None)), None);
}
