//! Provision the organization of a new customer.

use logto_admin::models::{
    CreateOrganization, CreateOrganizationInvitation, CreateOrganizationJitEmailDomain, CreateOrganizationRole,
    CreateOrganizationScope, InvitationMessage, InvitationMessageOption, Organization, OrganizationInvitationStatus,
    OrganizationRoleIds, ReplaceOrganizationInvitationStatus,
};
use logto_admin::{Client, Result, Timestamp};
use logto_admin_emulator::Emulator;

use crate::sign_up;

// ANCHOR: roles
/// The ids of the organization roles. All organizations of a tenant share them.
struct Roles {
    admin: String,
    member: String,
}

/// Creates the roles. Run this once per tenant.
async fn create_roles(logto: &Client) -> Result<Roles> {
    let invite = logto.organization_scopes().create(CreateOrganizationScope::new("invite:member")).await?;
    let admin = CreateOrganizationRole {
        organization_scope_ids: Some(vec![invite.id]),
        ..CreateOrganizationRole::new("admin")
    };
    let admin = logto.organization_roles().create(admin).await?;
    let member = logto.organization_roles().create(CreateOrganizationRole::new("member")).await?;
    Ok(Roles { admin: admin.id, member: member.id })
}
// ANCHOR_END: roles

// ANCHOR: provision
/// A new customer.
struct Customer {
    name: String,
    email_domain: String,
    admin_email: String,
}

/// Creates the organization of a customer, or nothing if a step fails.
async fn provision(logto: &Client, roles: &Roles, customer: &Customer, expires_at: Timestamp) -> Result<Organization> {
    let organization = logto.organizations().create(CreateOrganization::new(&customer.name)).await?;
    match set_up(logto, roles, customer, &organization.id, expires_at).await {
        Ok(()) => Ok(organization),
        Err(error) => {
            // This also deletes the invitation and the just-in-time settings.
            logto.organizations().delete(&organization.id).await?;
            Err(error)
        }
    }
}

async fn set_up(logto: &Client, roles: &Roles, customer: &Customer, id: &str, expires_at: Timestamp) -> Result<()> {
    // New users with an email address of this domain become members when they sign up.
    let domain = CreateOrganizationJitEmailDomain::new(&customer.email_domain);
    logto.organizations().add_jit_email_domain(id, domain).await?;
    let member = OrganizationRoleIds::new(vec![roles.member.clone()]);
    logto.organizations().add_jit_roles(id, member).await?;

    let invitation = CreateOrganizationInvitation {
        organization_role_ids: Some(vec![roles.admin.clone()]),
        ..CreateOrganizationInvitation::new(&customer.admin_email, id, expires_at)
    };
    logto.organization_invitations().create(invitation).await?;
    Ok(())
}
// ANCHOR_END: provision

// ANCHOR: email
/// Lets Logto send the invitation by email. Logto needs an email connector for this.
fn by_email(invitation: CreateOrganizationInvitation, link: &str) -> CreateOrganizationInvitation {
    let message = InvitationMessage { link: Some(link.into()), ..Default::default() };
    CreateOrganizationInvitation { message_payload: Some(InvitationMessageOption::Message(message)), ..invitation }
}
// ANCHOR_END: email

// ANCHOR: accept
/// Accepts an invitation for the user who is signed in. The user's primary email must be the invited address.
async fn accept(logto: &Client, invitation_id: &str, user_id: &str) -> Result<()> {
    let accepted = ReplaceOrganizationInvitationStatus {
        accepted_user_id: user_id.into(),
        ..ReplaceOrganizationInvitationStatus::new(OrganizationInvitationStatus::Accepted)
    };
    logto.organization_invitations().replace_status(invitation_id, accepted).await?;
    Ok(())
}
// ANCHOR_END: accept

fn acme() -> Customer {
    Customer { name: "Acme".into(), email_domain: "acme.example".into(), admin_email: "ada@acme.example".into() }
}

/// The time in a week on the emulator's clock.
fn in_a_week(emulator: &Emulator) -> Timestamp {
    Timestamp::from_millis(emulator.now().as_millis() + 7 * 24 * 60 * 60 * 1000)
}

#[tokio::test]
async fn the_admin_joins_by_invitation_and_colleagues_join_just_in_time() -> Result<()> {
    let emulator = Emulator::new();
    let logto = emulator.client()?;
    let roles = create_roles(&logto).await?;
    let organization = provision(&logto, &roles, &acme(), in_a_week(&emulator)).await?;

    let organizations = logto.organizations();
    let domains = organizations.list_jit_email_domains(&organization.id).await?;
    assert_eq!(domains[0].email_domain, "acme.example");
    let roles_of_colleagues = organizations.list_jit_roles(&organization.id).await?;
    assert_eq!(roles_of_colleagues[0].id, roles.member);

    let invitations = logto.organization_invitations().list().organization_id(&organization.id).await?;
    assert_eq!((invitations.len(), invitations[0].invitee.as_str()), (1, "ada@acme.example"));
    let ada = sign_up(&logto, "ada@acme.example").await?;
    accept(&logto, &invitations[0].id, &ada.id).await?;
    assert_eq!(organizations.list_users(&organization.id).await?[0].id, ada.id);
    assert_eq!(organizations.list_user_roles(&organization.id, &ada.id).await?[0].id, roles.admin);
    assert_eq!(organizations.list_user_scopes(&organization.id, &ada.id).await?[0].name, "invite:member");
    Ok(())
}

#[tokio::test]
async fn a_failed_step_leaves_no_organization() -> Result<()> {
    let logto = Emulator::new().client()?;
    let roles = create_roles(&logto).await?;
    let in_the_past = Timestamp::from_millis(1);
    let error = provision(&logto, &roles, &acme(), in_the_past).await.unwrap_err();
    assert_eq!(error.operation(), Some("CreateOrganizationInvitation"));
    assert_eq!(logto.organizations().list().await?.total, Some(0));
    Ok(())
}

#[test]
fn the_email_contains_the_link() {
    let invitation = CreateOrganizationInvitation::new("ada@acme.example", "o1", Timestamp::from_millis(1));
    let body = serde_json::to_value(by_email(invitation, "https://app.example.com/join")).unwrap();
    assert_eq!(body["messagePayload"]["link"], "https://app.example.com/join");
}
