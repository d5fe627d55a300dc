use std::time::Duration;

use logto_admin::models::{
    CreateOrganization, CreateOrganizationInvitation, CreateOrganizationRole, CreateUser,
    ReplaceOrganizationInvitationStatus,
};
use logto_admin::serde_json::json;
use logto_admin::{Client, Result, Timestamp};
use logto_admin_emulator::Emulator;

use crate::{call, refused};

async fn member_to_be(client: &Client, email: &str) -> Result<(String, String)> {
    let user = CreateUser { primary_email: Some(email.into()), ..Default::default() };
    let user = client.users().create(user).await?.id;
    Ok((user, client.organizations().create(CreateOrganization::new("Acme")).await?.id))
}

fn accept(user: &str) -> ReplaceOrganizationInvitationStatus {
    let mut accept = ReplaceOrganizationInvitationStatus::new("Accepted".into());
    accept.accepted_user_id = user.into();
    accept
}

#[tokio::test]
async fn an_invitee_ignores_the_case_of_the_address_but_duplicates_do_not() -> Result<()> {
    let client = Emulator::new().client()?;
    let (user, organization) = member_to_be(&client, "ada@example.com").await?;
    let invite = |email: &str| {
        let expires_at = Timestamp::from_millis(4_000_000_000_000);
        client.organization_invitations().create(CreateOrganizationInvitation::new(email, &*organization, expires_at))
    };
    let invitation = invite("Ada@Example.com").await?;
    let again = invite("Ada@Example.com").await;
    assert_eq!(refused(again), (422, "entity.unique_integrity_violation".into()));
    invite("ADA@example.com").await?;
    assert_eq!(client.organization_invitations().list().invitee("ada@example.com").await?.len(), 2);
    assert!(client.organization_invitations().list().invitee("ad@example.com").await?.is_empty());
    client.organization_invitations().replace_status(&invitation.id, accept(&user)).await?;
    let member = invite("ada@example.com").await;
    assert_eq!(refused(member), (422, "request.invalid_input".into()));
    invite("ada@EXAMPLE.com").await?;
    Ok(())
}

#[tokio::test]
async fn expired_invitations_cannot_be_accepted_but_replaced() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let (user, organization) = member_to_be(&client, "ada@example.com").await?;
    let invite = || {
        let expires_at = Timestamp::from_millis(emulator.now().as_millis() + 60_000);
        let invitation = CreateOrganizationInvitation::new("ada@example.com", &*organization, expires_at);
        client.organization_invitations().create(invitation)
    };
    let first = invite().await?;
    assert_eq!(first.status.as_str(), "Pending");
    emulator.advance(Duration::from_secs(61));
    assert_eq!(client.organization_invitations().get(&first.id).await?.status.as_str(), "Expired");
    let late = client.organization_invitations().replace_status(&first.id, accept(&user)).await;
    assert_eq!(refused(late), (422, "request.invalid_input".into()));
    let second = invite().await?;
    client.organization_invitations().replace_status(&second.id, accept(&user)).await?;
    Ok(())
}

#[tokio::test]
async fn the_roles_of_an_invitation_are_in_order_of_their_names() -> Result<()> {
    let client = Emulator::new().client()?;
    let (_, organization) = member_to_be(&client, "ada@example.com").await?;
    let mut roles = Vec::new();
    for name in ["owner", "visitor"] {
        roles.insert(0, client.organization_roles().create(CreateOrganizationRole::new(name)).await?.id);
    }
    let expires_at = Timestamp::from_millis(4_000_000_000_000);
    let mut invitation = CreateOrganizationInvitation::new("eve@example.com", &*organization, expires_at);
    invitation.organization_role_ids = Some(roles);
    let created = client.organization_invitations().create(invitation).await?;
    let names: Vec<_> = created.organization_roles.iter().map(|role| role.name.as_str()).collect();
    assert_eq!(names, ["owner", "visitor"]);
    Ok(())
}

#[tokio::test]
async fn an_invitation_with_an_unknown_role_is_not_kept() -> Result<()> {
    let client = Emulator::new().client()?;
    let (_, organization) = member_to_be(&client, "ada@example.com").await?;
    let expires_at = Timestamp::from_millis(4_000_000_000_000);
    let mut invitation = CreateOrganizationInvitation::new("eve@example.com", &*organization, expires_at);
    invitation.organization_role_ids = Some(vec!["nope".into()]);
    let created = client.organization_invitations().create(invitation).await;
    assert_eq!(refused(created), (422, "entity.relation_foreign_key_not_found".into()));
    assert!(client.organization_invitations().list().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_accepting_user_is_required_before_the_invitation_is_found() -> Result<()> {
    let client = Emulator::new().client()?;
    let without = ReplaceOrganizationInvitationStatus::new("Accepted".into());
    let accepted = client.organization_invitations().replace_status("nope", without).await;
    assert_eq!(refused(accepted), (422, "request.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn users_cannot_accept_roles_of_machines() -> Result<()> {
    let client = Emulator::new().client()?;
    let (user, organization) = member_to_be(&client, "ada@example.com").await?;
    let role = json!({ "name": "worker", "type": "MachineToMachine" });
    let role = call(&client, "CreateOrganizationRole", &[], role).await?["id"].as_str().unwrap().to_owned();
    let mut invitation =
        CreateOrganizationInvitation::new("ada@example.com", &*organization, Timestamp::from_millis(4_000_000_000_000));
    invitation.organization_role_ids = Some(vec![role]);
    let invitation = client.organization_invitations().create(invitation).await?.id;
    let accepted = client.organization_invitations().replace_status(&invitation, accept(&user)).await;
    assert_eq!(refused(accepted), (422, "entity.db_constraint_violated".into()));
    assert!(client.organizations().list_users(&organization).await?.is_empty());
    assert_eq!(client.organization_invitations().get(&invitation).await?.status.as_str(), "Pending");
    Ok(())
}
