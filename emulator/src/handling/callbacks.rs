//! The pages to which social providers post their responses. The browser gets the response in the address of the page.

use logto_admin::serde_json::{self, Value};
use logto_admin::transport::{HttpResponse, Method};

use crate::errors::Refusal;
use crate::http::request::{Incoming, Query};
use crate::oidc;

/// The beginnings of the paths. The id of the connector follows.
const PAGES: [&str; 2] = ["/callback/", "/account/callback/social/"];

/// Returns the redirect that answers a posted response. `None` for another request.
pub(super) fn redirected(request: &Incoming) -> Option<HttpResponse> {
    let connector = PAGES.iter().find_map(|page| request.path.strip_prefix(page))?;
    if request.method != Method::Post || connector.is_empty() || connector.contains('/') {
        return None;
    }
    let text = String::from_utf8_lossy(&request.body);
    let sent = if request.is_form() { Some(Query::parse(&text)) } else { members(&text) };
    Some(match sent {
        Some(sent) => oidc::redirect(303, &format!("{}?{sent}", request.path)),
        None => Refusal::usual(400, "oidc.invalid_request").into_response(),
    })
}

fn members(text: &str) -> Option<Query> {
    let members: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
    members.iter().map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
}
