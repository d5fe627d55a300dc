//! The email addresses that users may have, by the sign-in experience.

use logto_admin::serde_json::Value;

use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::{Channel, Recipient};

/// Rejects a new email address on the blocklist, or one that an allowlist lacks. Disposable addresses are not recognized.
pub(crate) fn check(state: &State, recipient: &Recipient) -> Outcome<()> {
    if recipient.channel != Channel::Email {
        return Ok(());
    }
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let policy = experience.get("emailBlocklistPolicy");
    let address = recipient.address.to_lowercase();
    let (name, domain) = address.split_once('@').unwrap_or((&address, ""));
    let list = |name: &str| policy.and_then(|policy| policy.get(name)?.as_array()).map_or(&[][..], Vec::as_slice);
    let lists = |entries: &[Value]| {
        let mut entries = entries.iter().filter_map(Value::as_str).map(str::to_lowercase);
        entries.any(|entry| entry == address || entry.strip_prefix('@') == Some(domain))
    };
    let (allowed, blocked) = (list("customAllowlist"), list("customBlocklist"));
    let blocks_subaddresses = policy.and_then(|policy| policy.get("blockSubaddressing")) == Some(&Value::Bool(true));
    let code = match () {
        () if blocks_subaddresses && name.contains('+') => "email_subaddressing_not_allowed",
        () if lists(blocked) || (!allowed.is_empty() && !lists(allowed)) => "email_not_allowed",
        () => return Ok(()),
    };
    Err(Refusal::new(422, &format!("session.email_blocklist.{code}"), "The email address is blocked."))
}
