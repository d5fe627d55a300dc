//! Finds, creates and changes the users of interactions.

use logto_admin::serde_json::Value;

use super::progress::{Identifier, Progress};
use super::{events, guards, identities, progress};
use crate::call::Call;
use crate::collections::{JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES, USERS};
use crate::errors::{Outcome, Refusal};
use crate::operations::of_collections::{self, keep};
use crate::passwords;
use crate::record::Record;
use crate::rules;
use crate::state::State;

/// Returns the user with an identifier.
pub(super) fn find<'s>(state: &'s State, identifier: &Identifier) -> Option<&'s Record> {
    let member = identifier.member();
    let ignores_case = member == "primaryEmail";
    state.store.all(&USERS).find(|user| {
        let value = user.text(member);
        value == identifier.value || ignores_case && value.eq_ignore_ascii_case(&identifier.value)
    })
}

/// Rejects a suspended user.
pub(super) fn refuse_suspended(user: &Record) -> Outcome<()> {
    let refusal = Refusal::new(401, "user.suspended", "The account is suspended.");
    if user.is_true("isSuspended") { Err(refusal) } else { Ok(()) }
}

/// Rejects an identifier of another user than `id`.
pub(super) fn refuse_taken(state: &State, identifier: &Identifier, id: &str) -> Outcome<()> {
    if find(state, identifier).is_none_or(|user| user.id == id) {
        return Ok(());
    }
    let code = match identifier.kind.as_str() {
        "email" => "user.email_already_in_use",
        "phone" => "user.phone_already_in_use",
        _ => "user.username_already_in_use",
    };
    Err(Refusal::about(422, code, &identifier.value))
}

/// Adds what the user has entered to a record.
pub(super) fn apply(call: &mut Call<'_>, progress: &Progress, user: &mut Record) {
    identities::apply(&progress.profile, user);
    for (name, value) in progress.profile.iter().filter(|(name, _)| !identities::is_identity(name)) {
        match (user.members.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
            _ => {
                user.members.insert(name.clone(), value.clone());
            }
        }
    }
    if let Some(password) = &progress.password {
        passwords::set(&mut user.hidden, password, &mut call.state.ids);
    }
}

/// Creates the user of a draft, who is then the user of the interaction. Returns the id.
pub(super) fn register(call: &mut Call<'_>, draft: &Progress) -> Outcome<String> {
    let mut user = call.state.blank(&USERS, crate::record::Members::new(), call.now);
    apply(call, draft, &mut user);
    guards::complete(call.state, draft, &user)?;
    of_collections::check(call, &USERS, &user)?;
    call.state.store.put(&USERS, user.clone());
    (rules::of(&USERS).created)(call, &user);
    provision(call.state, &user);
    identities::store(call, draft, &user);
    events::created(call, draft, &user)?;
    progress(call)?.registered(user.id.clone());
    Ok(user.id)
}

/// Makes a new user a member of the organizations that want everyone with their email domain.
fn provision(state: &mut State, user: &Record) {
    let email = user.text("primaryEmail");
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    let wanting =
        state.store.all(&JIT_EMAIL_DOMAINS).filter(|known| known.text("emailDomain").to_lowercase() == domain);
    let organizations: Vec<String> = wanting.map(|known| known.text("organizationId").to_owned()).collect();
    for organization in organizations {
        join(state, &user.id, &organization);
    }
}

/// Makes a user a member of an organization, with the roles that it assigns to new members.
pub(super) fn join(state: &mut State, user: &str, organization: &str) {
    let condition = [("organizations", organization)];
    let roles = state.store.links.ids("organization_jit_roles", ORGANIZATION_ROLES.name, &condition);
    let roles: Vec<String> = roles.map(str::to_owned).collect();
    let membership = vec![organization.to_owned(), user.to_owned()];
    state.store.links.add("organization_users", membership.clone());
    for role in roles {
        let row = membership.iter().cloned().chain([role]).collect();
        state.store.links.add("organization_user_roles", row);
    }
}

/// Stores a changed user.
pub(super) fn save(call: &mut Call<'_>, user: &mut Record) -> Outcome<()> {
    of_collections::check(call, &USERS, user)?;
    keep(call, &USERS, user);
    Ok(())
}
