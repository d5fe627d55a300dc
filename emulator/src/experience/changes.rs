//! Creates and changes the users of interactions.

use logto_admin::serde_json::{Value, json};

use super::organizations::INVITATIONS;
use super::{events, guards, identities, organizations, progress};
use crate::call::Call;
use crate::collections::USERS;
use crate::errors::Outcome;
use crate::operations::collection_operations::{self, keep};
use crate::operations::users;
use crate::passwords;
use crate::record::{Members, Record};
use crate::rules;
use crate::state::progress::Progress;

/// Adds what the user has entered to a record.
pub(super) fn apply(call: &mut Call<'_>, progress: &Progress, user: &mut Record) {
    identities::apply(&progress.profile, user);
    for (name, value) in
        progress.profile.iter().filter(|(name, _)| !identities::is_identity(name) && *name != INVITATIONS)
    {
        match (user.members.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more.clone()),
            _ => {
                user.members.insert(name.clone(), value.clone());
            }
        }
    }
    if let Some(password) = &progress.password {
        passwords::set(&mut user.hidden, password, &mut call.state.ids, call.now);
    }
}

/// Returns the user of a draft, who does not exist yet.
pub(super) fn drafted(call: &mut Call<'_>, draft: &Progress) -> Record {
    let mut user = call.state.blank(&USERS, Members::new(), call.now);
    apply(call, draft, &mut user);
    user
}

/// Creates the user of a draft, who is then the user of the interaction.
pub(super) fn register(call: &mut Call<'_>, draft: &Progress) -> Outcome<()> {
    let mut user = drafted(call, draft);
    // New users have not decided to use second factors yet.
    users::merge_configs(&mut user, &Members::from_iter([("mfa".to_owned(), json!({ "enabled": false }))]));
    guards::complete(call.state, draft, &user)?;
    create(call, draft, &user)
}

/// Stores a new user, who is then the user of the interaction.
pub(super) fn create(call: &mut Call<'_>, draft: &Progress, user: &Record) -> Outcome<()> {
    collection_operations::check(call, &USERS, user)?;
    call.state.store.put(&USERS, user.clone());
    (rules::of(&USERS).created)(call, user);
    identities::store(call, draft, user)?;
    organizations::provision(call, draft, user)?;
    events::created(call, draft, user)?;
    progress(call)?.registered(user.id.clone());
    Ok(())
}

/// Stores a changed user.
pub(super) fn save(call: &mut Call<'_>, user: &mut Record) -> Outcome<()> {
    collection_operations::check(call, &USERS, user)?;
    keep(call, &USERS, user);
    Ok(())
}
