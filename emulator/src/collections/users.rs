use logto_admin::serde_json::{Value, json};

use super::{Collection, Draft, Filter, Key, Order, Owner, Shape, Test, Unique, Unknown, View};
use crate::call::Call;
use crate::collections::{ROLES, USER_SSO_IDENTITIES};
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::passwords;
use crate::policies::phones;
use crate::record::{Members, Record};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;

pub(crate) static USERS: Collection = Collection {
    name: "users",
    path: "/api/users",
    key: Key::Id(12),
    blank: || {
        json!({
            "username": null,
            "primaryEmail": null,
            "primaryPhone": null,
            "name": null,
            "avatar": null,
            "customData": {},
            "identities": {},
            "lastSignInAt": null,
            "profile": {},
            "applicationId": null,
            "isSuspended": false,
        })
    },
    stamps: &["createdAt", "updatedAt"],
    touched: Some("updatedAt"),
    unique: &[
        Unique { ignores_case: usernames_ignore_case, ..Unique::new("username", "user.username_already_in_use") },
        Unique { ignores_case: |_| true, ..Unique::new("primaryEmail", "user.email_already_in_use") },
        Unique::new("primaryPhone", "user.phone_already_in_use"),
    ],
    searchable: &["id", "primaryEmail", "primaryPhone", "username", "name"],
    filters: &[
        Filter { parameter: "excludeRoleId", test: Test::NotLinked { table: "users_roles", column: "roles" } },
        Filter {
            parameter: "excludeOrganizationId",
            test: Test::NotLinked { table: "organization_users", column: "organizations" },
        },
    ],
    exclusive: &["excludeRoleId", "excludeOrganizationId"],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    prepare,
    created,
    present,
    ..Collection::DEFAULT
};

pub(crate) static PERSONAL_ACCESS_TOKENS: Collection = Collection {
    name: "personal_access_tokens",
    path: "/api/users/{}/personal-access-tokens",
    key: Key::Member { name: "name", taken: "user.personal_access_token_name_exists" },
    owner: Some(Owner { collection: &USERS, member: "userId", has_checked_list: false }),
    blank: || json!({ "tenantId": "default", "name": "", "expiresAt": null }),
    stamps: &["createdAt"],
    order: Order::By("name"),
    unknown: Unknown::Plain,
    unknown_on_update: Some(Unknown::Missing),
    unknown_on_delete: Unknown::Plain,
    prepare: |call, draft| {
        if draft.creates {
            refuse_past(call.now, draft)?;
            draft.members.insert("value".to_owned(), format!("pat_{}", call.state.ids.secret(32)).into());
        }
        Ok(())
    },
    ..Collection::DEFAULT
};

/// Returns whether usernames that differ only in case are the same, which the sign-in experience decides.
pub(crate) fn usernames_ignore_case(state: &State) -> bool {
    let policy = state.settings.find(&SIGN_IN_EXPERIENCE).and_then(|experience| experience.get("usernamePolicy"));
    policy.and_then(|policy| policy.get("caseSensitive")) == Some(&Value::Bool(false))
}

/// Rejects an expiry that is not in the future.
pub(super) fn refuse_past(now: i64, draft: &Draft) -> Outcome<()> {
    let expired = draft.sent.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= now as f64);
    if expired { Err(invalid_input(400, "The value of `expiresAt` must be in the future.")) } else { Ok(()) }
}

/// Stores the password where no response shows it.
fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    normalize_phone(draft)?;
    let sent = |name| draft.sent.get(name).and_then(Value::as_str).map(str::to_owned);
    let (password, digest, algorithm) = (sent("password"), sent("passwordDigest"), sent("passwordAlgorithm"));
    if password.is_some() && digest.is_some() {
        let message = "You cannot set both plain text password and password digest.";
        return Err(Refusal::new(400, "user.password_and_digest", message));
    }
    if digest.is_some() && algorithm.is_none() {
        return Err(Refusal::new(400, "user.password_algorithm_required", "Password algorithm is required."));
    }
    if let Some(password) = password {
        passwords::set(&mut draft.hidden, &password, &mut call.state.ids);
    } else if let (Some(digest), Some(algorithm)) = (digest, algorithm) {
        passwords::import(&mut draft.hidden, &digest, &algorithm)?;
    }
    Ok(())
}

fn normalize_phone(draft: &mut Draft) -> Outcome<()> {
    let Some(phone) = draft.sent.get("primaryPhone").and_then(Value::as_str).filter(|phone| !phone.is_empty()) else {
        return Ok(());
    };
    let invalid = || Refusal::new(422, "user.invalid_phone", "The phone number is not valid.");
    let phone = phones::normalized(phone).ok_or_else(invalid)?;
    draft.members.insert("primaryPhone".to_owned(), phone.into());
    Ok(())
}

/// Assigns the default roles to a new user.
fn created(call: &mut Call<'_>, user: &Record) {
    let defaults = call.state.store.all(&ROLES).filter(|role| role.is_true("isDefault") && role.text("type") == "User");
    for role in defaults.map(|role| role.id.clone()).collect::<Vec<_>>() {
        call.state.store.links.add("users_roles", vec![user.id.clone(), role]);
    }
}

fn present(view: &View<'_>, user: &Record, members: &mut Members) {
    let among_members = view.shape == Shape::Linked && view.info.path.starts_with("/api/organizations");
    if !among_members {
        members.insert("hasPassword".to_owned(), user.hidden.contains_key(passwords::DIGEST).into());
    }
    if view.shape != Shape::Got {
        return;
    }
    if view.query.is_true("includeSsoIdentities") {
        let identities = view.state.store.all(&USER_SSO_IDENTITIES).filter(|known| known.text("userId") == user.id);
        let identities: Value = identities.map(|known| known.members.to_value()).collect();
        members.insert("ssoIdentities".to_owned(), identities);
    }
    if view.query.is_true("includePasswordHash") {
        let digests =
            passwords::MEMBERS.iter().filter_map(|name| Some(((*name).to_owned(), user.hidden.get(name)?.clone())));
        members.extend(digests);
    }
}
