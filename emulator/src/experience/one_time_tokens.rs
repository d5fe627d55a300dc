//! Proofs by a one-time token. An administrator has created it for an email address.

use super::{added, progress};
use crate::call::Handler;
use crate::collections::ONE_TIME_TOKENS;
use crate::operations::of_collections::keep;
use crate::operations::one_time_tokens;
use crate::state::progress::{Identifier, Kind, Verification};

pub(super) const ALL: &[(&str, Handler)] = &[("VerifyOneTimeTokenVerification", |call| {
    let (identifier, token) = (Identifier::of(&call.body), call.text("token").to_owned());
    progress(call)?;
    let mut token = one_time_tokens::check(call.state, &token, &identifier.value, call.now)?;
    token.members.insert("status".to_owned(), "consumed".into());
    keep(call, &ONE_TIME_TOKENS, &mut token);
    let mut record = Verification::new(call.state.ids.id(21), Kind::OneTimeToken);
    record.verified = Some(true);
    record.identifier = Some(identifier);
    let context = token.members.get("context").cloned().unwrap_or_default();
    record.shown.insert("oneTimeTokenContext".to_owned(), context);
    added(call, record)
})];
