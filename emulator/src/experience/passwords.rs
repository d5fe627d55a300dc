//! Proofs by password.

use logto_admin::transport::HttpResponse;

use super::{added, events, guards, people, progress};
use crate::call::{Call, Handler};
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::passwords;
use crate::policies::password_expiration;
use crate::record::Record;
use crate::state::progress::{Identifier, Kind, Verification};
use crate::state::sentinel::Pool;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreatePasswordVerification", verify),
    ("CreateNewPasswordIdentityVerification", |call| {
        let identifier = Identifier::of(&call.body);
        let password = call.text("password").to_owned();
        progress(call)?;
        people::refuse_taken(call.state, &identifier, "")?;
        let mut user = Record::default();
        user.members.insert(identifier.member().to_owned(), identifier.value.clone().into());
        guards::password(call.state, &password, Some(&user))?;
        let mut record = Verification::new(call.state.ids.id(21), Kind::NewPasswordIdentity);
        record.identifier = Some(identifier);
        record.hidden.insert("password".to_owned(), password.into());
        added(call, record)
    }),
];

pub(super) fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let identifier = Identifier::of(&call.body);
    progress(call)?;
    let subject = (identifier.kind.as_str(), identifier.value.as_str());
    let user = events::guard(call, Pool::FirstFactor, subject, |call| check(call, &identifier))?;
    password_expiration::check(call.state, &user.hidden, call.now)?;
    let mut record = Verification::new(call.state.ids.id(21), Kind::Password);
    record.verified = Some(true);
    record.identifier = Some(identifier);
    added(call, record)
}

/// Rejects a password that is not the user's, and a suspended user. Returns the user.
fn check(call: &mut Call<'_>, identifier: &Identifier) -> Outcome<Record> {
    let mut user = people::find(call.state, identifier).cloned().ok_or_else(wrong)?;
    let password = call.text("password").to_owned();
    let right = call.state.jobs.verify(&user.hidden, &password)?;
    if right && passwords::upgrade(&mut user.hidden, &password, &mut call.state.ids) {
        call.state.store.put(&USERS, user.clone());
    }
    if !right {
        return Err(wrong());
    }
    people::refuse_suspended(&user)?;
    Ok(user)
}

fn wrong() -> Refusal {
    Refusal::usual(422, "session.invalid_credentials")
}
