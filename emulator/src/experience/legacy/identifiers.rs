//! Proofs of who the user is. Together, they identify one user.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{delegate, identifier, not_for_forgotten_passwords, progress, social_record};
use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::experience::identities::Provided;
use crate::experience::{codes, events, guards, passwords, people, social, unverified};
use crate::http::reply;
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Progress, Proof, SOCIAL_PROFILE, missing, unidentified};
use crate::state::sentinel::Pool;
use crate::state::verification_codes::{self, Delivery, Purpose};

/// Rejects a way to sign in that is switched off.
pub(super) fn permit(state: &State, proof: &Members) -> Outcome<()> {
    if !proof.contains_key("connectorId") && !is_permitted(&guards::experience(state), proof) {
        return Err(guards::not_enabled());
    }
    guards::email_not_of_enterprise(state, text(proof, "email"))
}

/// Returns whether the user can sign in with a proof. A code can also be that of a new user.
fn is_permitted(experience: &Members, proof: &Members) -> bool {
    let kind = identifier(proof).kind;
    let methods = experience.get("signIn").and_then(|sign_in| sign_in.get("methods")?.as_array());
    let sign_up = experience.get("signUp");
    let verifies = sign_up.and_then(|sign_up| sign_up.get("verify")) == Some(&Value::Bool(true));
    let registers = verifies || profile_identifiers(experience).any(|name| name == kind);
    let allows = |method: &Value| {
        let has = |name: &str| method.get(name) == Some(&Value::Bool(true));
        let by_password = !proof.contains_key("password") || has("password");
        let by_code = !proof.contains_key("verificationCode") || has("verificationCode") || registers;
        method.get("identifier").is_some_and(|identifier| *identifier == kind) && by_password && by_code
    };
    methods.into_iter().flatten().any(allows)
}

/// Returns the kinds of identifiers with which users register.
pub(super) fn profile_identifiers(experience: &Members) -> impl Iterator<Item = &str> {
    let names = experience.get("signUp").and_then(|sign_up| sign_up.get("identifiers")?.as_array());
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// An interaction has one code for each purpose.
fn purpose(call: &mut Call<'_>) -> Outcome<Purpose> {
    Ok(Purpose { usage: progress(call)?.event.name().into(), session: call.caller.clone() })
}

pub(super) fn send_code(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (recipient, purpose) = (identifier(&call.body).recipient(), purpose(call)?);
    let delivery = Delivery::Sent(codes::variables(call, &recipient));
    events::send_code(call, &recipient, purpose, delivery)?;
    Ok(reply::nothing(204))
}

/// Verifies an identifier. It has a password, a code or the data of a social provider.
pub(super) fn verify(call: &mut Call<'_>, proof: &Members) -> Outcome<()> {
    let has = |name: &str| proof.contains_key(name);
    let identifier = identifier(proof);
    let proof = if has("password") {
        not_for_forgotten_passwords(call)?;
        let body = json!({ "identifier": identifier.shown(), "password": proof.get("password") });
        delegate(call, body, passwords::verify)?;
        Proof::User(people::find(call.state, &identifier).ok_or_else(unidentified)?.id.clone())
    } else if has("verificationCode") {
        let (purpose, code) = (purpose(call)?, text(proof, "verificationCode"));
        events::guard(call, Pool::FirstFactor, (&identifier.kind, &identifier.value), |call| {
            verification_codes::verify(call.state, call.now, &identifier.recipient(), &purpose, code)
        })?;
        Proof::Address(identifier)
    } else if has("connectorData") {
        call.parameters = vec![text(proof, "connectorId").to_owned()];
        let verified = delegate(call, json!({ "connectorData": proof.get("connectorData") }), social::verify_any)?;
        let id = text(&verified, "verificationId").to_owned();
        let record = progress(call)?.verification(&id)?.clone();
        guards::not_of_enterprise(call.state, &record)?;
        Proof::Social(id)
    } else {
        let current = progress(call)?;
        let of_connector = social_profile(current, Some(text(proof, "connectorId")));
        let address = of_connector.map(|profile| text(profile, &identifier.kind));
        if address != Some(identifier.value.as_str()) {
            return Err(no_connector_session(400));
        }
        Proof::Address(identifier)
    };
    progress(call)?.legacy.add(proof);
    Ok(())
}

/// Returns the profile at a social provider, or only at that of a connector.
pub(super) fn social_profile<'p>(progress: &'p Progress, connector: Option<&str>) -> Option<&'p Members> {
    let record = progress.legacy.proofs.iter().find_map(|proof| match proof {
        Proof::Social(id) => social_record(progress, id),
        _ => None,
    })?;
    let record = Some(record).filter(|record| connector.is_none_or(|id| record.text("connectorId") == id))?;
    record.shown.get(SOCIAL_PROFILE)?.as_object()
}

/// Returns the error for a social account that the user has not proven.
pub(super) fn no_connector_session(status: u16) -> Refusal {
    Refusal::usual(status, "session.connector_session_not_found")
}

/// Returns whether a proof is about the profile. It does not identify the user.
fn is_of_profile(progress: &Progress, proof: &Proof) -> bool {
    let entered = &progress.legacy.profile;
    match proof {
        Proof::User(_) => false,
        Proof::Address(identifier) => text(entered, &identifier.kind) == identifier.value,
        Proof::Social(id) => {
            let record = social_record(progress, id);
            record.is_some_and(|record| record.text("connectorId") == text(entered, "connectorId"))
        }
    }
}

/// Returns the user that a proof belongs to, and what the user's provider adds.
pub(super) fn owner(call: &Call<'_>, progress: &Progress, proof: &Proof) -> Outcome<(Record, Provided)> {
    let user = match proof {
        Proof::User(id) => call.record(&USERS, id)?.clone(),
        Proof::Address(identifier) => {
            let unknown = || Refusal::usual(404, "user.user_not_exist");
            let about = || unknown().with("data", json!({ "identifier": identifier.value }));
            people::find(call.state, identifier).ok_or_else(about)?.clone()
        }
        Proof::Social(id) => {
            let record = social_record(progress, id).ok_or_else(missing)?;
            return social::owner(call, record, false).map_err(|refusal| refusal.at(422));
        }
    };
    Ok((user, Provided::default()))
}

/// Returns the user whom all proofs identify, and what their provider adds.
pub(super) fn account(call: &mut Call<'_>) -> Outcome<(Record, Provided)> {
    let current = progress(call)?.clone();
    let proofs = current.legacy.proofs.iter().filter(|proof| !is_of_profile(&current, proof));
    let owners = proofs.map(|proof| owner(call, &current, proof)).collect::<Outcome<Vec<_>>>()?;
    let (user, mut provided) = owners.first().cloned().ok_or_else(unidentified)?;
    for (other, more) in owners {
        people::refuse_suspended(&other)?;
        if other.id != user.id {
            return Err(unverified());
        }
        if more.tokens.is_some() || !more.members.is_empty() {
            provided = more;
        }
    }
    if current.user.is_some_and(|known| known != user.id) {
        return Err(unverified());
    }
    progress(call)?.user = Some(user.id.clone());
    Ok((user, provided))
}
