//! The usernames that users can choose for themselves, by the sign-in experience. Administrators can set others.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use logto_admin::serde_json::{Value, json};

use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;

/// Kinds of characters.
const KINDS: [(&str, RangeInclusive<char>); 4] =
    [("uppercase", 'A'..='Z'), ("lowercase", 'a'..='z'), ("numbers", '0'..='9'), ("underscore", '_'..='_')];

/// The number of conflicts that responses show by default. Requests can set another number.
pub(crate) const SHOWN_CONFLICTS: usize = 20;

/// Returns whether usernames that differ only in case are the same. The sign-in experience decides this.
pub(crate) fn ignores_case(state: &State) -> bool {
    let policy = state.settings.find(&SIGN_IN_EXPERIENCE).and_then(|experience| experience.get("usernamePolicy"));
    policy.and_then(|policy| policy.get("caseSensitive")) == Some(&Value::Bool(false))
}

/// Returns the users whose usernames differ only in case, by lower-case username.
pub(crate) fn case_conflicts(state: &State) -> BTreeMap<String, Vec<String>> {
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for user in state.store.all(&USERS).filter(|user| !user.text("username").is_empty()) {
        users.entry(user.text("username").to_lowercase()).or_default().push(user.id.clone());
    }
    users.retain(|_, ids| ids.len() > 1);
    users
}

/// Returns the number of conflicts, and the first ones.
pub(crate) fn shown_conflicts(conflicts: &BTreeMap<String, Vec<String>>, limit: usize) -> Value {
    let sample = |(name, ids): (&String, &Vec<String>)| json!({ "usernameLower": name, "userIds": ids });
    let samples: Value = conflicts.iter().take(limit).map(sample).collect();
    json!({ "totalConflicts": conflicts.len(), "samples": samples })
}

/// Rejects a username that the policy does not permit.
pub(crate) fn check(state: &State, username: &str) -> Outcome<()> {
    let experience = state.settings.get(&SIGN_IN_EXPERIENCE);
    let policy = experience.get("usernamePolicy");
    let length = |name: &str| policy.and_then(|policy| policy.get(name)?.as_u64());
    let allows =
        |kind: &str| policy.and_then(|policy| policy.get("allowedChars")?.get(kind)) != Some(&Value::Bool(false));
    let count = u64::try_from(username.chars().count()).unwrap_or(u64::MAX);
    let (min, max) = (length("minLength"), length("maxLength"));
    let is_forbidden = |(kind, characters): &&(&str, RangeInclusive<char>)| {
        !allows(kind) && username.chars().any(|character| characters.contains(&character))
    };
    let forbidden = KINDS.iter().find(is_forbidden);
    let violation = match forbidden {
        _ if username.is_empty() => "required".to_owned(),
        _ if username.starts_with(|first: char| first.is_ascii_digit()) => "starts_with_number".to_owned(),
        _ if min.is_some_and(|min| count < min) => "too_short".to_owned(),
        _ if max.is_some_and(|max| count > max) => "too_long".to_owned(),
        Some((kind, _)) => format!("{kind}_not_allowed"),
        None => return Ok(()),
    };
    let message = "The username does not meet the policy of the sign-in experience.";
    Err(Refusal::new(422, &format!("user.username_{violation}"), message))
}
