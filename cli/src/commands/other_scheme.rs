//! Finds out whether a server answers with the other scheme: http or https.

use std::time::Duration;

use logto_admin::RetryPolicy;
use logto_admin::transport::HttpResponse;

use crate::connection::Connection;
use crate::named_server::is_untrusted;

/// Whether Logto has sent the answer to a call of its status.
pub(super) fn is_logto(response: &HttpResponse) -> bool {
    response.headers.get("logto-core-request-id").is_some() || response.status == 204
}

/// Returns advice if the server answers with the other scheme. The request contains no secret.
pub(super) async fn advice(connection: &Connection, patience: Duration) -> Option<String> {
    let (scheme, rest) = connection.endpoint.as_ref()?.split_once("://")?;
    let is_plain = scheme.eq_ignore_ascii_case("http");
    let url = if is_plain { format!("https://{rest}") } else { format!("http://{rest}") };
    let with = |allow_http| Connection { endpoint: Some(url.clone()), allow_http, ..connection.clone() }.client();
    let answer = with(true).ok()?.status().get().retry(RetryPolicy::NEVER).timeout(patience).raw().await;
    if !answer.map_or_else(|error| is_untrusted(&error), |response| is_logto(&response)) {
        return None;
    }
    Some(if is_plain {
        format!("write {url}: the server uses TLS on this port")
    } else if with(connection.allow_http).is_ok() {
        format!("write {url}: the server does not use TLS on this port")
    } else {
        format!(
            "use the port for https; this one is plain http, so {url} requires `--allow-http` and sends the secret unencrypted"
        )
    })
}
