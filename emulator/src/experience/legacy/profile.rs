//! The profile of the user, which the submission stores.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{KINDS, identifiers, progress};
use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::experience::{changes, guards, identities, people, social};
use crate::http::reply;
use crate::policies::password::{PasswordPolicy, policy_of, rejected};
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Event, Identifier, Kind, Progress, Proof, missing};

/// Rejects members with which users do not register.
pub(super) fn permit(state: &State, entered: &Members) -> Outcome<()> {
    let experience = guards::experience(state);
    let asks_for_password = experience.get("signUp").and_then(|sign_up| sign_up.get("password"));
    let allowed = |name: &str| match name {
        "password" => asks_for_password == Some(&Value::Bool(true)),
        "connectorId" => true,
        kind => identifiers::profile_identifiers(&experience).any(|name| name == kind),
    };
    let mut given = entered.keys().filter(|name| !text(entered, name).is_empty());
    if given.all(|name| allowed(name)) { Ok(()) } else { Err(guards::not_enabled()) }
}

/// Replaces the profile. Checks what a call adds to it.
pub(super) fn enter(call: &mut Call<'_>, given: &Members, entered: Members) -> Outcome<HttpResponse> {
    if progress(call)?.event != Event::ForgotPassword {
        permit(call.state, given)?;
    }
    if let Some(password) = given.get("password").and_then(Value::as_str) {
        check_password(call, password, &entered)?;
    }
    progress(call)?.legacy.profile = entered;
    Ok(reply::nothing(204))
}

/// Rejects a password that the policy does not permit. It may contain no data of the user.
fn check_password(call: &mut Call<'_>, password: &str, entered: &Members) -> Outcome<()> {
    let current = progress(call)?.clone();
    let owner = |proof: &Proof| identifiers::owner(call, &current, proof).ok();
    let mut user = current.legacy.proofs.iter().find_map(owner).map(|(user, _)| user).unwrap_or_default();
    for kind in KINDS {
        let member = Identifier::of_user(kind, &user).member();
        if user.text(member).is_empty() {
            user.members.insert(member.to_owned(), text(entered, kind).into());
        }
    }
    let experience = guards::experience(call.state);
    let issues = PasswordPolicy::new(policy_of(&experience)).issues(password, Some(&user));
    if issues.is_empty() { Ok(()) } else { Err(rejected(issues).at(400)) }
}

/// Rejects a profile that the user has not proven, or that a user already has.
pub(super) fn verify(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<()> {
    let current = progress(call)?.clone();
    let entered = &current.legacy.profile;
    let given = |kind: &str| Identifier { kind: kind.to_owned(), value: text(entered, kind).to_owned() };
    let kinds = KINDS.map(given).into_iter().filter(|identifier| !identifier.value.is_empty());
    let all: Vec<Identifier> = kinds.collect();
    let mut addresses = all.iter().filter(|identifier| identifier.kind != "username");
    if addresses.any(|address| !current.legacy.proofs.contains(&Proof::Address(address.clone()))) {
        return Err(missing());
    }
    let connector = text(entered, "connectorId");
    if !connector.is_empty() && identifiers::social_profile(&current, Some(connector)).is_none() {
        return Err(identifiers::no_connector_session(404));
    }
    if let Some(user) = user {
        let exists = |kind: &str| Refusal::usual(400, &format!("user.{kind}_exists_in_profile"));
        if let Some(known) = all.iter().find(|one| !Identifier::of_user(&one.kind, user).value.is_empty()) {
            return Err(exists(&known.kind));
        }
        if !text(entered, "password").is_empty() && guards::has_password(user) {
            return Err(exists("password"));
        }
    }
    all.iter().try_for_each(|identifier| people::refuse_taken(call.state, identifier, ""))?;
    let draft = drafted(call, user)?;
    identities::refuse_taken(call.state, &draft.profile)
}

/// Returns the interaction with what the user has entered.
pub(super) fn drafted(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<Progress> {
    let mut draft = progress(call)?.clone();
    let entered = draft.legacy.profile.clone();
    if entered.contains_key("connectorId") {
        let record = draft.of_kind(Kind::Social).cloned().ok_or_else(|| identifiers::no_connector_session(404))?;
        social::provided(call, &record, user.is_none())?.add_to(&mut draft);
    }
    for kind in KINDS.into_iter().filter(|kind| entered.contains_key(*kind)) {
        let identifier = Identifier { kind: kind.to_owned(), value: text(&entered, kind).to_owned() };
        draft.profile.insert(identifier.member().to_owned(), identifier.value.into());
    }
    draft.password = Some(text(&entered, "password").to_owned()).filter(|password| !password.is_empty());
    Ok(draft)
}

/// Returns what a user must have and lacks.
fn lacking(state: &State, user: &Record) -> Vec<&'static str> {
    let experience = guards::experience(state);
    let has = |kind: &str| !Identifier::of_user(kind, user).value.is_empty();
    let asks_for = |kind: &str| identifiers::profile_identifiers(&experience).any(|name| name == kind);
    let password = experience.get("signUp").and_then(|sign_up| sign_up.get("password"));
    let mut lacking = Vec::new();
    if password == Some(&Value::Bool(true)) && !guards::has_password(user) {
        lacking.push("password");
    }
    let either = asks_for("email") && asks_for("phone");
    lacking.extend(match () {
        () if asks_for("username") && !has("username") => Some("username"),
        () if either => (!has("email") && !has("phone")).then_some("emailOrPhone"),
        () if asks_for("email") && !has("email") => Some("email"),
        () if asks_for("phone") && !has("phone") => Some("phone"),
        () => None,
    });
    lacking
}

/// Returns the changed user. If the user needs an address, adds that of a social account.
pub(super) fn complete(call: &mut Call<'_>, draft: &mut Progress, user: Option<&Record>) -> Outcome<Record> {
    let mut changed = match user {
        Some(user) => {
            let mut user = user.clone();
            changes::apply(call, draft, &mut user);
            user
        }
        None => changes::drafted(call, draft),
    };
    let lacking = lacking(call.state, &changed);
    let incomplete = |data: Value| Refusal::usual(422, "user.missing_profile").with("data", data);
    let account = identifiers::social_profile(draft, None).cloned().unwrap_or_default();
    let of_account = |kind: &&str| {
        let is_needed = lacking.iter().any(|name| name == kind || *name == "emailOrPhone");
        is_needed && !text(&account, kind).is_empty()
    };
    let Some(kind) = ["email", "phone"].into_iter().find(of_account) else {
        if lacking.is_empty() {
            return Ok(changed);
        }
        return Err(incomplete(json!({ "missingProfile": lacking })));
    };
    let address = Identifier { kind: kind.to_owned(), value: text(&account, kind).to_owned() };
    if people::find(call.state, &address).is_some() {
        let taken = || ("registeredSocialIdentity".to_owned(), json!({ (kind): address.value }));
        let mut data = Members::from_iter([("missingProfile".to_owned(), json!(lacking))]);
        data.extend(user.map(|_| taken()));
        return Err(incomplete(data.into()));
    }
    let others: Vec<&str> = lacking.into_iter().filter(|name| *name != kind && *name != "emailOrPhone").collect();
    if !others.is_empty() {
        return Err(incomplete(json!({ "missingProfile": others })));
    }
    let value: Value = address.value.clone().into();
    draft.profile.insert(address.member().to_owned(), value.clone());
    changed.members.insert(address.member().to_owned(), value);
    Ok(changed)
}
