use logto_admin::serde_json::json;

use super::{APPLICATIONS, Collection, Key, Owner};

/// The scopes of `OpenID` Connect that users can grant to an application. Their operations are special.
pub(crate) static CONSENT_USER_SCOPES: Collection = Collection {
    name: "application_user_consent_user_scopes",
    path: "/api/applications/{}/user-consent-scopes/user-scopes",
    key: Key::Member { name: "userScope", taken: "entity.unique_integrity_violation" },
    owner: Some(Owner::new(&APPLICATIONS, "applicationId")),
    blank: || json!({ "userScope": "" }),
    searchable: &[],
    ..Collection::DEFAULT
};
