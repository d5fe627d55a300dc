use logto_admin::serde_json::Value;

use super::{Draft, Rules};
use crate::call::Call;
use crate::errors::Outcome;

/// The lifetime of a token, in seconds, if the request does not set it.
const LIFETIME: f64 = 600.0;

pub(super) static RULES: Rules = Rules { prepare, ..Rules::NONE };

/// Replaces the values of members that a request cannot set.
fn prepare(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let lifetime = draft.sent.get("expiresIn").and_then(Value::as_f64).unwrap_or(LIFETIME);
    let expires_at = call.now.saturating_add((lifetime * 1000.0) as i64);
    draft.members.insert("token".to_owned(), call.state.ids.secret(32).into());
    draft.members.insert("status".to_owned(), "active".into());
    draft.members.insert("expiresAt".to_owned(), expires_at.into());
    Ok(())
}
