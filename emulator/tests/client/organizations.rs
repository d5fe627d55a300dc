use logto_admin::models::{
    CreateOrganization, CreateOrganizationInvitation, CreateOrganizationRole, CreateOrganizationScope, CreateUser,
    OrganizationInvitation, OrganizationRoleSelection, ReplaceOrganizationInvitationStatus, UserIds,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Result, Timestamp};

use crate::{call, client, refused};

struct Stage {
    client: Client,
    user: String,
    organization: String,
    role: String,
    scope: String,
}

async fn stage() -> Result<Stage> {
    let client = client();
    let user = CreateUser {
        username: Some("ada".into()),
        primary_email: Some("ada@example.com".into()),
        ..Default::default()
    };
    let user = client.users().create(user).await?.id;
    let organization = client.organizations().create(CreateOrganization::new("Engines")).await?.id;
    let scope = client.organization_scopes().create(CreateOrganizationScope::new("invite")).await?.id;
    let mut role = CreateOrganizationRole::new("owner");
    role.organization_scope_ids = Some(vec![scope.clone()]);
    let role = client.organization_roles().create(role).await?.id;
    Ok(Stage { client, user, organization, role, scope })
}

fn selection(roles: &[&str]) -> OrganizationRoleSelection {
    let ids = roles.iter().map(|role| (*role).to_owned()).collect();
    OrganizationRoleSelection { organization_role_ids: Some(ids), ..Default::default() }
}

#[tokio::test]
async fn members_have_roles_and_their_scopes() -> Result<()> {
    let Stage { client, user, organization, role, scope } = stage().await?;
    let organizations = client.organizations();
    let early = organizations.assign_roles_to_user(&organization, &user, selection(&[&role])).await;
    assert_eq!(refused(early), (422, "organization.require_membership".into()));

    organizations.add_users(&organization, UserIds { user_ids: vec![user.clone()] }).await?;
    organizations.assign_roles_to_user(&organization, &user, selection(&[&role])).await?;
    let members = organizations.list_users(&organization).await?;
    assert_eq!(members[0].organization_roles.as_deref().unwrap_or_default()[0].name, "owner");
    let with_role = organizations.list_users(&organization).organization_role_id(&role).await?;
    assert_eq!(with_role.total, Some(1));
    assert_eq!(organizations.list_users(&organization).organization_role_id("other").await?.total, Some(0));
    assert_eq!(
        client.users().list_organizations(&user).await?[0].organization_roles.as_deref().unwrap_or_default()[0].id,
        role
    );
    assert_eq!(organizations.list_user_scopes(&organization, &user).await?[0].id, scope);

    let by_name =
        OrganizationRoleSelection { organization_role_names: Some(vec!["nobody".into()]), ..Default::default() };
    let unknown = organizations.assign_roles_to_user(&organization, &user, by_name).await;
    assert_eq!(refused(unknown), (422, "organization.role_names_not_found".into()));

    // Removing the membership also removes the roles.
    organizations.remove_user(&organization, &user).await?;
    organizations.add_users(&organization, UserIds { user_ids: vec![user.clone()] }).await?;
    assert!(organizations.list_user_roles(&organization, &user).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn members_are_counted_and_replaced() -> Result<()> {
    let Stage { client, user, organization, .. } = stage().await?;
    let organizations = client.organizations();
    let unknown = organizations.add_users(&organization, UserIds { user_ids: vec!["nope".into()] }).await;
    assert_eq!(refused(unknown), (422, "entity.relation_foreign_key_not_found".into()));
    organizations.replace_users(&organization, UserIds { user_ids: vec![user.clone()] }).await?;
    let listed = organizations.list().show_featured(true).keyword("engine").await?;
    assert_eq!((listed.len(), listed[0].users_count), (1, Some(1)));
    client.users().delete(&user).await?;
    assert_eq!(organizations.list_users(&organization).await?.total, Some(0));
    Ok(())
}

async fn invite(stage: &Stage, expires_at: i64) -> Result<OrganizationInvitation> {
    let mut invitation =
        CreateOrganizationInvitation::new("ada@example.com", &*stage.organization, Timestamp::from_millis(expires_at));
    invitation.organization_role_ids = Some(vec![stage.role.clone()]);
    stage.client.organization_invitations().create(invitation).await
}

#[tokio::test]
async fn accepting_an_invitation_creates_a_member_with_its_roles() -> Result<()> {
    let stage = stage().await?;
    assert_eq!(refused(invite(&stage, 1).await), (400, "request.invalid_input".into()));
    let invitation = invite(&stage, 4_000_000_000_000).await?;
    assert_eq!(invitation.organization_roles[0].name, "owner");
    assert_eq!(refused(invite(&stage, 4_000_000_000_000).await).1, "entity.unique_integrity_violation");

    let invitations = stage.client.organization_invitations();
    let mut accept = ReplaceOrganizationInvitationStatus::new("Accepted".into());
    assert_eq!(
        refused(invitations.replace_status(&invitation.id, &accept).await),
        (422, "request.invalid_input".into())
    );
    accept.accepted_user_id = stage.user.as_str().into();
    let accepted = invitations.replace_status(&invitation.id, &accept).await?;
    assert_eq!(accepted.accepted_user_id.as_deref(), Some(stage.user.as_str()));
    assert_eq!(refused(invitations.replace_status(&invitation.id, &accept).await).0, 422);

    let organizations = stage.client.organizations();
    let roles = organizations.list_user_roles(&stage.organization, &stage.user).await?;
    assert_eq!(roles[0].id, stage.role);
    organizations.delete(&stage.organization).await?;
    assert!(invitations.list().organization_id(&stage.organization).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_roles_of_a_member_are_sorted_by_name() -> Result<()> {
    let Stage { client, user, organization, role, .. } = stage().await?;
    client.organizations().add_users(&organization, UserIds { user_ids: vec![user.clone()] }).await?;
    let mut roles = vec![role];
    for name in ["zebra", "ant"] {
        roles.push(client.organization_roles().create(CreateOrganizationRole::new(name)).await?.id);
    }
    let [owner, zebra, ant] = [0, 1, 2].map(|index: usize| roles[index].as_str());
    client.organizations().assign_roles_to_user(&organization, &user, selection(&[ant, zebra, owner])).await?;
    let members = client.organizations().list_users(&organization).await?;
    let names = members[0].organization_roles.as_deref().unwrap_or_default().iter().map(|role| role.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["ant", "owner", "zebra"]);
    Ok(())
}

#[tokio::test]
async fn roles_are_assigned_to_several_members_at_once_but_not_to_none() -> Result<()> {
    let Stage { client, organization, user, role, .. } = stage().await?;
    let path = [("id", organization.as_str())];
    let assign = async |users: &[&str], roles: &[&str]| {
        let body = json!({ "userIds": users, "organizationRoleIds": roles });
        call(&client, "AssignOrganizationRolesToUsers", &path, body).await
    };
    client.organizations().add_users(&organization, UserIds { user_ids: vec![user.clone()] }).await?;
    for (users, roles) in [(&[][..], &[role.as_str()][..]), (&[user.as_str()], &[])] {
        assert_eq!(refused(assign(users, roles).await), (400, "guard.invalid_input".into()));
    }
    assign(&[&user, &user], &[&role]).await?;
    assert_eq!(client.organizations().list_user_roles(&organization, &user).await?[0].id, role);
    let body = json!({ "applicationIds": [], "organizationRoleIds": [role] });
    let none = call(&client, "AssignOrganizationRolesToApplications", &path, body).await;
    assert_eq!(refused(none), (400, "guard.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn only_the_database_knows_that_an_owner_does_not_exist() -> Result<()> {
    let Stage { client, role, scope, .. } = stage().await?;
    let foreign = |result| assert_eq!(refused(result), (422, "entity.relation_foreign_key_not_found".into()));
    let nope = [("id", "nope")];
    foreign(call(&client, "CreateOrganizationJitEmailDomain", &nope, json!({ "emailDomain": "a.example" })).await);
    foreign(call(&client, "ReplaceOrganizationJitEmailDomains", &nope, json!({ "emailDomains": ["a.example"] })).await);
    foreign(call(&client, "CreateOrganizationJitRole", &nope, json!({ "organizationRoleIds": [role] })).await);
    foreign(call(&client, "ReplaceOrganizationJitRoles", &nope, json!({ "organizationRoleIds": [role] })).await);
    foreign(call(&client, "CreateOrganizationRoleScope", &nope, json!({ "organizationScopeIds": [scope] })).await);
    let user = [("userId", "nope")];
    let token = call(&client, "CreateUserPersonalAccessToken", &user, json!({ "name": "a" })).await;
    assert_eq!(refused(token), (404, "entity.relation_foreign_key_not_found".into()));

    let missing = |result| assert_eq!(refused(result), (404, "entity.not_found".into()));
    let path = [("id", "nope"), ("emailDomain", "a.example")];
    missing(call(&client, "DeleteOrganizationJitEmailDomain", &path, Value::Null).await);
    missing(call(&client, "DeleteUserPersonalAccessToken", &[("userId", "nope"), ("name", "a")], Value::Null).await);
    missing(call(&client, "ListUserPersonalAccessTokens", &user, Value::Null).await);
    let unknown = |result| assert_eq!(refused(result), (404, "entity.not_exists_with_id".into()));
    unknown(call(&client, "CreateApplicationSecret", &nope, json!({ "name": "a" })).await);
    unknown(call(&client, "DeleteApplicationSecret", &[("id", "nope"), ("name", "a")], Value::Null).await);
    // Nothing is added.
    call(&client, "ReplaceOrganizationJitRoles", &nope, json!({ "organizationRoleIds": [] })).await?;
    Ok(())
}

#[tokio::test]
async fn the_membership_is_checked_before_the_body() -> Result<()> {
    let Stage { client, organization, .. } = stage().await?;
    let path = [("id", organization.as_str()), ("applicationId", "nope")];
    let assigned = call(&client, "AssignOrganizationRolesToApplication", &path, json!({})).await;
    assert_eq!(refused(assigned), (422, "organization.require_membership".into()));
    Ok(())
}

#[tokio::test]
async fn repeated_ids_of_members_are_returned_as_sent() -> Result<()> {
    let Stage { client, user, organization, .. } = stage().await?;
    let twice = json!({ "userIds": [user, user] });
    assert_eq!(call(&client, "AddOrganizationUsers", &[("id", &organization)], twice.clone()).await?, twice);
    assert_eq!(client.organizations().list_users(&organization).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_email_domains_of_an_organization_are_distinct() -> Result<()> {
    let Stage { client, organization, .. } = stage().await?;
    let twice = json!({ "emailDomains": ["a.example", "a.example"] });
    let replaced = call(&client, "ReplaceOrganizationJitEmailDomains", &[("id", &organization)], twice).await;
    assert_eq!(refused(replaced), (422, "entity.unique_integrity_violation".into()));
    assert!(client.organizations().list_jit_email_domains(&organization).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn replacements_of_roles_and_scopes_have_distinct_ids() -> Result<()> {
    let Stage { client, organization, .. } = stage().await?;
    let role = call(&client, "CreateOrganizationRole", &[], json!({ "name": "clerk" })).await?["id"].clone();
    let scope = call(&client, "CreateOrganizationScope", &[], json!({ "name": "expel" })).await?["id"].clone();
    let repeated = (422, "entity.unique_integrity_violation".to_owned());
    let (organization, id) = ([("id", organization.as_str())], role.as_str().unwrap());
    let twice = json!({ "organizationRoleIds": [role, role] });
    assert_eq!(refused(call(&client, "ReplaceOrganizationJitRoles", &organization, twice).await), repeated);
    let twice = json!({ "organizationScopeIds": [scope, scope] });
    assert_eq!(refused(call(&client, "ReplaceOrganizationRoleScopes", &[("id", id)], twice).await), repeated);
    Ok(())
}
