//! Proofs by a one-time token. An administrator has created it for an email address.

use super::{added, events, progress};
use crate::call::Handler;
use crate::operations::one_time_tokens;
use crate::state::progress::{Identifier, Kind, Verification};
use crate::state::sentinel::Pool;

pub(super) const ALL: &[(&str, Handler)] = &[("VerifyOneTimeTokenVerification", |call| {
    let (identifier, token) = (Identifier::of(&call.body), call.text("token").to_owned());
    let event = progress(call)?.event.name();
    let token = events::guard(call, Pool::FirstFactor, (&identifier.kind, &identifier.value), |call| {
        one_time_tokens::consume(call, &token, &identifier.value, Some(event))
    })?;
    progress(call)?.captcha.skipped = true;
    let mut record = Verification::new(call.state.ids.id(21), Kind::OneTimeToken);
    record.verified = Some(true);
    record.identifier = Some(identifier);
    let context = token.members.get("context").cloned().unwrap_or_default();
    record.shown.insert("oneTimeTokenContext".to_owned(), context);
    added(call, record)
})];
