//! The primary email address and phone number.

use logto_admin::operation;
use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::{keep_one, no_record, user};
use crate::call::{Call, Handler};
use crate::collections::USERS;
use crate::errors::Outcome;
use crate::http::reply;
use crate::operations::collection_operations::{self, Verb};
use crate::policies::email;
use crate::record::Members;
use crate::state::messages::Recipient;
use crate::state::verification_records::Kind;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("UpdatePrimaryEmail", |call| replace(call, "primaryEmail", &Recipient::email(call.text("email")))),
    ("DeletePrimaryEmail", |call| remove(call, "primaryEmail")),
    ("UpdatePrimaryPhone", |call| replace(call, "primaryPhone", &Recipient::phone(call.text("phone")))),
    ("DeletePrimaryPhone", |call| remove(call, "primaryPhone")),
];

/// Sets an address that a verification record proves.
fn replace(call: &mut Call<'_>, member: &str, recipient: &Recipient) -> Outcome<HttpResponse> {
    email::check(call.state, recipient)?;
    let record = call.state.verifications.verified(call.text("newIdentifierVerificationRecordId"), call.now);
    let proves =
        record.is_some_and(|record| matches!(&record.kind, Kind::Code { recipient: of, .. } if of == recipient));
    if !proves {
        return Err(no_record());
    }
    set(call, member, recipient.address.as_str().into())
}

fn remove(call: &mut Call<'_>, member: &str) -> Outcome<HttpResponse> {
    keep_one(call, &user(call)?, member)?;
    set(call, member, Value::Null)
}

/// Makes the same change as `UpdateUser`.
fn set(call: &mut Call<'_>, member: &str, value: Value) -> Outcome<HttpResponse> {
    call.parameters = vec![call.caller.clone()];
    call.info = operation::find("UpdateUser").unwrap_or(call.info);
    call.body = Members::from_iter([(member.to_owned(), value)]);
    collection_operations::run(call, &USERS, Verb::Update)?;
    Ok(reply::nothing(204))
}
