//! Exports users: page by page, with what the list of users lacks.

use futures_util::{StreamExt, TryStreamExt, stream};
use logto_admin::Client;
use logto_admin::models::User;
use logto_admin::serde_json::{self, Value};
use serde::Serialize;

use super::record::{Factor, ImportedUser, JsonObject, Membership};
use super::seen_ids::SeenIds;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::{json_object, lookup, output};

/// Data to export besides the members of the list. Each costs a call per user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum With {
    /// Hashes of passwords
    PasswordHashes,
    /// Names of roles
    Roles,
    /// Organizations and the roles in them
    Organizations,
    /// Social identities
    Identities,
    /// Kinds of second factors. The server does not reveal their secrets
    Mfa,
}

/// Number of users on a page: the most that Logto allows.
const PAGE: usize = 100;
/// Number of pages that are read ahead.
const AHEAD: usize = 4;
/// Number of users whose details are fetched concurrently.
const AT_ONCE: usize = 16;
/// Number of times that the list is read again if users were deleted meanwhile. That moves others to earlier pages.
const PASSES: usize = 3;
/// If more than a hundredth of the users are missing, the list lacks pages. Deletions explain fewer.
const MISSING_SHARE: u64 = 100;

const CHECK: &str = "check the server and what is in front of it";

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Whether the list was read to its end. Otherwise, an interrupt ended the export.
    pub is_complete: bool,
    /// Number of users that the server counts. None if it does not tell.
    pub counted: Option<u64>,
}

/// Passes each user to `write` once, newest first. Users in `seen` are left out.
///
/// Users that sign up during the export might be missing. Users that are deleted move others to earlier pages, so the
/// list is read again if it has more users than were written.
///
/// # Errors
/// Also fails if the server lists far fewer users than it counts, or more.
pub async fn export(
    client: &Client,
    with: &[With],
    seen: &mut SeenIds,
    interrupt: &Interrupt,
    write: &mut (dyn FnMut(&ImportedUser) -> Result<()> + Send),
) -> Result<Exported> {
    let mut counted = None;
    for pass in 1..=PASSES {
        let mut pages = client.users().list().page_size(PAGE as u32).prefetch(AHEAD).pages();
        let (mut read, mut listed, mut is_full) = (0, 0, false);
        let mut last = Vec::new();
        // A user was deleted between two pages, so another one can have moved from the later page to the earlier one.
        let mut has_shrunk = false;
        while let Some(page) = pages.try_next().await? {
            has_shrunk |= page.total < counted;
            counted = page.total;
            read += 1;
            listed += page.items.len() as u64;
            is_full = page.items.len() >= PAGE;
            let ids: Vec<String> = page.items.iter().map(|user| user.id.clone()).collect();
            if !ids.is_empty() && ids == last {
                let message = format!("the server lists the same users on the pages {} and {read}", read - 1);
                return Err(Failure::new(message).with_hint(CHECK));
            }
            last = ids;
            let new: Vec<User> = page.items.into_iter().filter(|user| seen.add(&user.id)).collect();
            let mut complete = stream::iter(new).map(|user| completed_if_present(client, with, user)).buffered(AT_ONCE);
            while let Some(user) = complete.try_next().await? {
                user.as_ref().map_or(Ok(()), &mut *write)?;
            }
            if interrupt.is_set() {
                return Ok(Exported { is_complete: false, counted });
            }
        }
        if listed == 0 {
            // The stream of pages ends before an empty one, also before the first.
            counted = client.users().list().page_size(1).await?.total;
        }
        let total = counted.unwrap_or_default();
        // The stream of pages ends where the total does, although a full page might not be the last one.
        let is_cut = is_full && counted.is_some() && has_page(client, read + 1).await?;
        if !is_cut && !has_shrunk && listed >= total && seen.len() as u64 >= total {
            break;
        }
        let known = seen.len() as u64;
        if pass == PASSES && (is_cut || known < total - total / MISSING_SHARE) {
            let listed = if is_cut { "more".to_owned() } else { known.to_string() };
            let message = format!("the server counts {}, but lists {listed}", output::counted(total, "user"));
            return Err(Failure::new(message).with_hint(CHECK));
        }
    }
    Ok(Exported { is_complete: true, counted })
}

async fn has_page(client: &Client, page: u32) -> Result<bool> {
    let page = client.users().list().page(page).page_size(PAGE as u32).await?;
    Ok(!page.items.is_empty())
}

/// Returns the record of a user. Returns `None` if the user was deleted after the list was read.
async fn completed_if_present(client: &Client, with: &[With], user: User) -> Result<Option<ImportedUser>> {
    let id = user.id.clone();
    match completed(client, with, user).await {
        Ok(record) => Ok(Some(record)),
        Err(failure) => match client.users().get(&id).await {
            Err(error) if lookup::is_absent(&error) => Ok(None),
            _ => Err(failure),
        },
    }
}

/// Returns the record of a user, with what the list lacks.
async fn completed(client: &Client, with: &[With], user: User) -> Result<ImportedUser> {
    let has = |what| with.contains(&what);
    let id = user.id.clone();
    let mut record = record(user, has(With::Identities))?;
    if has(With::PasswordHashes) {
        let user = client.users().get(&id).include_password_hash(true).await?;
        record.password_algorithm = user.password_algorithm.value().map(|algorithm| algorithm.as_str().to_owned());
        record.password_digest = user.password_digest.value().cloned();
    }
    if has(With::Roles) {
        let roles = lookup::all_at(client, "ListUserRoles", &[("userId", id.clone())]).await?;
        record.roles = json_object::names(&roles);
    }
    if has(With::Organizations) {
        let all = lookup::items(client.operation("ListUserOrganizations")?.path("userId", &id).await?)?;
        let roles = |item: &Value| json_object::names(json_object::items(item, "organizationRoles"));
        let membership = |item: &Value| Membership { name: json_object::text(item, "name"), roles: roles(item) };
        record.organizations = all.iter().map(membership).collect();
    }
    if has(With::Mfa) {
        let all = lookup::items(client.operation("ListUserMfaVerifications")?.path("userId", &id).await?)?;
        record.mfa = all
            .iter()
            .filter_map(|factor| {
                serde_json::from_value(serde_json::json!({ "type": json_object::member(factor, "type") })).ok()
            })
            .collect::<Vec<Factor>>();
    }
    Ok(record)
}

fn record(user: User, identities: bool) -> Result<ImportedUser> {
    Ok(ImportedUser {
        id: Some(user.id),
        username: user.username,
        primary_email: user.primary_email,
        primary_phone: user.primary_phone,
        name: user.name,
        avatar: user.avatar,
        custom_data: user.custom_data,
        profile: members(&user.profile)?,
        is_suspended: user.is_suspended,
        identities: if identities { members(&user.identities)? } else { JsonObject::new() },
        ..Default::default()
    })
}

/// Returns the members of an object that are not null.
fn members(object: &impl Serialize) -> Result<JsonObject> {
    let object = serde_json::to_value(object).map_err(|error| Failure::new(error.to_string()))?;
    let mut members = json_object::members(object);
    members.retain(|_, value| !value.is_null());
    Ok(members)
}
