//! The email addresses that users may have, by the sign-in experience.

use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::{Channel, Recipient};

/// Rejects a new email address on the blocklist. Disposable addresses are not recognized.
pub(crate) fn check(state: &State, recipient: &Recipient) -> Outcome<()> {
    if recipient.channel != Channel::Email {
        return Ok(());
    }
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let policy = experience.get("emailBlocklistPolicy");
    let address = recipient.address.to_lowercase();
    let (name, domain) = address.split_once('@').unwrap_or((&address, ""));
    let lists = |list: &str| {
        let entries = policy.and_then(|policy| policy.get(list)?.as_array()).into_iter().flatten();
        let entries = entries.filter_map(Value::as_str).map(str::to_lowercase);
        entries.into_iter().any(|entry| entry == address || entry.strip_prefix('@') == Some(domain))
    };
    let blocks_subaddresses = policy.and_then(|policy| policy.get("blockSubaddressing")) == Some(&Value::Bool(true));
    let code = match () {
        () if lists("customAllowlist") => return Ok(()),
        () if blocks_subaddresses && name.contains('+') => "email_subaddressing_not_allowed",
        () if lists("customBlocklist") => "email_not_allowed",
        () => return Ok(()),
    };
    Err(Refusal::new(422, &format!("session.email_blocklist.{code}"), "The email address is blocked."))
}
