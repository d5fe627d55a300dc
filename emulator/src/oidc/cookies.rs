//! The cookies of sign-ins and sessions.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, json};
use logto_admin::transport::HttpResponse;
use sha2::{Digest, Sha256};

use crate::http::page_context;

/// Holds the ids of the sign-ins that are in progress, by application, as JSON.
pub(crate) const INTERACTION: &str = "_interaction";
/// Holds the same id, for the page that continues after the sign-in.
pub(crate) const RESUME: &str = "_interaction_resume";
/// Holds the id of the session.
pub(crate) const SESSION: &str = "_session";

/// Lifetime of a form, in milliseconds: that of a session, 14 days.
pub(super) const FORM_LIFETIME: i64 = 1_209_600_000;

/// Members of the cookie for sign-in pages, with the names of the parameters.
pub(crate) const PAGE_CONTEXT: [(&str, &str); 3] =
    [("appId", "app_id"), ("organizationId", "organization_id"), ("uiLocales", "ui_locales")];

/// The member of that cookie for the latest sign-in.
const LATEST: &str = "_legacy";

/// Returns the ids of the sign-ins in a cookie. A value that is not JSON is the id of the latest one.
fn interactions(cookie: &str) -> BTreeMap<String, String> {
    let parsed = serde_json::from_str(cookie);
    parsed.unwrap_or_else(|_| BTreeMap::from([(LATEST.to_owned(), cookie.to_owned())]))
}

/// Returns the id of the sign-in of an application in a cookie. Defaults to the latest one.
pub(crate) fn interaction(cookie: &str, application: &str) -> Option<String> {
    let mut ids = interactions(cookie);
    ids.remove(application).or_else(|| ids.remove(LATEST))
}

/// Adds the sign-in of an application to a cookie.
pub(crate) fn with_interaction(cookie: Option<&str>, application: &str, id: &str) -> String {
    let mut ids = cookie.map(interactions).unwrap_or_default();
    ids.extend([application, LATEST].map(|name| (name.to_owned(), id.to_owned())));
    json!(ids).to_string()
}

/// Adds a cookie for a path.
pub(crate) fn set(response: &mut HttpResponse, name: &str, value: &str, path: &str) {
    write(response, name, value, &format!("path={path}; samesite=lax; httponly"));
}

/// Adds a cookie that pages can read.
pub(crate) fn set_readable(response: &mut HttpResponse, name: &str, value: &str, path: &str) {
    write(response, name, value, &format!("path={path}; samesite=lax"));
}

/// Adds a cookie, and its signature like the server. The emulator does not check signatures.
fn write(response: &mut HttpResponse, name: &str, value: &str, attributes: &str) {
    let signature = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{name}={value}")));
    let signature = signature.get(..27).unwrap_or_default();
    for (name, value) in [(name.to_owned(), value), (format!("{name}.sig"), signature)] {
        response.headers.append("set-cookie", format!("{name}={value}; {attributes}"));
    }
}

/// Adds the cookie for sign-in pages: the application, organization and languages.
pub(crate) fn set_page_context<'v>(response: &mut HttpResponse, value: impl Fn(&str) -> Option<&'v str>) {
    let members = PAGE_CONTEXT.iter().filter_map(|(member, name)| Some((*member, json!(value(name)?))));
    let text = json!(members.collect::<BTreeMap<_, _>>()).to_string();
    // Headers carry no other characters.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        set_readable(response, page_context::COOKIE, &text, "/");
    }
}

/// Removes a cookie, unless the response sets it.
pub(crate) fn remove(response: &mut HttpResponse, name: &str, path: &str) {
    let is_set = |(header, cookie): (&str, &str)| {
        header == "set-cookie" && cookie.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
    };
    if response.headers.iter().any(is_set) {
        return;
    }
    for name in [name.to_owned(), format!("{name}.sig")] {
        let cookie = format!("{name}=; path={path}; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly");
        response.headers.append("set-cookie", cookie);
    }
}
