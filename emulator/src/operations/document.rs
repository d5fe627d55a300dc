//! The API documents: the operations that the server offers.

use logto_admin::operation::{Authentication, OperationInfo, TABLE};
use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::document::open_api::{self, components};
use crate::errors::Outcome;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetSwaggerJson", |call| document(call, "Logto API references", "OAuth2", |_| true)),
    ("GetWellKnownManagementOpenapiJson", |call| {
        document(call, "Logto API references", "OAuth2", |info| {
            !matches!(info.authentication, Authentication::User | Authentication::Session)
        })
    }),
    ("GetWellKnownExperienceOpenapiJson", |call| {
        let title = "Logto experience API references";
        document(call, title, "cookieAuth", |info| info.authentication == Authentication::Session)
    }),
    ("GetWellKnownUserOpenapiJson", |call| {
        let title = "Logto user API references";
        document(call, title, "cookieAuth", |info| info.authentication == Authentication::User)
    }),
];

fn document(
    call: &mut Call<'_>,
    title: &str,
    security: &str,
    includes: fn(&OperationInfo) -> bool,
) -> Outcome<HttpResponse> {
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<String> = Vec::new();
    for info in TABLE.iter().filter(|info| info.is_in(call.state.release) && includes(info)) {
        let item = paths.entry(info.path).or_insert_with(|| json!({}));
        item[info.method.as_str().to_lowercase()] = open_api::operation(info);
        let tag = open_api::tag(info);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.sort_unstable();
    let origin = &call.request.origin;
    let scheme = if security == "OAuth2" {
        let token_url = format!("{origin}/oidc/token");
        json!({ "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": token_url, "scopes": { "all": "All scopes" } } } })
    } else {
        json!({ "type": "apiKey", "in": "cookie", "name": "_interaction" })
    };
    let document = json!({
        "openapi": "3.0.1",
        "servers": [{ "url": origin, "description": "Logto endpoint address." }],
        "info": { "title": title, "description": format!("{title}."), "version": "Cloud" },
        "security": [{ security: ["all"] }],
        "paths": paths,
        "components": { "securitySchemes": { security: scheme }, "schemas": components() },
        "tags": tags.iter().map(|tag| json!({ "name": tag })).collect::<Value>(),
    });
    Ok(HttpResponse::json(200, document.to_string()))
}
