//! `organizations`: lists and changes organizations, their members and invitations.

use logto_admin::Client;
use logto_admin::models::CreateOrganization;
use logto_admin::serde_json::json;

use super::each_user::{find_each, for_each};
use super::invitations;
use crate::context::Context;
use crate::failure::{Exit, Failure, Result, printed_after_changes};
use crate::table::Column;
use crate::{json_object, lookup};

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
    /// List the roles that members can have. All organizations have the same
    Roles {
        /// Task. Default: `list`
        #[command(subcommand)]
        command: Option<Roles>,
    },
    /// List, create and revoke invitations
    Invitations(invitations::Arguments),
}

/// A command about the roles of members.
#[derive(clap::Subcommand, Debug)]
pub enum Roles {
    /// List the roles, also without the word `list`
    List,
}

const COLUMNS: &[Column] = &[("id", "/id"), ("name", "/name"), ("description", "/description")];
const MEMBERS: &[Column] =
    &[("id", "/id"), ("name", "/name"), ("username", "/username"), ("email", "/primaryEmail"), ("roles", "/roles")];
const ROLES: &[Column] = &[("id", "/id"), ("name", "/name"), ("type", "/type"), ("description", "/description")];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListOrganizations", "organization", name).await;
    match command {
        Command::List => context.printer.list(COLUMNS, &lookup::all(&client, "ListOrganizations").await?)?,
        Command::Create { name, description } => {
            let new = CreateOrganization { description: description.into(), ..CreateOrganization::new(name) };
            let created = client.organizations().create(new).await?;
            printed_after_changes(context.printer.item(&json!({ "id": created.id, "name": created.name })))?;
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
                let roles = json_object::names(json_object::items(member, "organizationRoles"));
                json_object::set(member, "roles", roles);
            }
            context.printer.list(MEMBERS, &members)?;
        }
        Command::AddMember { organization, users, roles } => {
            let id = find(&organization).await?;
            check_roles(&client, &roles).await?;
            let users = find_each(context, &client, &users).await?;
            let add = async |user: String| {
                client.operation("AddOrganizationUsers")?.path("id", &id).json(&json!({ "userIds": [user] })).await?;
                if !roles.is_empty() {
                    let assign =
                        client.operation("AssignOrganizationRolesToUser")?.path("id", &id).path("userId", &user);
                    let assigned = assign.json(&json!({ "organizationRoleNames": roles })).await;
                    assigned.map_err(|error| {
                        let doing = format!("added the user {user} to {organization}, but cannot assign the roles");
                        Failure::from(error).after_changes().context(doing)
                    })?;
                }
                Ok(())
            };
            return for_each(context, users, |who| format!("added {who} to {organization}"), add).await;
        }
        Command::RemoveMember { organization, user } => {
            let (id, user_id) = (find(&organization).await?, lookup::user(&client, &user).await?.id);
            context.confirm(&format!("Remove {user} from the organization {organization}?"))?;
            let removed = client.operation("DeleteOrganizationUser")?.path("id", &id).path("userId", &user_id).await;
            removed.map_err(|error| Failure::or_missing(error, format!("{user} is not a member of {organization}")))?;
            context.printer.message(&format!("removed {user} from {organization}"));
        }
        Command::Roles { command: None | Some(Roles::List) } => {
            context.printer.list(ROLES, &lookup::all(&client, "ListOrganizationRoles").await?)?;
        }
        Command::Invitations(arguments) => invitations::run(context, arguments).await?,
    }
    Ok(Exit::Done)
}

/// Fails for an unknown role, before anybody becomes a member.
async fn check_roles(client: &Client, roles: &[String]) -> Result<()> {
    if roles.is_empty() {
        return Ok(());
    }
    let known = lookup::all(client, "ListOrganizationRoles").await?;
    match roles.iter().find(|role| !known.iter().any(|known| json_object::text(known, "name") == **role)) {
        Some(unknown) => Err(Failure::new(format!("no organization role has the name `{unknown}`"))),
        None => Ok(()),
    }
}
