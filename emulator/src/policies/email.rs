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
    let (name, _) = address.split_once('@').unwrap_or((&address, ""));
    let list = |name: &str| policy.and_then(|policy| policy.get(name)?.as_array()).map_or(&[][..], Vec::as_slice);
    let lists = |entries: &[Value]| {
        let mut entries = entries.iter().filter_map(Value::as_str);
        entries.any(|entry| matches(entry, &address))
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

/// Returns whether an address in lower case matches an entry of a list. In entries, `*` is any text.
fn matches(entry: &str, address: &str) -> bool {
    let entry = entry.to_lowercase();
    let subject = address.find('@').filter(|_| entry.starts_with('@')).and_then(|at| address.get(at..));
    let subject = subject.unwrap_or(address);
    let Some((first, rest)) = entry.split_once('*') else { return entry == subject };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let after = subject.strip_prefix(first).and_then(|after| {
        middle.split('*').try_fold(after, |after, part| after.split_once(part).map(|(_, after)| after))
    });
    after.is_some_and(|after| after.ends_with(last))
}

/// Returns whether the text can be an entry of a list. An entry is an address, or an at sign with a domain.
pub(crate) fn is_entry(entry: &str) -> bool {
    let Some((name, domain)) = entry.split_once('@') else { return false };
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        label.bytes().all(inner) && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let mut labels = domain.split('.');
    let fits = if entry.contains('*') {
        !domain.contains('@')
            && labels.all(|label| !label.is_empty())
            && !domain.bytes().all(|byte| b"*.".contains(&byte))
    } else {
        labels.all(is_label)
    };
    fits && domain.contains('.') && !name.contains(char::is_whitespace) && !domain.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_addresses_or_domains_with_wildcards() {
        for entry in ["a@b.c", "@b.c", "a*@b.c", "@*.b.c", "*@b.c", "a+b@c-d.e"] {
            assert!(is_entry(entry), "{entry}");
        }
        for entry in ["", "a", "a@b", "@", "@b", "a b@c.d", "@*.*", "@b..c*", "@-b.c", "a@b@c.d", "*@b@c.d"] {
            assert!(!is_entry(entry), "{entry}");
        }
    }

    #[test]
    fn wildcards_match_any_text() {
        for (entry, address, expected) in [
            ("Foo*@b.c", "foobar@b.c", true),
            ("foo*@b.c", "bar@b.c", false),
            ("@*.b.c", "a@x.b.c", true),
            ("@*.b.c", "a@b.c", false),
            ("@b.c", "a@b.c", true),
            ("@b.c", "a@x.b.c", false),
            ("a_b@c.d", "axb@c.d", false),
            ("*", "a@b.c", true),
        ] {
            assert_eq!(matches(entry, address), expected, "{entry} {address}");
        }
    }
}
