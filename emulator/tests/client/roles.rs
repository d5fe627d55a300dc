use logto_admin::models::CreateResource;
use logto_admin::models::{
    ApplicationIds, ApplicationType, CreateApplication, CreateResourceScope, CreateRole, CreateUser, RoleIds, RoleType,
    ScopeIds, UserIds,
};
use logto_admin::serde_json::json;
use logto_admin::{Client, Result};

use crate::{call, client, refused};

async fn user(client: &Client, name: &str) -> Result<String> {
    let user = CreateUser { username: Some(name.into()), ..Default::default() };
    Ok(client.users().create(user).await?.id)
}

#[tokio::test]
async fn roles_are_assigned_to_users_and_removed() -> Result<()> {
    let client = client();
    let (ada, grace) = (user(&client, "ada").await?, user(&client, "grace").await?);
    let role = client.roles().create(CreateRole::new("editor", "Edits")).await?;
    let roles = |id: &str| RoleIds { role_ids: vec![id.to_owned()] };

    let assigned = client.users().assign_roles(&ada, roles(&role.id)).await?;
    assert_eq!(assigned.expect("JSON").added_role_ids, roles(&role.id).role_ids);
    let again = client.users().assign_roles(&ada, roles(&role.id)).await?;
    assert_eq!(again.expect("JSON").added_role_ids, [""; 0]);
    let unknown = client.users().assign_roles(&ada, roles("nope")).await;
    assert_eq!(refused(unknown), (404, "entity.not_exists_with_id".into()));
    let machine = client.users().assign_roles(&ada, roles("management-api-access")).await;
    assert_eq!(refused(machine), (422, "user.invalid_role_type".into()));

    let both = UserIds { user_ids: vec![ada.clone(), grace.clone()] };
    assert_eq!(refused(client.roles().assign_users(&role.id, both).await), (422, "role.user_exists".into()));
    client.roles().assign_users(&role.id, UserIds { user_ids: vec![grace.clone()] }).await?;
    let holders = client.roles().list_users(&role.id).await?;
    assert_eq!(holders.total, Some(2));

    let listed = client.roles().list().search("editor").await?;
    assert_eq!((listed[0].users_count, listed.len()), (Some(2), 1));

    client.users().remove_role(&ada, &role.id).await?;
    assert_eq!(refused(client.users().remove_role(&ada, &role.id).await), (404, "entity.not_found".into()));
    client.users().delete(&grace).await?;
    assert_eq!(client.roles().list_users(&role.id).await?.total, Some(0));
    Ok(())
}

#[tokio::test]
async fn new_users_have_the_default_roles() -> Result<()> {
    let client = client();
    let role = CreateRole { is_default: Some(true), ..CreateRole::new("member", "Everyone") };
    let role = client.roles().create(role).await?;
    let ada = user(&client, "ada").await?;
    assert_eq!(client.users().list_roles(&ada).await?[0].id, role.id);
    client.users().replace_roles(&ada, RoleIds { role_ids: Vec::new() }).await?;
    assert!(client.users().list_roles(&ada).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn roles_of_an_application_are_only_replaced_with_a_list_that_has_a_new_one() -> Result<()> {
    let client = client();
    let bot = client.applications().create(CreateApplication::new("Bot", ApplicationType::MachineToMachine)).await?.id;
    let mut roles = Vec::new();
    for name in ["reader", "writer", "auditor"] {
        let role = CreateRole { r#type: Some(RoleType::MachineToMachine), ..CreateRole::new(name, "machine") };
        roles.push(client.roles().create(role).await?.id);
    }
    let replace =
        async |ids: &[String]| client.applications().replace_roles(&bot, RoleIds { role_ids: ids.to_vec() }).await;
    replace(&roles[..2]).await?;
    // The others are removed nevertheless.
    for present in [&roles[..2], &roles[..1], &[]] {
        assert_eq!(refused(replace(present).await), (422, "entity.invalid_input".into()));
        assert_eq!(client.applications().list_roles(&bot).await?.len(), present.len());
    }
    replace(&roles[1..]).await?;
    let ordinary = client.roles().create(CreateRole::new("clerk", "user")).await?.id;
    assert_eq!(refused(replace(&[ordinary]).await), (422, "entity.db_constraint_violated".into()));
    Ok(())
}

#[tokio::test]
async fn roles_have_resource_scopes() -> Result<()> {
    let client = client();
    let api = client.resources().create(CreateResource::new("API", "https://api.example")).await?;
    let taken = client.resources().create(CreateResource::new("API", "https://api.example")).await;
    assert_eq!(refused(taken), (422, "resource.resource_identifier_in_use".into()));
    let scope = client.resources().create_scope(&api.id, CreateResourceScope::new("read")).await?;
    let twice = client.resources().create_scope(&api.id, CreateResourceScope::new("read")).await;
    assert_eq!(refused(twice), (422, "scope.name_exists".into()));

    let role = CreateRole { scope_ids: Some(vec![scope.id.clone()]), ..CreateRole::new("reader", "Reads") };
    let role = client.roles().create(role).await?;
    let scopes = client.roles().list_scopes(&role.id).await?;
    assert_eq!((scopes[0].id.as_str(), scopes.len()), (scope.id.as_str(), 1));
    let again = client.roles().assign_scopes(&role.id, ScopeIds { scope_ids: vec![scope.id.clone()] }).await;
    assert_eq!(refused(again), (422, "role.scope_exists".into()));
    let management = ScopeIds { scope_ids: vec!["management-api-all".into()] };
    assert_eq!(refused(client.roles().assign_scopes(&role.id, management).await).0, 400);

    client.resources().delete(&api.id).await?;
    assert!(client.roles().list_scopes(&role.id).await?.is_empty());
    let management = client.resources().delete("management-api").await;
    assert_eq!(refused(management), (400, "resource.cannot_delete_management_api".into()));
    Ok(())
}

#[tokio::test]
async fn applications_have_machine_to_machine_roles() -> Result<()> {
    let client = client();
    let role = CreateRole { r#type: Some(RoleType::MachineToMachine), ..CreateRole::new("robot", "Works") };
    let role = client.roles().create(role).await?;
    let app = ApplicationIds { application_ids: vec!["emulator-app".into()] };
    client.roles().assign_applications(&role.id, &app).await?;
    assert_eq!(refused(client.roles().assign_applications(&role.id, &app).await).1, "role.application_exists");
    let roles = client.applications().list_roles("emulator-app").await?;
    assert_eq!(roles.total, Some(2));
    Ok(())
}

#[tokio::test]
async fn a_role_with_unknown_scopes_remains_but_not_one_of_organizations() -> Result<()> {
    let client = client();
    let role = json!({ "name": "bad", "description": "d", "scopeIds": ["nope"] });
    assert!(call(&client, "CreateRole", &[], role).await.is_err());
    assert_eq!(client.operation("ListRoles")?.query("search", "%bad%").await?.as_array().unwrap().len(), 1);
    let role = json!({ "name": "bad", "organizationScopeIds": ["nope"] });
    let created = call(&client, "CreateOrganizationRole", &[], role).await;
    assert_eq!(refused(created), (422, "entity.relation_foreign_key_not_found".into()));
    assert_eq!(client.operation("ListOrganizationRoles")?.await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn roles_of_users_are_listed_first_and_changed_roles_last() -> Result<()> {
    let client = client();
    let names = async || -> Result<Vec<String>> {
        Ok(client.roles().list().await?.into_iter().map(|role| role.name).collect())
    };
    let editor = client.roles().create(CreateRole::new("editor", "Edits")).await?;
    let admin = client.roles().create(CreateRole::new("admin", "Administers")).await?;
    assert_eq!(names().await?, ["editor", "admin", "Logto Management API access"]);
    let ada = user(&client, "ada").await?;
    client.users().assign_roles(&ada, RoleIds { role_ids: vec![admin.id, editor.id.clone()] }).await?;
    call(&client, "UpdateRole", &[("id", &editor.id)], json!({ "description": "Edits everything" })).await?;
    assert_eq!(names().await?, ["admin", "editor", "Logto Management API access"]);
    let own: Vec<_> = client.users().list_roles(&ada).await?.into_iter().map(|role| role.name).collect();
    assert_eq!(own, ["admin", "editor"]);

    let resource = async |name: &str| {
        client.resources().create(CreateResource::new(name, format!("https://{name}.example"))).await
    };
    let (orders, _) = (resource("orders").await?, resource("bills").await?);
    call(&client, "UpdateResource", &[("id", &orders.id)], json!({ "accessTokenTtl": 60 })).await?;
    let resources: Vec<_> = client.resources().list().await?.into_iter().map(|resource| resource.name).collect();
    assert_eq!(resources, ["Logto Management API", "bills", "orders"]);
    Ok(())
}

#[tokio::test]
async fn no_list_shows_internal_roles() -> Result<()> {
    let client = client();
    let taken = client.roles().create(CreateRole::new("#internal:admin", "Mine")).await;
    assert_eq!(refused(taken), (422, "role.name_in_use".into()));
    let role = client.roles().create(CreateRole::new("#internal:x", "Mine")).await?;
    assert_eq!(client.roles().get(&role.id).await?.name, "#internal:x");
    assert!(client.roles().list().await?.iter().all(|listed| listed.id != role.id));
    Ok(())
}

#[tokio::test]
async fn applications_of_any_type_can_have_a_role_but_only_machines_are_listed() -> Result<()> {
    let client = client();
    let role = CreateRole { r#type: Some(RoleType::MachineToMachine), ..CreateRole::new("worker", "Works") };
    let role = client.roles().create(role).await?;
    let site = client.applications().create(CreateApplication::new("site", ApplicationType::Spa)).await?;
    let robot =
        client.applications().create(CreateApplication::new("robot", ApplicationType::MachineToMachine)).await?;
    client.roles().assign_applications(&role.id, &[site.id.clone(), robot.id.clone()]).await?;
    let listed = client.roles().list_applications(&role.id).await?;
    assert_eq!(listed.iter().map(|application| &application.id).collect::<Vec<_>>(), [&robot.id]);
    let summary = client.roles().list().await?.into_iter().find(|listed| listed.id == role.id).unwrap();
    assert_eq!(summary.applications_count, Some(2));
    assert_eq!(
        refused(client.roles().assign_applications(&role.id, &[site.id]).await),
        (422, "role.application_exists".into())
    );
    Ok(())
}

#[tokio::test]
async fn the_database_refuses_repeated_ids() -> Result<()> {
    let client = client();
    let ada = user(&client, "ada").await?;
    let [one, two] = ["one", "two"].map(|name| CreateRole::new(name, "d"));
    let (one, two) = (client.roles().create(one).await?.id, client.roles().create(two).await?.id);
    let api = client.resources().create(CreateResource::new("api", "https://api.example")).await?.id;
    let scope = client.resources().create_scope(&api, CreateResourceScope::new("read")).await?.id;
    let failed = (500, String::new());
    let twice = |id: &str| vec![id.to_owned(), id.to_owned()];
    let add = async |ids| refused(client.users().assign_roles(&ada, RoleIds { role_ids: ids }).await);
    assert_eq!(add(twice(&one)).await, failed);
    client.users().assign_roles(&ada, RoleIds { role_ids: vec![one.clone()] }).await?;
    client.users().assign_roles(&ada, RoleIds { role_ids: twice(&one) }).await?;

    let replace = async |ids| client.users().replace_roles(&ada, RoleIds { role_ids: ids }).await;
    assert_eq!(refused(replace(twice(&two)).await), failed);
    assert!(client.users().list_roles(&ada).await?.is_empty(), "the others were removed before");
    replace(vec![two.clone()]).await?;
    replace(twice(&two)).await?;

    let users = UserIds { user_ids: twice(&ada) };
    assert_eq!(refused(client.roles().assign_users(&one, users).await), failed);
    let scopes = ScopeIds { scope_ids: twice(&scope) };
    assert_eq!(refused(client.roles().assign_scopes(&one, scopes).await), failed);
    for (name, scopes, error) in
        [("repeated", twice(&scope), failed), ("empty", Vec::new(), (422, "entity.invalid_input".into()))]
    {
        let role = CreateRole { scope_ids: Some(scopes), ..CreateRole::new(name, "d") };
        assert_eq!(refused(client.roles().create(role).await), error);
        assert_eq!(client.roles().list().search(name).await?.len(), 1, "the role was created before");
    }
    Ok(())
}

#[tokio::test]
async fn a_replacement_also_removes_the_internal_role() -> Result<()> {
    let client = client();
    let worker = client.applications().create(CreateApplication::new("w", ApplicationType::MachineToMachine)).await?;
    call(&client, "UpdateApplication", &[("id", &worker.id)], json!({ "isAdmin": true })).await?;
    let roles = RoleIds { role_ids: vec!["management-api-access".into()] };
    client.applications().replace_roles(&worker.id, roles).await?;
    assert_eq!(client.applications().get(&worker.id).await?.is_admin, Some(false));
    Ok(())
}
