//! Notifies applications of ended sessions (`OpenID` Connect Back-Channel Logout).

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};

use super::Context;
use super::jwt::{self, Use};
use crate::http::request::Query;
use crate::state::oidc::{Application, Client};

/// Lifetime of a token, in seconds.
const LIFETIME: i64 = 120;

/// Queues the notification of an application that has an address for it.
pub(super) fn notify(context: &mut Context<'_>, user: &str, application: &Application) {
    if !context.state.outbox.enabled {
        return;
    }
    let Ok(client) = Client::find(context.state, &context.request.origin, &application.client) else { return };
    let Some(uri) = client.backchannel_logout_uri.clone() else { return };
    let mut claims = json!({
        "iss": context.issuer(),
        "aud": client.id,
        "iat": context.seconds(),
        "exp": context.seconds().saturating_add(LIFETIME),
        "jti": context.state.ids.token(43),
        "sub": user,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    if let Some(claims) = claims.as_object_mut().filter(|_| client.names_sessions()) {
        claims.insert("sid".to_owned(), Value::from(application.sid.as_str()));
    }
    let token = jwt::issue(context.state, Use::Logout, &claims);
    let mut request = HttpRequest::new(Method::Post, uri);
    request.headers.set("content-type", "application/x-www-form-urlencoded");
    request.body = Query::from_iter([("logout_token", token.as_str())]).to_string().into();
    context.state.outbox.sign_outs.push(request);
}
