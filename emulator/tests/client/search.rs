//! Search and filters of lists.

use logto_admin::models::{CreateOrganization, CreateRole, CreateUser, RoleIds};
use logto_admin::serde_json::Value;
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
        "search=a&mode.password=exact",
        "search=a&mode=fuzzy",
        "search.name=a&search.name=b",
        "search=a&mode=similar_to",
        "excludeRoleId=a&excludeOrganizationId=b",
    ] {
        let (status, body) = get(&emulator, &format!("/api/users?{query}")).await?;
        assert_eq!((status, body["code"].as_str()), (400, Some("request.invalid_input")), "{query}");
    }
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
