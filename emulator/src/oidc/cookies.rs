//! The cookies of sign-ins and sessions.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;
use sha2::{Digest, Sha256};

use crate::http::page_context;

/// Holds the id of the sign-in that is in progress.
pub(crate) const INTERACTION: &str = "_interaction";
/// Holds the same id, for the page that continues after the sign-in.
pub(crate) const RESUME: &str = "_interaction_resume";
/// Holds the id of the session.
pub(crate) const SESSION: &str = "_session";

/// Members of the cookie for sign-in pages, with the names of the parameters.
pub(crate) const PAGE_CONTEXT: [(&str, &str); 3] =
    [("appId", "app_id"), ("organizationId", "organization_id"), ("uiLocales", "ui_locales")];

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

/// Removes a cookie.
pub(crate) fn remove(response: &mut HttpResponse, name: &str, path: &str) {
    for name in [name.to_owned(), format!("{name}.sig")] {
        let cookie = format!("{name}=; path={path}; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly");
        response.headers.append("set-cookie", cookie);
    }
}
