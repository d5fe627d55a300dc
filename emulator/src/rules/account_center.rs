//! Rules for changes of the account center.

use logto_admin::serde_json::Value;

use super::profile_fields::check_listed;
use crate::errors::Outcome;
use crate::record::{Members, drop_repeated};
use crate::state::State;

pub(super) fn prepare(state: &State, sent: &mut Members) -> Outcome<()> {
    check_listed(state, sent.get("profileFields"))?;
    if let Some(url) = sent.get_mut("deleteAccountUrl").filter(|url| **url == "") {
        *url = Value::Null;
    }
    if let Some(Value::Array(origins)) = sent.get_mut("webauthnRelatedOrigins") {
        drop_repeated(origins);
    }
    Ok(())
}
