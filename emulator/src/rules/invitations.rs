use logto_admin::serde_json::Value;

use super::{Draft, Rules, refuse_past, role_names};
use crate::call::Call;
use crate::collections::{INVITATIONS, ORGANIZATION_ROLES, ORGANIZATIONS, USERS};
use crate::errors::{Outcome, foreign_key, invalid_input, unique_violation};
use crate::policies::template_variables;
use crate::record::{Members, Record, text};
use crate::state::messages::{self, INVITATION, Recipient};

pub(super) static RULES: Rules = Rules {
    prepare,
    created: |call, invitation| {
        if let Some(given) = message_payload(&call.body).cloned() {
            let payload = template_variables::of_invitation(call.state, invitation, given);
            let recipient = Recipient::email(invitation.text("invitee"));
            messages::deliver(call.state, call.now, &recipient, INVITATION, payload);
        }
    },
    present: |view, invitation, members| {
        members.insert("status".to_owned(), status_at(invitation, view.state.clock.now()).into());
        let conditions = [("organization_invitations", invitation.id.as_str())];
        let roles = role_names(view, "organization_invitation_roles", &conditions);
        members.insert("organizationRoles".to_owned(), roles);
    },
    ..Rules::NONE
};

fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if !draft.creates {
        return Ok(());
    }
    refuse_past(call)?;
    let store = &call.state.store;
    let (organization, inviter) = (text(&draft.sent, "organizationId"), text(&draft.sent, "inviterId"));
    // Unlike elsewhere, the case of an address matters here.
    let invitee = text(&draft.sent, "invitee");
    let mut holders = store.having(&USERS, "primaryEmail", invitee).filter(|user| user.text("primaryEmail") == invitee);
    if holders.any(|user| store.links.has("organization_users", &[organization.to_owned(), user.id.clone()])) {
        return Err(invalid_input(422, "The invitee is already a member of the organization."));
    }
    let pending = |other: &Record| {
        status_at(other, call.now) == "Pending"
            && other.text("organizationId") == organization
            && other.text("invitee") == invitee
    };
    if store.all(&INVITATIONS).any(pending) {
        return Err(unique_violation());
    }
    let known = store.get(&ORGANIZATIONS, organization).is_some();
    let roles = call.texts("organizationRoleIds");
    if !known
        || !(inviter.is_empty() || store.get(&USERS, inviter).is_some())
        || !roles.iter().all(|role| store.get(&ORGANIZATION_ROLES, role).is_some())
    {
        return Err(foreign_key());
    }
    match message_payload(&draft.sent) {
        Some(payload) => messages::check(call.state, call.now, &Recipient::email(invitee), INVITATION, payload),
        None => Ok(()),
    }
}

/// Returns the variables of the email, if the body of an invitation asks for one.
fn message_payload(body: &Members) -> Option<&Members> {
    body.get("messagePayload").and_then(Value::as_object)
}

/// Returns the status of an invitation at a time: a pending one expires.
pub(crate) fn status_at(invitation: &Record, now: i64) -> &str {
    let expired = invitation.members.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= now as f64);
    match invitation.text("status") {
        "Pending" if expired => "Expired",
        status => status,
    }
}

/// Returns whether two email addresses are the same, ignoring case.
pub(crate) fn same_address(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
