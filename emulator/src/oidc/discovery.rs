//! The description of the provider, and its public keys.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Context;
use crate::http::reply;
use crate::state::oidc::{GRANTS, Origin, SCOPES};

const CLAIMS: [&str; 32] = [
    "sub",
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "username",
    "created_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    "custom_data",
    "identities",
    "sso_identities",
    "roles",
    "organizations",
    "organization_data",
    "organization_roles",
    "sid",
    "auth_time",
    "iss",
];

pub(super) fn configuration(context: &Context<'_>) -> HttpResponse {
    let issuer = context.issuer();
    let algorithm = context.state.signing_keys().first().map(Origin::algorithm);
    let methods = ["client_secret_basic", "client_secret_jwt", "client_secret_post", "private_key_jwt", "none"];
    let algorithms = ["HS256", "RS256", "PS256", "ES256", "Ed25519", "EdDSA"];
    let grants: Vec<&str> = ["implicit"].into_iter().chain(GRANTS).collect();
    let document = json!({
        "authorization_endpoint": format!("{issuer}/auth"),
        "claims_parameter_supported": false,
        "claims_supported": CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "device_authorization_endpoint": format!("{issuer}/device/auth"),
        "end_session_endpoint": format!("{issuer}/session/end"),
        "grant_types_supported": grants,
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/jwks"),
        "authorization_response_iss_parameter_supported": true,
        "response_modes_supported": ["form_post", "fragment", "query"],
        "response_types_supported": ["code id_token", "code", "id_token", "none"],
        "scopes_supported": SCOPES,
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "token_endpoint": format!("{issuer}/token"),
        "id_token_signing_alg_values_supported": [algorithm],
        "pushed_authorization_request_endpoint": format!("{issuer}/request"),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": format!("{issuer}/me"),
        "introspection_endpoint": format!("{issuer}/token/introspection"),
        "revocation_endpoint": format!("{issuer}/token/revocation"),
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claim_types_supported": ["normal"],
    });
    reply::json(200, &document)
}

pub(super) fn keys(context: &mut Context<'_>) -> HttpResponse {
    let origins = context.state.signing_keys();
    let oidc = &mut context.state.oidc;
    let keys: Vec<Value> =
        origins.iter().filter_map(|origin| oidc.keys.get(origin).map(|key| key.jwk.clone())).collect();
    reply::text(200, "application/jwk-set+json; charset=utf-8", json!({ "keys": keys }).to_string())
}
