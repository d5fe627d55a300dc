use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::errors::{Outcome, invalid_input};
use crate::http::reply;
use crate::record::Members;
use crate::state::messages::Recipient;
use crate::state::verification_codes::{self, Delivery, Purpose};

pub(super) const ALL: &[(&str, Handler)] = &[("CreateVerificationCode", send), ("VerifyVerificationCode", verify)];

/// Codes of the Management API belong to no interaction.
const PURPOSE: Purpose = Purpose::of("Generic");

fn recipient(call: &Call<'_>) -> Outcome<Recipient> {
    Recipient::of(&call.body).ok_or_else(|| invalid_input(400, "The body has neither `email` nor `phone`."))
}

fn send(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = recipient(call)?;
    verification_codes::send(call.state, call.now, &recipient, PURPOSE, Delivery::Sent(Members::new()))?;
    Ok(reply::nothing(call.success()))
}

fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let recipient = recipient(call)?;
    let code = call.text("verificationCode").to_owned();
    verification_codes::verify(call.state, call.now, &recipient, &PURPOSE, &code)?;
    Ok(reply::nothing(call.success()))
}
