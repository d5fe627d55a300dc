use logto_admin::serde_json::Value;

use super::{Draft, Rules, Shape, View, refuse_past};
use crate::call::Call;
use crate::collections::{INVITATIONS, ROLES, USER_SSO_IDENTITIES};
use crate::errors::{Outcome, Refusal};
use crate::passwords;
use crate::policies::phones;
use crate::record::{Members, Record, text};

pub(super) static RULES: Rules = Rules { prepare, settle, created, deleted, present, ..Rules::NONE };

pub(super) static TOKEN_RULES: Rules = Rules {
    prepare: |call, draft| {
        if draft.creates {
            refuse_past(call)?;
            draft.members.insert("value".to_owned(), format!("pat_{}", call.state.ids.secret(32)).into());
        }
        Ok(())
    },
    ..Rules::NONE
};

/// Rejects a password in two forms. Phone numbers are compared without a zero after the calling code.
fn prepare(_: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let has = |name| !text(&draft.sent, name).is_empty();
    if has("password") && has("passwordDigest") {
        let message = "You cannot set both plain text password and password digest.";
        return Err(Refusal::new(400, "user.password_and_digest", message));
    }
    if has("passwordDigest") && !has("passwordAlgorithm") {
        return Err(Refusal::new(400, "user.password_algorithm_required", "Password algorithm is required."));
    }
    if let Some(phone) = phones::normalized(text(&draft.sent, "primaryPhone")) {
        draft.members.insert("primaryPhone".to_owned(), phone.into());
    }
    Ok(())
}

/// Stores the password where no response shows it.
fn settle(call: &mut Call<'_>, user: &mut Record) -> Outcome<()> {
    let body = call.sent();
    let sent = |name| Some(text(&body, name)).filter(|text| !text.is_empty());
    let (password, digest, algorithm) = (sent("password"), sent("passwordDigest"), sent("passwordAlgorithm"));
    if algorithm == Some(passwords::LEGACY) {
        passwords::check_legacy(digest)?;
    }
    if sent("primaryPhone").is_some_and(|phone| phones::normalized(phone).is_none()) {
        return Err(Refusal::new(422, "user.invalid_phone", "The phone number is not valid."));
    }
    if let Some(password) = password {
        passwords::set(&mut user.hidden, password, &mut call.state.ids, call.now);
    } else if let (Some(digest), Some(algorithm)) = (digest, algorithm) {
        passwords::import(&mut user.hidden, digest, algorithm, call.now);
    }
    Ok(())
}

/// Assigns the default roles to a new user.
fn created(call: &mut Call<'_>, user: &Record) {
    let defaults = call.state.store.all(&ROLES).filter(|role| role.is_true("isDefault") && role.text("type") == "User");
    for role in defaults.map(|role| role.id.clone()).collect::<Vec<_>>() {
        call.state.store.links.add("users_roles", vec![user.id.clone(), role]);
    }
}

/// Ends the sessions of a deleted user. Deletes the invitations that the user sent or accepted.
fn deleted(call: &mut Call<'_>, user: &Record) {
    call.state.oidc.forget_user(&user.id);
    let of_user =
        |invitation: &&Record| ["inviterId", "acceptedUserId"].iter().any(|one| invitation.text(one) == user.id);
    let invitations = call.state.store.all(&INVITATIONS).filter(of_user).map(|invitation| invitation.id.clone());
    for invitation in invitations.collect::<Vec<_>>() {
        call.state.store.remove(&INVITATIONS, &invitation);
    }
}

fn present(view: &View<'_>, user: &Record, members: &mut Members) {
    let among_members = view.shape == Shape::Linked && view.info.path.starts_with("/api/organizations");
    if !among_members {
        members.insert("hasPassword".to_owned(), user.hidden.contains_key(passwords::DIGEST).into());
    }
    if view.shape == Shape::Got && view.query.is_true("includeSsoIdentities") {
        let identities = view.state.store.all(&USER_SSO_IDENTITIES).filter(|known| known.text("userId") == user.id);
        let identities: Value = identities.map(|known| known.members.to_value()).collect();
        members.insert("ssoIdentities".to_owned(), identities);
    }
    if matches!(view.shape, Shape::Got | Shape::Listed) && view.query.is_true("includePasswordHash") {
        let digests =
            passwords::MEMBERS.iter().filter_map(|name| Some(((*name).to_owned(), user.hidden.get(name)?.clone())));
        members.extend(digests);
    }
}
