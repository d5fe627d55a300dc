//! The context of sign-in pages: the application, organization and languages.

use std::collections::BTreeMap;

use logto_admin::serde_json;

use super::request::Incoming;

/// The cookie that holds it.
pub(crate) const COOKIE: &str = "_logto";

/// Returns the members of the cookie. It is ignored if one of them is not text.
pub(crate) fn of(request: &Incoming) -> BTreeMap<String, String> {
    request.cookie(COOKIE).and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
}
