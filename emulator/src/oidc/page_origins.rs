//! The origins of web pages that may call the provider for an application.

use super::{Context, client, refuse, userinfo};
use crate::errors::Refusal;
use crate::http::url_pattern;
use crate::state::oidc::Client;

/// Returns the error for a page of an origin that the application does not have.
pub(super) fn refusal(context: &Context<'_>, route: &str) -> Option<Refusal> {
    let origin = context.request.headers.get("origin").filter(|origin| *origin != context.request.origin)?;
    let id = match route {
        "/me" => userinfo::client(context)?,
        "/token" | "/request" | "/device/auth" | "/token/introspection" | "/token/revocation" => {
            client::credentials(context).ok()?.0
        }
        _ => return None,
    };
    let client = Client::find(context.state, &context.request.origin, &id).ok()?;
    let description = format!("origin {origin} not allowed for client: {id}");
    (!has_page(&client, origin)).then(|| refuse(400, "invalid_request", &description))
}

/// Returns whether an application permits the origin, or has a redirect URI there.
fn has_page(client: &Client, origin: &str) -> bool {
    client.allowed_origins().any(|known| known == origin)
        || client.redirect_uris.iter().any(|uri| url_pattern::has_origin(uri, origin))
}
