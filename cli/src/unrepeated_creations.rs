//! Creations that the client must not repeat.
//!
//! The client repeats a call after 503 with `Retry-After`, because the server has not handled it. A gateway can also send
//! that after the server has, and then the second creation of an application is another application. Without the header, the
//! call fails, and its outcome counts as unknown.

use std::sync::Arc;

use logto_admin::transport::{HttpRequest, HttpTransport, Method, transport_fn};

/// Returns a transport without `Retry-After` in answers with 503 to creations.
pub(crate) fn without_repeats(transport: impl HttpTransport) -> impl HttpTransport {
    let transport = Arc::new(transport);
    transport_fn(move |request, options| {
        let transport = Arc::clone(&transport);
        async move {
            let is_creation = creates(&request);
            let mut answer = transport.send(request, &options).await?;
            if is_creation && answer.status == 503 {
                answer.headers.remove("retry-after");
            }
            Ok(answer)
        }
    })
}

/// Whether a request creates an entity of the tenant. An example is `POST /api/applications`. What belongs to an
/// entity, such as a role of a user, exists once.
fn creates(request: &HttpRequest) -> bool {
    let path = request.url.split(['?', '#']).next().unwrap_or_default();
    request.method == Method::Post && path.rsplit_once('/').is_some_and(|(parent, _)| parent.ends_with("/api"))
}

#[cfg(test)]
mod tests {
    use logto_admin::transport::HttpResponse;
    use logto_admin::{Client, Endpoint};
    use logto_admin_test_support::ScriptedTransport;
    use serde_json::json;

    use super::*;

    /// Returns how often a call is sent that first gets this status and `Retry-After`.
    async fn attempts(operation: &str, status: u16) -> usize {
        let busy = HttpResponse::new(status).header("retry-after", "0");
        let transport = ScriptedTransport::answers([busy, HttpResponse::json(200, "{}")]);
        let client = Client::builder(Endpoint::self_hosted("https://id.example.com"))
            .client_credentials("id", "secret")
            .transport(without_repeats(transport.clone()))
            .build()
            .unwrap();
        let path = logto_admin::operation::find(operation).unwrap().path_parameters;
        let request = client.operation(operation).unwrap().json(&json!({}));
        let _ = path.iter().fold(request, |request, name| request.path(name, "1")).await;
        transport.api_calls().len()
    }

    #[tokio::test]
    async fn creations_are_repeated_only_if_the_server_refused_them() {
        for (operation, status, expected) in [
            ("CreateApplication", 503, 1),
            ("CreateHook", 503, 1),
            ("CreateUser", 503, 1),
            ("CreateApplication", 429, 2),
            ("AssignUserRoles", 503, 2),
            ("UpdateApplication", 503, 2),
        ] {
            assert_eq!(attempts(operation, status).await, expected, "{operation} {status}");
        }
    }
}
