use logto_admin::serde_json::json;

use super::{Collection, Owner, SSO_CONNECTORS, USERS, Unknown};

/// Identities of users at the providers of SSO connectors.
pub(crate) static USER_SSO_IDENTITIES: Collection = Collection {
    name: "user_sso_identities",
    path: "/api/users/{}/sso-identities",
    owner: Some(Owner::new(&USERS, "userId")),
    dies_with: Some(("ssoConnectorId", &SSO_CONNECTORS)),
    blank: || json!({ "tenantId": "default", "userId": "", "issuer": "", "identityId": "", "detail": {}, "ssoConnectorId": "" }),
    stamps: &["createdAt", "updatedAt"],
    touched: Some("updatedAt"),
    searchable: &[],
    ..Collection::DEFAULT
};

/// Tokens of social and enterprise providers. Responses do not show the tokens themselves.
pub(crate) static SECRETS: Collection = Collection {
    name: "secrets",
    path: "/api/secrets",
    dies_with: Some(("userId", &USERS)),
    blank: || json!({ "tenantId": "default", "userId": "", "type": "federated_token_set", "metadata": {} }),
    stamps: &["createdAt", "updatedAt"],
    touched: Some("updatedAt"),
    searchable: &[],
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};
