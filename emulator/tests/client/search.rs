//! Search and filters of lists.

use logto_admin::models::{CreateOrganization, CreateRole, CreateUser, RoleIds, UpdateUser};
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

/// Sends a GET request and returns the status and the body.
async fn get(emulator: &Emulator, path: &str) -> Result<(u16, Value)> {
    let mut request = HttpRequest::new(Method::Get, format!("http://h{path}"));
    let token = emulator.client()?.access_token().await?;
    request.headers.set("authorization", format!("Bearer {}", token.secret()));
    let answer = emulator.handle(&request);
    Ok((answer.status, logto_admin::serde_json::from_str(&answer.body.text()).unwrap()))
}

async fn users(client: &Client) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for name in ["ada", "grace", "alan"] {
        let user = CreateUser { username: Some(name.into()), ..Default::default() };
        ids.push(client.users().create(user).await?.id);
    }
    Ok(ids)
}

#[tokio::test]
async fn a_repeated_member_matches_any_of_its_values() -> Result<()> {
    let emulator = Emulator::new();
    let ids = users(&emulator.client()?).await?;
    let query = format!("search.id={}&search.id={}&mode.id=exact&joint=and", ids[0], ids[1]);
    assert_eq!(get(&emulator, &format!("/api/users?{query}")).await?.1.as_array().map(Vec::len), Some(2));
    let case = get(&emulator, "/api/users?search=A%25&isCaseSensitive=1").await?;
    assert_eq!(case.1.as_array().map(Vec::len), Some(0));
    Ok(())
}

#[tokio::test]
async fn invalid_searches_are_rejected() -> Result<()> {
    let emulator = Emulator::new();
    for query in [
        "search=",
        "search=a&joint=xor",
        "search.password=a",
        "mode.name=fuzzy",
        "search=a&mode=fuzzy",
        "search.name=a&search.name=b",
        "search=a&mode=similar_to",
    ] {
        let (status, body) = get(&emulator, &format!("/api/users?{query}")).await?;
        assert_eq!((status, body["code"].as_str()), (400, Some("request.invalid_input")), "{query}");
        assert_eq!(body["data"], json!({}), "{query}");
        // The server does not expect them there.
        assert_eq!(get(&emulator, &format!("/api/applications?{query}")).await?.0, 500, "{query}");
    }
    let (status, body) = get(&emulator, "/api/users?excludeRoleId=a&excludeOrganizationId=b").await?;
    assert_eq!((status, body["code"].as_str()), (400, Some("request.invalid_input")));
    // A mode without a search has no effect.
    assert_eq!(get(&emulator, "/api/users?search=a&mode.password=exact").await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn lists_with_a_keyword_ignore_search_patterns() -> Result<()> {
    let emulator = Emulator::new();
    emulator.client()?.organizations().create(CreateOrganization::new("Acme")).await?;
    let list = get(&emulator, "/api/organizations?search=%25nope%25&showFeatured=1").await?;
    assert_eq!((list.0, &list.1[0]["usersCount"]), (200, &Value::from(0)));
    assert_eq!(get(&emulator, "/api/organizations?q=nope").await?.1, Value::Array(Vec::new()));
    Ok(())
}

#[tokio::test]
async fn holders_of_a_role_and_members_can_be_excluded() -> Result<()> {
    let client = Emulator::new().client()?;
    let ids = users(&client).await?;
    let role = client.roles().create(CreateRole::new("editor", "Edits")).await?.id;
    client.users().assign_roles(&ids[0], RoleIds { role_ids: vec![role.clone()] }).await?;
    let organization = client.organizations().create(CreateOrganization::new("Acme")).await?.id;
    client.organizations().add_users(&organization, [ids[1].as_str()]).await?;
    let without_role = client.users().list().exclude_role_id(&role).await?;
    assert_eq!(without_role.iter().map(|user| &user.id).collect::<Vec<_>>(), [&ids[2], &ids[1]]);
    let others = client.users().list().exclude_organization_id(&organization).await?;
    assert_eq!(others.iter().map(|user| &user.id).collect::<Vec<_>>(), [&ids[2], &ids[0]]);
    Ok(())
}

#[tokio::test]
async fn searches_in_large_lists_see_every_change() -> Result<()> {
    let emulator = Emulator::new();
    let users: Vec<_> = (0..1200).map(|number| json!({ "username": format!("Same_{number}") })).collect();
    emulator.import(&json!({ "users": users })).unwrap();
    let client = emulator.client()?;
    let found = |search: &'static str| {
        let client = client.clone();
        async move { client.users().list().search(search).page_size(100).await }
    };
    let first = found("%SAME_%").await?;
    assert_eq!((first.total, first[0].username.as_deref()), (Some(1200), Some("Same_1199")));
    let last = client.users().list().search("%same_%").page(12).page_size(100).await?;
    assert_eq!((last.len(), last[99].username.as_deref()), (100, Some("Same_0")));
    client.users().delete(&first[0].id).await?;
    assert_eq!(found("%same_%").await?.total, Some(1199));
    let rename = UpdateUser { username: "other".into(), ..Default::default() };
    client.users().update(&first[1].id, rename).await?;
    assert_eq!((found("%same_%").await?.total, found("%other%").await?.total), (Some(1198), Some(1)));
    let ada = CreateUser { name: Some("the same_ name".into()), ..Default::default() };
    client.users().create(ada).await?;
    assert_eq!((found("%same_%").await?.total, found("Same\\_%").await?.total), (Some(1199), Some(1198)));
    Ok(())
}

#[tokio::test]
async fn searches_among_many_members_see_every_change() -> Result<()> {
    let emulator = Emulator::new();
    let users: Vec<_> =
        (0..2500).map(|number| json!({ "id": format!("u{number}"), "name": format!("Same {number}") })).collect();
    let members: Vec<_> = (0..2000).map(|number| format!("u{number}")).collect();
    let data = json!({ "users": users, "organizations": [{ "name": "many", "users": members }] });
    emulator.import(&data).unwrap();
    let client = emulator.client()?;
    let organization = client.organizations().list().await?[0].id.clone();
    let found = |word: &'static str, page: u32| {
        let list = client.organizations().list_users(&organization).keyword(word).page(page).page_size(100);
        async move { list.await.map(|page| (page.total, page.iter().map(|user| user.id.clone()).collect::<Vec<_>>())) }
    };
    let (total, first) = found("SAME", 1).await?;
    assert_eq!((total, first[0].as_str(), first[99].as_str()), (Some(2000), "u1999", "u1900"));
    assert_eq!(found("same", 20).await?.1[99], "u0");
    assert_eq!(found("same 24", 1).await?.0, Some(11));
    client.users().update("u1999", UpdateUser { name: "Other".into(), ..Default::default() }).await?;
    assert_eq!(found("same", 1).await?.1[0], "u1998");
    client.organizations().add_users(&organization, ["u2400"]).await?;
    assert_eq!(found("same", 1).await?.1[..2], ["u2400", "u1998"]);
    client.organizations().remove_user(&organization, "u1998").await?;
    client.users().delete("u1997").await?;
    assert_eq!((found("same", 1).await?.0, &found("same", 1).await?.1[1]), (Some(1998), &"u1996".to_owned()));
    let all = client.organizations().list_users(&organization).await?;
    assert_eq!((all.total, all[1].id.as_str()), (Some(1999), "u1999"));
    Ok(())
}
