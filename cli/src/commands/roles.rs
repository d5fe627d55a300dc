//! `roles`: lists roles, and assigns them to users.

use logto_admin::serde_json::{Value, json};

use super::users::{self, find_each, for_each};
use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::lookup;
use crate::table::Column;

/// A command about roles.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List roles
    List,
    /// List the users with a role
    Users {
        /// Id or name
        role: String,
    },
    /// Assign a role to users
    Assign {
        /// Id or name
        role: String,
        /// Id, email address, phone number or username
        #[arg(required = true)]
        users: Vec<String>,
    },
    /// Take a role away from a user
    Remove {
        /// Id or name
        role: String,
        /// Id, email address, phone number or username
        user: String,
    },
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("type", "/type"),
    ("users", "/usersCount"),
    ("applications", "/applicationsCount"),
    ("description", "/description"),
];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    let find = async |name: &str| lookup::id(&client, "ListRoles", "role", name).await;
    match command {
        Command::List => {
            let roles: Vec<Value> = lookup::all(&client, "ListRoles").await?;
            context.printer.list(COLUMNS, &roles)?;
        }
        Command::Users { role } => {
            let path = [("id", find(&role).await?)];
            context.printer.list(users::COLUMNS, &lookup::all_at(&client, "ListRoleUsers", &path).await?)?;
        }
        Command::Assign { role, users } => {
            let role_id = find(&role).await?;
            let found = find_each(context, &client, &users).await?;
            let assign = async |id: String| {
                let assign = client.operation("AssignUserRoles")?.path("userId", &id);
                assign.json(&json!({ "roleIds": [role_id] })).await?;
                Ok(())
            };
            return for_each(context, users.len(), found, |who| format!("assigned {role} to {who}"), assign).await;
        }
        Command::Remove { role, user } => {
            let (role_id, user_id) = (find(&role).await?, lookup::user(&client, &user).await?.id);
            context.confirm(&format!("Take the role {role} from {user}?"))?;
            client.operation("DeleteUserRole")?.path("userId", &user_id).path("roleId", &role_id).await?;
            context.printer.message(&format!("took {role} from {user}"));
        }
    }
    Ok(Exit::Done)
}
