//! `organizations`: lists and changes organizations, their members and invitations.

use logto_admin::models::CreateOrganization;
use logto_admin::serde_json::{Value, json};

use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::lookup;
use crate::output::Column;

/// A command about organizations.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List organizations
    List,
    /// Create an organization
    Create {
        /// Name
        name: String,
        /// Description
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete an organization
    Delete {
        /// Id or name
        organization: String,
    },
    /// List the members of an organization
    Members {
        /// Id or name
        organization: String,
    },
    /// Add users to an organization
    AddMember {
        /// Id or name
        organization: String,
        /// Id, email address, phone number or username
        #[arg(required = true)]
        users: Vec<String>,
        /// Name of a role that the members get. Can be repeated
        #[arg(long = "role", value_name = "NAME")]
        roles: Vec<String>,
    },
    /// Remove a user from an organization
    RemoveMember {
        /// Id or name
        organization: String,
        /// Id, email address, phone number or username
        user: String,
    },
    /// List invitations
    Invitations {
        /// Id or name of an organization
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
}

const COLUMNS: &[Column] = &[("id", "/id"), ("name", "/name"), ("description", "/description")];
const MEMBERS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("username", "/username"), ("email", "/primaryEmail"), ("roles", "/roles")];
const INVITATIONS: &[Column] =
    &[("id", "/id"), ("invitee", "/invitee"), ("organization", "/organizationId"), ("status", "/status")];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListOrganizations", "organization", name).await;
    match command {
        Command::List => context.printer.list(COLUMNS, &lookup::all(&client, "ListOrganizations").await?)?,
        Command::Create { name, description } => {
            let new = CreateOrganization { description: description.into(), ..CreateOrganization::new(name) };
            let created = client.organizations().create(new).await?;
            context.printer.item(&json!({ "id": created.id, "name": created.name }))?;
        }
        Command::Delete { organization } => {
            let id = find(&organization).await?;
            context.confirm(&format!("Delete the organization {organization}?"))?;
            client.organizations().delete(&id).await?;
            context.printer.message(&format!("deleted {organization}"));
        }
        Command::Members { organization } => {
            let path = [("id", find(&organization).await?)];
            let mut members = lookup::all_at(&client, "ListOrganizationUsers", &path).await?;
            for member in &mut members {
                let roles = member["organizationRoles"].as_array().cloned().unwrap_or_default();
                member["roles"] = roles.iter().map(|role| role["name"].clone()).collect::<Vec<Value>>().into();
            }
            context.printer.list(MEMBERS, &members)?;
        }
        Command::AddMember { organization, users, roles } => {
            let id = find(&organization).await?;
            let mut ids = Vec::new();
            for user in &users {
                ids.push(lookup::user(&client, user).await?.id);
            }
            client.operation("AddOrganizationUsers")?.path("id", &id).json(&json!({ "userIds": ids })).await?;
            for user in ids.iter().filter(|_| !roles.is_empty()) {
                let assign = client.operation("AssignOrganizationRolesToUser")?.path("id", &id).path("userId", user);
                assign.json(&json!({ "organizationRoleNames": roles })).await?;
            }
            context.printer.message(&format!("added {} to {organization}", users.join(", ")));
        }
        Command::RemoveMember { organization, user } => {
            let (id, user_id) = (find(&organization).await?, lookup::user(&client, &user).await?.id);
            context.confirm(&format!("Remove {user} from the organization {organization}?"))?;
            client.operation("DeleteOrganizationUser")?.path("id", &id).path("userId", &user_id).await?;
            context.printer.message(&format!("removed {user} from {organization}"));
        }
        Command::Invitations { organization } => {
            let mut request = client.operation("ListOrganizationInvitations")?;
            if let Some(name) = organization {
                request = request.query("organizationId", find(&name).await?.as_str());
            }
            let all = request.await?;
            context.printer.list(INVITATIONS, all.as_array().map_or(&[], Vec::as_slice))?;
        }
    }
    Ok(Exit::Done)
}
