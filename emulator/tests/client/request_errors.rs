//! The errors of authorization requests and of `/oidc/me`.

use logto_admin::Result;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, CALLBACK, CHALLENGE, PASSWORD, ada, location};

fn body(response: &HttpResponse) -> Value {
    serde_json::from_str(&response.body.text()).unwrap()
}

/// Requests an authorization with these parameters. Returns the description of the error.
fn description(browser: &mut Browser, query: &str) -> String {
    let client = &browser.application;
    let target = location(&browser.get(&format!("/oidc/auth?client_id={client}&redirect_uri={CALLBACK}&{query}")));
    browser.follow(&target).remove("error_description").unwrap_or(target)
}

#[tokio::test]
async fn the_first_of_several_errors_is_reported() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    browser.secret.clear();
    let spa = json!({ "name": "page", "type": "SPA" });
    let mut public = Browser::open_application(&emulator, spa).await?;
    // Each request repairs the error of the one before.
    let cases = [
        ("response_mode=cookie&prompt=x", "unsupported response_mode requested"),
        ("prompt=x&nonce=1", "missing required parameter 'response_type'"),
        ("response_type=token&prompt=x&nonce=1", "unsupported response_type requested"),
        ("response_type=id_token&prompt=x&nonce=1", "requested response_type is not allowed for this client"),
        ("response_type=code&prompt=x&nonce=1", "unsupported prompt value requested"),
        ("response_type=code&nonce=1&resource=x", "openid scope must be requested when using the nonce parameter"),
        (
            "response_type=code&scope=openid&resource=x&max_age=x",
            "Authorization Server policy requires PKCE to be used for this request",
        ),
        ("response_type=code&scope=openid&code_challenge=a&resource=x", "code_challenge_method must be provided"),
        (
            &format!("response_type=code&scope=openid&resource=x&max_age=x&{CHALLENGE}"),
            "resource indicator must be an absolute URI",
        ),
        (
            &format!("response_type=code&scope=openid&resource=https://x.example/%23a&max_age=x&{CHALLENGE}"),
            "resource indicator must not contain a fragment component",
        ),
        (
            &format!("response_type=code&scope=openid&max_age=x&id_token_hint=a&{CHALLENGE}"),
            "invalid max_age parameter value",
        ),
        (&format!("response_type=code&scope=openid&id_token_hint=a&{CHALLENGE}"), "could not validate id_token_hint"),
    ];
    for (query, expected) in cases {
        assert_eq!(description(&mut public, query), expected, "{query}");
    }
    let long = format!("response_type=code&scope=openid&code_challenge_method=S256&code_challenge={}", "a".repeat(129));
    assert!(description(&mut public, &long).contains("maximum length of 128"));
    let odd = format!("response_type=code&scope=openid&code_challenge_method=S256&code_challenge={}!", "a".repeat(43));
    assert_eq!(description(&mut public, &odd), "code_challenge contains invalid characters");
    Ok(())
}

#[tokio::test]
async fn errors_without_an_address_are_shown() -> Result<()> {
    let emulator = Emulator::new();
    let uris = json!({ "redirectUris": [CALLBACK, "https://other.example"], "postLogoutRedirectUris": [] });
    let settings = json!({ "name": "web", "type": "Traditional", "oidcClientMetadata": uris });
    let mut browser = Browser::open_application(&emulator, settings).await?;
    let client = browser.application.clone();
    let shown = body(&browser.get(&format!("/oidc/auth?client_id={client}&state=here")));
    assert_eq!(shown["error_description"], "missing required parameter 'response_type'");
    assert_eq!((&shown["code"], &shown["state"]), (&json!("oidc.invalid_request"), &json!("here")));
    assert_eq!(shown["iss"], format!("{}/oidc", emulator.endpoint().url()));
    let shown = body(&browser.get(&format!("/oidc/auth?client_id={client}&response_type=code")));
    assert_eq!(shown["error_description"], "missing required parameter 'redirect_uri'");
    let path = format!("/oidc/auth?client_id={client}&redirect_uri=https://other.example&state=a+b");
    let target = location(&browser.get(&path));
    assert!(
        target.starts_with("https://other.example/?error=invalid_request&error_description=missing+required"),
        "{target}"
    );
    assert!(target.contains("&state=a+b&iss="), "{target}");
    Ok(())
}

#[tokio::test]
async fn requests_for_nothing_are_denied() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let tokens = browser.sign_in("ada", PASSWORD, "openid");
    let client = browser.application.clone();
    let path = format!("/oidc/auth?client_id={client}&redirect_uri={CALLBACK}&response_type=code&scope=unknown");
    let target = location(&browser.get(&path));
    let answer = browser.follow(&target);
    assert_eq!((answer["error"].as_str(), answer.get("error_description")), ("access_denied", None));
    let hint = tokens["id_token"].as_str().unwrap();
    assert!(browser.authorize(&format!("scope=openid&id_token_hint={hint}")).starts_with(CALLBACK));
    Ok(())
}

#[tokio::test]
async fn the_user_of_a_hint_has_to_sign_in() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let hint = browser.sign_in("ada", PASSWORD, "openid")["id_token"].as_str().unwrap().to_owned();
    emulator.client()?.users().delete(&id).await?;
    let bob = json!({ "username": "bob", "password": PASSWORD });
    emulator.client()?.operation("CreateUser")?.json(&bob).await?;
    browser.sign_in("bob", PASSWORD, "openid");
    let answer = browser.authorize(&format!("scope=openid&prompt=none&id_token_hint={hint}"));
    let answer = browser.follow(&answer);
    assert_eq!(answer["error"], "login_required");
    assert_eq!(answer["error_description"], "id_token_hint and authenticated subject do not match");
    assert!(browser.authorize(&format!("scope=openid&id_token_hint={hint}")).starts_with("/sign-in"));
    Ok(())
}

#[tokio::test]
async fn userinfo_needs_one_access_token() -> Result<()> {
    let emulator = Emulator::new();
    let url = format!("{}/oidc/me", emulator.endpoint().url());
    let ask = |query: &str, header: &str, form: &str| {
        let method = if form.is_empty() { Method::Get } else { Method::Post };
        let mut request = HttpRequest::new(method, format!("{url}{query}"));
        if !header.is_empty() {
            request.headers.set("authorization", header.to_owned());
        }
        request.headers.set("content-type", "application/x-www-form-urlencoded");
        request.body = form.to_owned().into();
        let response = emulator.handle(&request);
        let challenge = response.headers.get("www-authenticate").unwrap().to_owned();
        (response.status, body(&response)["error_description"].as_str().unwrap().to_owned(), challenge)
    };
    let realm = format!("Bearer realm=\"{}/oidc\"", emulator.endpoint().url());
    assert_eq!(ask("", "", ""), (401, "no access token provided".to_owned(), realm.clone()));
    let invalid = format!("{realm}, error=\"invalid_token\", error_description=\"invalid token provided\"");
    assert_eq!(ask("", "Bearer nope", ""), (401, "invalid token provided".to_owned(), invalid));
    assert_eq!(ask("", "", "access_token=nope").0, 401);
    for (query, header, form, description) in [
        ("", "Basic abc", "", "authorization header scheme must be `Bearer`"),
        ("", "abc", "", "invalid authorization header value format"),
        ("?access_token=a", "", "", "access tokens must not be provided via query parameter"),
        ("?access_token=a", "Bearer a", "", "access token must only be provided using one mechanism"),
    ] {
        let (status, told, challenge) = ask(query, header, form);
        assert_eq!((status, told.as_str()), (400, description));
        assert!(challenge.contains("error=\"invalid_request\""), "{challenge}");
    }
    Ok(())
}
