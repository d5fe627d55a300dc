//! `organizations invitations`: lists, creates and revokes invitations.

use std::time::Duration;

use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Error, Timestamp};

use crate::context::Context;
use crate::failure::{Failure, Result, printed_after_changes};
use crate::output::Format;
use crate::table::Column;
use crate::{json_object, lookup};

/// Lists invitations, or changes them.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// Task. Default: `list`
    #[command(subcommand)]
    command: Option<Command>,
    /// Organization whose invitations are listed. Default: all
    #[command(flatten)]
    organization: Organization,
}

/// An organization: as an argument, as other commands have it, or as an option.
#[derive(clap::Args, Debug)]
struct Organization {
    /// Id or name of the organization
    #[arg(value_name = "ORGANIZATION", conflicts_with = "organization")]
    argument: Option<String>,
    /// The same as the argument
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
}

impl Organization {
    fn name(&self) -> Option<&str> {
        self.argument.as_deref().or(self.organization.as_deref())
    }
}

/// A command about invitations.
#[derive(clap::Subcommand, Debug)]
enum Command {
    /// List invitations, also without the word `list`
    List(Organization),
    /// Invite somebody to an organization
    #[command(allow_missing_positional = true)]
    Create {
        /// Organization that the person is invited to
        #[command(flatten)]
        organization: Organization,
        /// Email address of the invited person
        email: String,
        /// Name of a role that the person gets in the organization. Can be repeated
        #[arg(long = "role", value_name = "NAME")]
        roles: Vec<String>,
        /// Time until the invitation expires, such as `12h`, `3d` or `2w`
        #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration)]
        expires_in: Duration,
        /// Let the server send an email with this link. Without it, no email is sent
        #[arg(long, value_name = "URL")]
        email_link: Option<String>,
    },
    /// Revoke an invitation: it cannot be accepted any more
    ///
    /// The organization is required if the person has invitations to several.
    #[command(allow_missing_positional = true)]
    Revoke {
        /// Organization of the invitation
        #[command(flatten)]
        organization: Organization,
        /// Id of the invitation, or email address of the invited person
        invitation: String,
    },
}

const COLUMNS: &[Column] = &[
    ("id", "/id"),
    ("invitee", "/invitee"),
    ("organization", "/organization"),
    ("roles", "/roles"),
    ("status", "/status"),
    ("expires", "/expiresAt"),
];

pub(super) async fn run(context: &mut Context, arguments: Arguments) -> Result<()> {
    let client = context.client()?;
    match arguments.command.unwrap_or(Command::List(arguments.organization)) {
        Command::List(organization) => {
            let mut all = invitations(&client, organization.name()).await?;
            if context.printer.format == Format::Table {
                add_names(&mut all, &lookup::all(&client, "ListOrganizations").await?);
            }
            context.printer.list(COLUMNS, &all)
        }
        Command::Create { organization, email, roles, expires_in, email_link } => {
            let organization = organization.name().ok_or_else(|| {
                Failure::usage("missing the organization").with_hint("pass its id or name before the email address")
            })?;
            let id = organization_id(&client, organization).await?;
            let role_ids = lookup::ids(&client, "ListOrganizationRoles", "organization role", &roles).await?;
            let new = json!({
                "organizationId": id,
                "invitee": email,
                "organizationRoleIds": role_ids,
                "expiresAt": (Timestamp::now() + expires_in).as_millis(),
                "messagePayload": email_link.map_or(Value::Bool(false), |link| json!({ "link": link })),
            });
            let created = client.operation("CreateOrganizationInvitation")?.json(&new).await;
            let created = created.map_err(|error| refused(error, &id, &email))?;
            printed_after_changes(context.printer.item(&created))
        }
        Command::Revoke { organization, invitation } => {
            let pending = pending(&client, &invitation, organization.name()).await?;
            context.confirm(&format!("Revoke the invitation of {}?", json_object::text(&pending, "invitee")))?;
            let revoke = client.operation("ReplaceOrganizationInvitationStatus")?;
            revoke.path("id", &json_object::text(&pending, "id")).json(&json!({ "status": "Revoked" })).await?;
            context.printer.message(&format!("revoked the invitation of {}", json_object::text(&pending, "invitee")));
            Ok(())
        }
    }
}

/// Returns the failure of a new invitation. A person can have one that is pending for each organization.
fn refused(error: Error, organization: &str, email: &str) -> Failure {
    let is_pending = error.code() == Some("entity.unique_integrity_violation");
    let failure = Failure::from(error);
    if !is_pending {
        return failure;
    }
    let revoke = format!("logto-admin organizations invitations revoke {organization} {email}");
    failure.with_hint(format!("an invitation is pending: revoke it with `{revoke}`"))
}

async fn organization_id(client: &Client, name: &str) -> Result<String> {
    lookup::id(client, "ListOrganizations", "organization", name).await
}

/// Returns the invitations to an organization, or to all.
async fn invitations(client: &Client, organization: Option<&str>) -> Result<Vec<Value>> {
    let mut request = client.operation("ListOrganizationInvitations")?;
    if let Some(name) = organization {
        request = request.query("organizationId", organization_id(client, name).await?.as_str());
    }
    lookup::items(request.await?)
}

/// Returns the invitation with this id, or the pending one of this person.
async fn pending(client: &Client, who: &str, organization: Option<&str>) -> Result<Value> {
    let mut all = invitations(client, organization).await?;
    if let Some(at) = all.iter().position(|invitation| invitation["id"] == who) {
        return Ok(all.swap_remove(at));
    }
    let is_of = |invitation: &Value| {
        json_object::text(invitation, "status") == "Pending"
            && json_object::text(invitation, "invitee").eq_ignore_ascii_case(who)
    };
    let mut found = all.into_iter().filter(is_of);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let (one, other) = (json_object::text(&one, "id"), json_object::text(&other, "id"));
            let message = format!("`{who}` has several invitations: pass an id, such as {one} or {other}");
            Err(Failure::usage(message)
                .with_hint("pass the organization before the email address if they are to different ones"))
        }
        (None, _) => Err(Failure::new(format!("no pending invitation has the id or email address `{who}`"))),
    }
}

/// Adds the names of organizations and roles to invitations, for people.
fn add_names(invitations: &mut [Value], organizations: &[Value]) {
    for invitation in invitations {
        let id = json_object::member(invitation, "organizationId");
        let organization = organizations.iter().find(|organization| json_object::member(organization, "id") == id);
        let name = organization.map_or(id, |organization| json_object::member(organization, "name"));
        json_object::set(invitation, "organization", name);
        let roles = json_object::names(json_object::items(invitation, "organizationRoles"));
        json_object::set(invitation, "roles", roles);
    }
}

/// Parses a duration such as `12h`.
fn duration(text: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "expected a number with m, h, d or w, such as `12h` or `7d`";
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 60 * 60,
        Some('d') => 24 * 60 * 60,
        Some('w') => 7 * 24 * 60 * 60,
        _ => return Err(EXPECTED),
    };
    let number: u32 = text.get(..text.len() - 1).and_then(|number| number.parse().ok()).ok_or(EXPECTED)?;
    match number {
        0 => Err("the invitation would have expired"),
        number if u64::from(number) * unit > LONGEST => Err("more than 10 years"),
        number => Ok(Duration::from_secs(u64::from(number) * unit)),
    }
}

/// Longest duration in seconds: 10 years.
const LONGEST: u64 = 10 * 366 * 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, seconds) in [("30m", 1_800), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "7", "-1d", "1.5h", "7 d", "7y", "0d", "4294967295w", "99999999999d", "é"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
