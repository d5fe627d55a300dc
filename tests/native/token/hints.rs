//! Hints for the recorded errors of a real token endpoint.

use logto_admin::ErrorKind;
use logto_admin::transport::HttpResponse;

use crate::stage::Stage;

fn refusal(status: u16, error: &str, description: &str) -> HttpResponse {
    let body = serde_json::json!({
        "code": format!("oidc.{error}"), "message": "-", "error": error, "error_description": description,
    });
    HttpResponse::json(status, body.to_string())
}

#[test]
fn common_mistakes_have_hints() {
    for (status, code, description, advice) in [
        (401, "invalid_client", "client authentication failed", "compare the application secret"),
        (400, "invalid_client", "invalid client nosuch", "check the application id"),
        (400, "invalid_target", "resource indicator is missing, or unknown", "https://default.logto.app/api"),
        (400, "invalid_target", "both `resource` and `organization_id` are not provided", "check the resource"),
        (403, "access_denied", "app has not associated with the organization", "member of the organization"),
        (400, "unsupported_grant_type", "unsupported grant_type requested", "machine-to-machine"),
        (400, "unauthorized_client", "requested grant type is not allowed for this client", "allow a token exchange"),
        (400, "unauthorized_client", "no such grant", "machine-to-machine"),
        (400, "invalid_redirect_uri", "redirect_uris must contain members", "of type machine-to-machine"),
        (400, "invalid_redirect_uri", "redirect_uris must contain members", "add a redirect URI"),
        (400, "invalid_target", "resource indicator is missing, or unknown", "existing resource of your own"),
        (400, "invalid_grant", "subject token not found", "a subject token can be exchanged once"),
        (400, "invalid_grant", "subject token not found", "as a personal access token"),
        (400, "invalid_request", "requested grant type is not allowed for this client", "allow a token exchange"),
    ] {
        let answer = refusal(status, code, description);
        let stage = Stage::answering(move |_| answer.clone());
        let error = stage.call().unwrap_err();
        assert_eq!((error.kind(), error.status(), error.code()), (ErrorKind::Token, Some(status), Some(code)));
        assert!(error.message().contains(description), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains(advice)), "{error}");
        assert!(stage.sent_tokens().is_empty(), "the API should not be called without a token");
    }
}

#[test]
fn a_redirecting_endpoint_has_a_hint_about_the_address() {
    for (status, content_type) in [(301, "text/plain"), (302, "text/html"), (308, "text/html; charset=utf-8")] {
        let stage = Stage::answering(move |_| {
            let answer = HttpResponse::new(status).header("content-type", content_type);
            answer.header("location", "https://a.example/")
        });
        let error = stage.call().unwrap_err();
        assert!(error.hint().is_some_and(|hint| hint.contains("scheme and host")), "{status}: {error}");
    }
}

#[test]
fn unknown_errors_have_no_hint() {
    let stage = Stage::answering(|_| refusal(400, "invalid_request", "no client authentication mechanism provided"));
    assert_eq!(stage.call().unwrap_err().hint(), None);
}
