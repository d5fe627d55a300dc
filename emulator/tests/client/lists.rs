use futures_util::TryStreamExt;
use logto_admin::models::CreateUser;
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, Conditional, Result};
use logto_admin_emulator::Emulator;

async fn users(client: &Client, count: usize) -> Result<()> {
    for number in 0..count {
        let user = CreateUser { username: Some(format!("user_{number:03}")), ..Default::default() };
        client.users().create(user).await?;
    }
    Ok(())
}

#[tokio::test]
async fn lists_are_paginated_newest_first() -> Result<()> {
    let client = crate::client();
    users(&client, 45).await?;
    let first = client.users().list().await?;
    assert_eq!((first.len(), first.total), (20, Some(45)));
    assert_eq!(first[0].username.as_deref(), Some("user_044"));
    let last = client.users().list().page(3).await?;
    assert_eq!((last.len(), last.has_next()), (5, false));
    assert!(client.users().list().page(4).await?.is_empty());
    let names: Vec<_> = client.users().list().page_size(7).stream().map_ok(|user| user.username).try_collect().await?;
    assert_eq!(names.len(), 45);
    Ok(())
}

#[tokio::test]
async fn searches_filter_a_list() -> Result<()> {
    let client = crate::client();
    users(&client, 30).await?;
    assert_eq!(client.users().list().search("%USER_00%").await?.total, Some(10));
    assert_eq!(client.users().list().search_member("username", "user_003").await?.total, Some(1));
    assert_eq!(client.users().list().search_member("primaryEmail", "%").await?.total, Some(0));
    Ok(())
}

#[tokio::test]
async fn some_lists_are_only_paginated_on_request() -> Result<()> {
    let client = crate::client();
    for number in 0..25 {
        let scope = logto_admin::models::CreateOrganizationScope::new(format!("scope:{number}"));
        client.organization_scopes().create(scope).await?;
    }
    let whole = client.organization_scopes().list().await?;
    assert_eq!((whole.len(), whole.total), (25, None));
    let page = client.organization_scopes().list().page_size(10).await?;
    assert_eq!((page.len(), page.total), (10, Some(25)));
    Ok(())
}

#[tokio::test]
async fn unchanged_responses_are_not_sent_again() -> Result<()> {
    let client = crate::client();
    users(&client, 1).await?;
    let etag = client.users().list().detailed().await?.etag().unwrap().to_owned();
    let same = client.users().list().if_none_match(&etag).await?;
    assert!(matches!(same, Conditional::NotModified));
    users(&client, 0).await?;
    client.users().create(CreateUser::default()).await?;
    let other = client.users().list().if_none_match(&etag).await?;
    assert!(matches!(other, Conditional::Modified { value, .. } if value.len() == 2));
    Ok(())
}

#[test]
fn only_get_requests_have_an_entity_tag() {
    for (method, tagged) in [(Method::Get, true), (Method::Head, false)] {
        let request = HttpRequest::new(method, "http://h/api/.well-known/account-center");
        let response = Emulator::new().handle(&request);
        assert_eq!((response.status, response.headers.get("etag").is_some()), (200, tagged));
    }
}

#[tokio::test]
async fn the_same_seed_produces_the_same_responses() -> Result<()> {
    async fn history(seed: u64) -> Result<Vec<String>> {
        let client = Emulator::builder().seed(seed).build().client()?;
        users(&client, 3).await?;
        let answer = client.users().list().raw().await?;
        Ok(vec![answer.body.text(), answer.request_id().unwrap().to_owned()])
    }
    assert_eq!(history(7).await?, history(7).await?);
    assert_ne!(history(7).await?, history(8).await?);
    Ok(())
}

#[test]
fn malformed_requests_get_a_response() {
    let emulator = Emulator::new();
    let methods =
        [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Head, Method::Options];
    let paths = [
        "",
        "/",
        "/api",
        "/api/",
        "//api/users",
        "/API/users",
        "/api/users/%00",
        "/api/users/%E0%A4%A",
        "/oidc",
        "/oidc/token",
        "/api/users?page=-1&page=%zz",
    ];
    let bodies = ["", "{", "null", "[]", "[1]", "{\"a\":", "\u{0}", "a=b&c", "{\"username\":{}}"];
    for method in methods {
        for path in paths {
            for body in bodies {
                let mut request = HttpRequest::new(method, format!("http://h{path}"));
                request.body = body.to_owned().into();
                for kind in [
                    None,
                    Some("application/json"),
                    Some("application/x-www-form-urlencoded"),
                    Some("multipart/form-data"),
                ] {
                    if let Some(kind) = kind {
                        request.headers.set("content-type", kind);
                    }
                    let answer = emulator.handle(&request);
                    assert!(answer.status >= 200 && answer.request_id().is_some(), "{method} {path} {body}");
                }
            }
        }
    }
}

#[test]
fn unknown_routes_return_pages_plain_text_or_oidc_errors() {
    let emulator = Emulator::new();
    let ask = |method, path: &str| {
        let answer = emulator.handle(&HttpRequest::new(method, format!("http://h{path}")));
        (answer.status, answer.headers.get("content-type").unwrap_or_default().split(';').next().unwrap().to_owned())
    };
    for path in ["/users", "//api/users", "/API/users"] {
        assert_eq!(ask(Method::Get, path), (200, "text/html".into()), "{path}");
    }
    let page = emulator.handle(&HttpRequest::new(Method::Get, "http://h/users"));
    assert_eq!(page.headers.get("cache-control"), Some("no-cache, no-store, must-revalidate"));
    assert_eq!(ask(Method::Get, "/api/nope"), (404, "text/plain".into()));
    assert_eq!(ask(Method::Put, "/api/users"), (405, "text/plain".into()));
    assert_eq!(ask(Method::Get, "/oidc/token"), (404, "application/json".into()));
}
