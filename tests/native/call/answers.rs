//! The results of a call.

use logto_admin::models::{CreateRole, CreateUser, Role, User};
use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Conditional, ErrorKind, Page};
use logto_admin_test_support::ScriptedTransport;

use crate::stage::{Stage, header, ok, refusal, status, user, users};

/// A stage with a client in strict mode.
fn strict(answer: HttpResponse) -> Stage {
    Stage::set_up(ScriptedTransport::answers([answer]), |builder| builder.strict(true))
}

#[test]
fn awaiting_a_request_returns_the_parsed_answer() {
    let stage = Stage::answering([ok(&user("u1"))]);
    let found = stage.run(stage.client.users().get("u1")).unwrap();
    assert_eq!((found.id.as_str(), found.username.as_deref()), ("u1", Some("ada")));
}

#[test]
fn detailed_returns_status_and_headers() {
    let answer = ok(&user("u1")).header("logto-core-request-id", "r1").header("etag", "\"v1\"");
    let stage = Stage::answering([status(503), answer]);
    let response = stage.run(stage.client.users().get("u1").detailed()).unwrap();
    assert_eq!((response.status, response.attempts), (200, 2));
    assert_eq!((response.request_id(), response.etag()), (Some("r1"), Some("\"v1\"")));
    assert_eq!(response.headers.get("Content-Type"), Some("application/json; charset=utf-8"));
    assert_eq!(response.into_result().unwrap().id, "u1");
}

#[test]
fn detailed_returns_api_errors_as_a_result() {
    let stage = Stage::answering([refusal(404, "entity.not_found")]);
    let response = stage.run(stage.client.users().get("u1").detailed()).unwrap();
    let error = response.result.unwrap_err();
    assert_eq!((response.status, error.code(), error.attempts()), (404, Some("entity.not_found"), 1));
}

#[test]
fn detailed_returns_decode_errors_as_a_result() {
    let stage = Stage::answering([ok("{}")]);
    let response = stage.run(stage.client.users().get("u1").detailed()).unwrap();
    let error = response.result.unwrap_err();
    assert_eq!((response.status, error.kind(), error.attempts()), (200, ErrorKind::Decode, 1));
}

#[test]
fn raw_returns_the_bytes_for_every_status() {
    for (code, body) in [(200, "\u{0}anything"), (404, "Not Found"), (302, "")] {
        let stage = Stage::answering([HttpResponse::new(code).body(body)]);
        let response = stage.run(stage.client.users().get("u1").raw()).unwrap();
        assert_eq!((response.status, response.body.text().as_str()), (code, body));
    }
}

#[test]
fn unchanged_resources_are_not_modified() {
    let stage = Stage::answering([status(304)]);
    let answer = stage.run(stage.client.users().get("u1").if_none_match("\"v1\"")).unwrap();
    assert_eq!(answer, Conditional::NotModified);
    assert_eq!(header(&stage.sent(), "if-none-match"), Some("\"v1\""));
}

#[test]
fn modified_resources_have_their_etag() {
    let stage = Stage::answering([ok(&user("u1")).header("etag", "\"v2\"")]);
    let answer = stage.run(stage.client.users().get("u1").if_none_match("\"v1\"")).unwrap();
    let Conditional::Modified { value, etag } = answer else { panic!("{answer:?}") };
    assert_eq!((value.id.as_str(), etag.as_deref()), ("u1", Some("\"v2\"")));
}

#[test]
fn errors_of_conditional_requests_are_errors() {
    let stage = Stage::answering([refusal(404, "entity.not_found")]);
    assert!(stage.run(stage.client.users().get("u1").if_none_match("\"v1\"")).unwrap_err().is_not_found());
}

#[test]
fn undocumented_successes_are_successes() {
    let stage = Stage::answering([HttpResponse::json(202, user("u1"))]);
    assert_eq!(stage.run(stage.client.users().create(CreateUser::default())).unwrap().id, "u1");
}

#[test]
fn undocumented_successes_are_errors_in_strict_mode() {
    let stage = strict(HttpResponse::json(202, user("u1")));
    let error = stage.run(stage.client.users().create(CreateUser::default())).unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Decode, Some(202), 1));
    assert!(error.message().contains("202 is not documented"), "{error}");
}

#[test]
fn missing_documented_bodies_are_errors_only_in_strict_mode() {
    let assign =
        |stage: &Stage| stage.run(stage.client.operation("CreateRoleUser").unwrap().path("id", "r1").json("{}"));
    assert_eq!(assign(&Stage::answering([status(201)])).unwrap(), logto_admin::serde_json::Value::Null);
    let error = assign(&strict(status(201))).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(201)));
    assert!(error.message().contains("body is missing"), "{error}");
}

#[test]
fn strict_mode_can_be_set_per_call() {
    let undocumented = || HttpResponse::json(202, user("u1"));
    let create = |stage: &Stage| stage.client.users().create(CreateUser::default());
    let lenient = Stage::answering([undocumented()]);
    assert_eq!(lenient.run(create(&lenient).strict(true)).unwrap_err().kind(), ErrorKind::Decode);
    let stage = strict(undocumented());
    assert_eq!(stage.run(create(&stage).strict(false)).unwrap().id, "u1");
}

#[test]
fn documented_successes_are_successes_in_strict_mode() {
    let stage = strict(ok(&user("u1")));
    assert_eq!(stage.run(stage.client.users().create(CreateUser::default())).unwrap().id, "u1");
}

#[test]
fn successes_that_do_not_match_the_output_are_decode_errors() {
    let html = HttpResponse::new(200).header("content-type", "text/html; charset=utf-8").body("<!doctype html>");
    for answer in [ok("[]"), ok(""), ok("null"), ok(r#"{"id":"u1""#), status(204), html] {
        let shown = format!("{answer:?}");
        let stage = Stage::answering([answer]);
        let error = stage.run(stage.client.users().get("u1")).unwrap_err();
        assert!(error.is_decode(), "{shown}: {error}");
        assert_eq!((error.operation(), error.attempts()), (Some("GetUser"), 1), "{shown}");
    }
}

#[test]
fn web_pages_are_decode_errors_even_without_an_output() {
    let page = || HttpResponse::new(200).header("content-type", "text/html; charset=utf-8").body("<!doctype html>");
    let delete = |stage: &Stage| stage.run(stage.client.users().delete("u1")).unwrap_err();
    let untyped = |stage: &Stage| stage.run(stage.client.operation("GetStatus").unwrap()).unwrap_err();
    for error in [delete(&Stage::answering([page()])), untyped(&Stage::answering([page()]))] {
        assert!(error.is_decode() && error.hint().is_some_and(|hint| hint.contains("root of a Logto")), "{error}");
    }
    // If a page is documented, or nothing is known about the answer, the page is the answer.
    let stage = Stage::answering([page(), page()]);
    let callback = stage.client.operation("GetSamlApplicationCallback").unwrap().path("id", "a1");
    assert_eq!(stage.run(callback).unwrap(), "<!doctype html>");
    assert_eq!(stage.run(stage.client.request(Method::Get, "/sign-in")).unwrap(), "<!doctype html>");
}

#[test]
fn decode_errors_name_missing_members() {
    for (body, path) in [("{}", "id"), (r#"{"id":"u1","profile":{"address":7}}"#, "profile.address")] {
        let stage = Stage::answering([ok(body)]);
        assert_eq!(stage.run(stage.client.users().get("u1")).unwrap_err().decode_path(), Some(path));
    }
    let stage = Stage::answering([ok(&format!("[{},{{\"id\":\"u2\"}}]", user("u1")))]);
    let path = stage.run(stage.client.users().list()).unwrap_err().decode_path().unwrap().to_owned();
    assert!(path.starts_with("[1].") && path.len() > "[1].".len(), "{path}");
}

#[test]
fn decode_errors_do_not_show_unexpected_text() {
    let stage =
        Stage::answering([ok(&user("u1").replace(r#""createdAt":"#, r#""createdAt":"s3cret \"x\", ","was":"#))]);
    let error = stage.run(stage.client.users().get("u1")).unwrap_err();
    assert_eq!(error.decode_path(), Some("createdAt"));
    assert!(
        error.message().contains("a string, expected a number") && !format!("{error:?}").contains("s3cret"),
        "{error}"
    );
}

#[test]
fn decode_errors_name_the_member_and_keep_the_body() {
    let body = users([1, 2]).replace(r#""id":"user-2""#, r#""id":7"#);
    let stage = Stage::answering([ok(&body).header("logto-core-request-id", "r1")]);
    let error = stage.run(stage.client.users().list()).unwrap_err();
    assert_eq!(error.decode_path(), Some("[1].id"));
    assert_eq!((error.status(), error.request_id()), (Some(200), Some("r1")));
    assert_eq!(error.body(), body.as_bytes());
    let shown = error.to_string();
    assert!(shown.starts_with("ListUsers (GET /api/users): 200 ") && shown.contains("at [1].id"), "{shown}");
    assert!(!shown.contains("ada@example.com"), "the body might contain personal data: {shown}");
}

#[test]
fn unknown_members_are_ignored() {
    let body = user("u1").replacen('{', r#"{"newInLogto":{"a":[1]},"#, 1);
    let stage = Stage::answering([ok(&body)]);
    assert_eq!(stage.run(stage.client.users().get("u1")).unwrap().id, "u1");
}

#[test]
fn operations_without_an_output_ignore_the_body() {
    for answer in [status(204), HttpResponse::new(200).body("OK"), ok("{}")] {
        let stage = Stage::answering([answer]);
        stage.run(stage.client.users().delete("u1")).unwrap();
    }
}

#[test]
fn optional_answers_are_options() {
    for (answer, target) in
        [(ok(r#"{"redirectTo":"https://a.example"}"#), Some("https://a.example")), (status(204), None)]
    {
        let transport = ScriptedTransport::answers([answer]);
        let stage = Stage::set_up(transport, |builder| builder.cookies([("_interaction", "a")]));
        let submitted = stage.run(stage.client.experience().submit_interaction()).unwrap();
        assert_eq!(submitted.map(|answer| answer.redirect_to).as_deref(), target);
    }
}

#[test]
fn text_answers_are_returned_as_text() {
    let xml = "<EntityDescriptor/>";
    let answer = HttpResponse::new(200).header("content-type", "text/xml;charset=utf-8").body(xml);
    let stage = Stage::answering([answer]);
    assert_eq!(stage.run(stage.client.saml_applications().get_metadata("app")).unwrap(), xml);
}

#[test]
fn redirects_return_their_target() {
    let target = "https://idp.example/sso?SAMLRequest=x";
    let stage = Stage::answering([HttpResponse::new(302).header("location", target)]);
    let answer = stage.run(stage.client.operation("AssertSaml").unwrap().path("connectorId", "c1").json(&())).unwrap();
    assert_eq!(answer, target);
}

#[test]
fn operations_share_one_user_and_one_role() {
    let role = r#"{"tenantId":"t","id":"r1","name":"editor","description":"Edits","type":"User","isDefault":false}"#;
    let lists = [users([1]), users([1]), format!("[{role}]"), format!("[{role}]")];
    let stage =
        Stage::answering([user("u1"), user("u1"), role.to_owned()].into_iter().chain(lists).map(|body| ok(&body)));
    let client = &stage.client;
    let of_users: [User; 2] = [
        stage.run(client.users().get("u1")).unwrap(),
        stage.run(client.users().create(CreateUser::default())).unwrap(),
    ];
    let _: Role = stage.run(client.roles().create(CreateRole::new("editor", "Edits"))).unwrap();
    let pages: [Page<User>; 2] =
        [stage.run(client.users().list()).unwrap(), stage.run(client.roles().list_users("r1")).unwrap()];
    let roles: [Page<Role>; 2] = [
        stage.run(client.users().list_roles("u1")).unwrap(),
        stage.run(client.applications().list_roles("a1")).unwrap(),
    ];
    assert_eq!(of_users[0], of_users[1]);
    assert_eq!((&pages[0][0], &roles[0][0]), (&pages[1][0], &roles[1][0]));
}
